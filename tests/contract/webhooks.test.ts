import { randomUUID } from 'node:crypto';
import { rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { pino } from 'pino';
import { Webhook } from 'standardwebhooks';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { parse, stringify } from 'yaml';
import { type Gateway, startGateway } from '../../src/main.ts';
import { addDays } from '../../src/record/day.ts';
import { throughgate } from '../cli/program.ts';
import { population, type Stack, startStack } from '../stack/stack.ts';
import { changedPolicies } from './changed-policies.ts';
import { type Subject, subjects } from './oracle/subject.ts';

const people = population();
const [allowed] = subjects(people, 'allowed') as [Subject];
const [other] = subjects(people, 'bothForces') as [Subject];
const [restricted] = subjects(people, 'restricted') as [Subject];
const [listed] = subjects(people, 'restrictedListed') as [Subject];
const [excluded] = subjects(people, 'excluded') as [Subject];
const SECRETS = [1, 2].map((fill) => `whsec_${Buffer.alloc(32, fill).toString('base64')}`);
const [old = '', young = ''] = SECRETS;

interface Received {
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
  /** Whether it was in the log when it came. */
  readonly wasRecorded: boolean;
}

let stack: Stack;
let home: string;
let receiver: Server;
const received: Received[] = [];
/** What the receiver says: a status, or nothing at all. */
let answer: () => number | 'silence' = () => 204;

beforeAll(async () => {
  const policies = changedPolicies();
  home = policies.home;
  // Watched each second, and nothing but one date for those who house people: a look at all else takes longer.
  const { kinds } = parse(policies.read('events.yaml'));
  const audience = [{ role: 'accommodation-provider', purpose: 'HOUSING_REFERRAL' }];
  const own = Object.entries<{ watches?: string[] }>(kinds).filter(([, { watches = [] }]) => watches.length === 0);
  const watching = { everySeconds: 1, deliveryAttempts: 12 };
  const events = { ...Object.fromEntries(own), RELEASE_DATE_MOVED: { ...kinds.RELEASE_DATE_MOVED, audience } };
  policies.write('events.yaml', stringify({ watching, kinds: events }));
  receiver = createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request.setEncoding('utf8')) body += chunk;
    const [row] = await stack.sql(`select from audit.entry where kind = 'disclosure' and body like $1`, [
      Buffer.from(`%"reference":"${request.headers['webhook-id']}"%`),
    ]);
    received.push({ headers: request.headers, body, wasRecorded: row !== undefined });
    const status = answer();
    if (status !== 'silence') response.writeHead(status).end();
  });
  await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve));
  const { port } = receiver.address() as AddressInfo;
  writeFileSync(join(home, 'probation.secret'), SECRETS.join('\n'));
  const probation = { partner: 'probation-service', role: 'probation-practitioner', purpose: 'RELEASE_PLANNING' };
  const police = { partner: 'northmere-police', role: 'police-public-protection', purpose: 'DA_CHECK' };
  const provider = { partner: 'harbour-homes', role: 'accommodation-provider', purpose: 'HOUSING_REFERRAL' };
  const at = { url: `http://127.0.0.1:${port}/hooks`, secretFile: 'probation.secret' };
  const endpoints = [
    { name: 'case-system', ...probation, ...at, kinds: ['CHECK_RETURNED', 'CHECK_OVERDUE'] },
    { name: 'force-desk', ...police, ...at, kinds: ['CHECK_ASKED', 'CHECK_WITHDRAWN'] },
    { name: 'harbour-records', ...provider, ...at, kinds: ['RELEASE_DATE_MOVED'] },
  ];
  writeFileSync(join(home, 'webhooks.yaml'), JSON.stringify({ endpoints }));
  stack = await startStack({ policiesDir: policies.folder, webhooksFile: join(home, 'webhooks.yaml') });
});
afterEach(() => {
  received.length = 0;
  answer = () => 204;
});
afterAll(async () => {
  await stack?.close();
  receiver.closeAllConnections();
  await new Promise((resolve) => receiver.close(resolve));
  rmSync(home, { recursive: true, force: true });
});

async function happened(...events: readonly { kind: string; person: Subject; partner?: string | null }[]) {
  const rows = events.map(({ kind, person, partner = 'probation-service' }) => ({
    id: randomUUID(),
    kind,
    person: person.uuid,
    partner,
    at: stack.clock.now().toISOString(),
    reference: 'a-check',
  }));
  await stack.sql('select record.add_events($1::jsonb)', [JSON.stringify(rows)]);
  return rows.map(({ id }) => id);
}

interface Row {
  readonly attempts: number;
  readonly delivered: boolean;
  readonly dead: boolean;
  readonly problem: string | null;
  /** Until it is tried again. */
  readonly seconds: number | null;
}

const deliveryOf = async (event: string | undefined): Promise<Row | undefined> =>
  (
    await stack.sql<Row>(
      `select attempts, delivered_at is not null as delivered, dead_at is not null as dead, last_problem as problem,
         extract(epoch from next_at - now())::float8 as seconds
       from record.delivery where event_id = $1`,
      [event],
    )
  )[0];
const isRouted = async (event: string | undefined) =>
  (
    await stack.sql<{ routed: boolean }>('select unrouted is null as routed from record.event where id = $1', [event])
  )[0]?.routed;

async function until<T>(read: () => Promise<T>, holds: (value: T) => boolean): Promise<T> {
  for (const end = performance.now() + 20_000; ; await sleep(50)) {
    const value = await read();
    if (holds(value)) return value;
    if (performance.now() > end) throw new Error(`it never came to be: ${JSON.stringify(value)}`);
  }
}
const settled = (event: string | undefined) =>
  until(
    () => deliveryOf(event),
    (row) => row !== undefined && (row.delivered || row.dead || row.attempts > 0),
  );
const again = (event: string | undefined) =>
  stack.sql('update record.delivery set next_at = now() where event_id = $1 and next_at is not null', [event]);
const to = (event: string | undefined) => received.filter(({ headers }) => headers['webhook-id'] === event);
const entriesOf = async (event: string | undefined) => {
  const rows = await stack.sql<{ body: Buffer }>(
    `select body from audit.entry where convert_from(body, 'UTF8') like $1 order by index`,
    [`%"reference":"${event}"%`],
  );
  return rows.map(({ body }) => JSON.parse(body.toString()));
};

test('an endpoint is told that something happened, by reference and by its own id of the person, after the log', async () => {
  const [id] = await happened({ kind: 'CHECK_RETURNED', person: allowed });
  expect(await settled(id)).toMatchObject({ delivered: true, attempts: 1 });
  const [message, ...more] = to(id);
  expect(more).toEqual([]);
  expect(message?.wasRecorded).toBe(true);
  const [known] = await stack.sql<{ id: string }>(
    `select id from record.opaque_id where person = $1 and partner = 'probation-service'`,
    [allowed.uuid],
  );
  const [{ at } = { at: null }] = await stack.sql<{ at: Date }>('select at from record.event where id = $1', [id]);
  const headers = message?.headers as Record<string, string>;
  for (const secret of [old, young]) {
    expect(new Webhook(secret).verify(message?.body ?? '', headers)).toEqual({
      type: 'CHECK_RETURNED',
      timestamp: at?.toISOString(),
      data: { id, kind: 'CHECK_RETURNED', person: known?.id, reference: 'a-check' },
    });
  }
  expect(() => new Webhook(old).verify(`${message?.body} `, headers)).toThrow();
  const [entry] = await entriesOf(id);
  expect(entry).toMatchObject({
    kind: 'disclosure',
    actor: { name: 'system', partner: 'probation-service', role: 'probation-practitioner', practitioner: null },
    purpose: 'RELEASE_PLANNING',
    released: ['Check.state'],
    recipient: { partner: 'probation-service', reference: id },
  });
});

test('a date that a holder moves reaches the system of those who house the person', { timeout: 30_000 }, async () => {
  const seen = () =>
    stack.sql(`select from record.fingerprint where partner = 'harbour-homes' and person = $1`, [allowed.uuid]);
  await until(seen, (rows) => rows.length > 0);
  const number = allowed.numberAt('hmpps-prisons')?.value;
  stack.recorder.interfere('hmpps-prisons', ({ representations }, { status, body }) => {
    const reply = JSON.parse(body);
    representations.forEach(({ prisonNumber }, index) => {
      if (prisonNumber === number) reply.data._entities[index].custody.releaseDate = '2031-05-05';
    });
    return { status, body: JSON.stringify(reply) };
  });
  const told = await until(
    async () => received.map(({ body }) => JSON.parse(body)),
    (all) => all.length > 0,
  );
  stack.recorder.interfere('hmpps-prisons', null);
  const [known] = await stack.sql<{ id: string }>(
    `select id from record.opaque_id where person = $1 and partner = 'harbour-homes'`,
    [allowed.uuid],
  );
  expect(told).toMatchObject([{ type: 'RELEASE_DATE_MOVED', data: { person: known?.id, reference: null } }]);
  expect(JSON.stringify(told)).not.toContain('2031-05-05');
  // The date moves back, which is told too: wait for it, so that it comes in nobody else's way.
  await until(
    async () => received.length,
    (count) => count === 2,
  );
});

test('nobody is told of what they may not know today', async () => {
  await stack.sql(
    `update record.relationship set valid_until = $1 where partner = 'northmere-police' and person = any($2)`,
    [addDays(people.anchor, -60), [other.uuid]],
  );
  const ids = await happened(
    { kind: 'CHECK_RETURNED', person: restricted },
    // Open to a practitioner who is listed; a system is not.
    { kind: 'CHECK_RETURNED', person: listed },
    { kind: 'CHECK_RETURNED', person: excluded },
    { kind: 'CHECK_CHASED', person: allowed },
    { kind: 'CHECK_ASKED', person: allowed, partner: 'southdale-police' },
    { kind: 'CHECK_ASKED', person: other, partner: 'northmere-police' },
    // After the others, in order: once it came, they were seen to.
    { kind: 'CHECK_ASKED', person: allowed, partner: 'northmere-police' },
  );
  const asked = ids.at(-1);
  expect(await settled(asked)).toMatchObject({ delivered: true });
  for (const id of ids.slice(0, -1)) {
    await until(async () => (await isRouted(id)) && (await deliveryOf(id)) === undefined, Boolean);
    expect(to(id)).toEqual([]);
  }
  for (const id of ids.slice(0, 3)) {
    const [refusal, ...others] = await entriesOf(id);
    expect(others).toEqual([]);
    expect(refusal).toMatchObject({ kind: 'refusal', released: [], recipient: { partner: 'probation-service' } });
    expect(refusal.reasons).toContainEqual(expect.objectContaining({ gate: 'restriction', outcome: 'refuse' }));
  }
});

test('what fails is tried again, later each time, under the same id; what was recorded once is recorded again', async () => {
  answer = () => 500;
  const [id] = await happened({ kind: 'CHECK_OVERDUE', person: allowed });
  const first = await settled(id);
  expect(first).toMatchObject({ delivered: false, attempts: 1, problem: 'status 500' });
  expect(first?.seconds).toBeLessThanOrEqual(6);
  await again(id);
  const second = await until(
    () => deliveryOf(id),
    (row) => row?.attempts === 2,
  );
  expect(second?.seconds).toBeGreaterThan(10);
  expect(second?.seconds).toBeLessThanOrEqual(24);
  answer = () => 200;
  await again(id);
  await until(
    () => deliveryOf(id),
    (row) => row?.delivered === true,
  );
  expect(to(id)).toHaveLength(3);
  expect(new Set(to(id).map(({ body }) => body)).size).toBe(1);
  expect((await entriesOf(id)).map(({ kind }) => kind)).toEqual(['disclosure', 'disclosure', 'disclosure']);
});

test('what was given up is seen by whoever runs the gateway, and tried again when they say so', async () => {
  const ready = async () => (await fetch(`${stack.url}/health/ready`)).json();
  const environment = { DATABASE_OWNER_URL: stack.ownerUrl };
  expect(await throughgate(['webhooks', 'dead'], environment)).toEqual({ exitCode: 0, stdout: '', stderr: '' });
  answer = () => 503;
  const [id] = await happened({ kind: 'CHECK_RETURNED', person: allowed });
  await settled(id);
  await stack.sql('update record.delivery set attempts = 11, next_at = now() where event_id = $1', [id]);
  expect(
    await until(
      () => deliveryOf(id),
      (row) => row?.dead === true,
    ),
  ).toMatchObject({ attempts: 12, problem: 'status 503' });
  // 410: the receiver says that it will never take it.
  answer = () => 410;
  const [gone] = await happened({ kind: 'CHECK_RETURNED', person: allowed });
  expect(await settled(gone)).toMatchObject({ dead: true, attempts: 1 });

  expect(await until(ready, ({ reasons }) => reasons.length > 0)).toEqual({ ready: true, reasons: ['WEBHOOKS_DEAD'] });
  await until(
    async () => (await fetch(`${stack.adminUrl}/metrics`)).text(),
    (text) => text.includes('throughgate_webhook_dead_letters 2\n'),
  );
  const listed = JSON.parse((await throughgate(['webhooks', 'dead', '--json'], environment)).stdout);
  expect(listed).toMatchObject([
    { event: id, kind: 'CHECK_RETURNED', endpoint: 'case-system', attempts: 12, problem: 'status 503' },
    { event: gone, attempts: 1, problem: 'status 410' },
  ]);
  expect((await entriesOf(id)).at(-1)).toMatchObject({
    kind: 'watch',
    deed: { field: 'deliver', ok: false, code: 'DEAD' },
  });

  answer = () => 200;
  expect((await throughgate(['webhooks', 'retry'], environment)).exitCode).toBe(1);
  expect((await throughgate(['webhooks', 'retry', '--endpoint', 'force-desk'], environment)).stdout).toBe('0\n');
  expect((await throughgate(['webhooks', 'retry', '--all'], environment)).stdout).toBe('2\n');
  for (const each of [id, gone])
    await until(
      () => deliveryOf(each),
      (row) => row?.delivered === true,
    );
  expect(await until(ready, ({ reasons }) => reasons.length === 0)).toEqual({ ready: true, reasons: [] });
});

test('two gateways send each once; one that goes before it knows leaves it to be sent again under its id', async () => {
  const ids = await withGateway(async () => {
    const made = await happened(...Array.from({ length: 30 }, () => ({ kind: 'CHECK_RETURNED', person: allowed })));
    for (const id of made)
      await until(
        () => deliveryOf(id),
        (row) => row?.delivered === true,
      );
    return made;
  });
  expect(received.map(({ headers }) => headers['webhook-id']).sort()).toEqual([...ids].sort());
  received.length = 0;

  // As a gateway that was killed leaves it: sent, and not noted.
  const [id] = ids;
  await stack.sql('update record.delivery set delivered_at = null, next_at = now() where event_id = $1', [id]);
  await until(
    () => deliveryOf(id),
    (row) => row?.delivered === true,
  );
  expect(to(id)).toHaveLength(1);
});

test('a receiver that says nothing keeps no other waiting', async () => {
  answer = () => 'silence';
  const [slow] = await happened({ kind: 'CHECK_ASKED', person: allowed, partner: 'northmere-police' });
  await until(
    async () => to(slow).length,
    (count) => count === 1,
  );
  answer = () => 204;
  const [quick] = await happened({ kind: 'CHECK_RETURNED', person: allowed });
  expect(await settled(quick)).toMatchObject({ delivered: true });
  expect(await deliveryOf(slow)).toMatchObject({ delivered: false, attempts: 0 });
  receiver.closeAllConnections();
  expect(await settled(slow)).toMatchObject({ delivered: false, attempts: 1 });
});

test('a connection that breaks before the answer is a failure like any other', async () => {
  answer = () => 'silence';
  const [id] = await happened({ kind: 'CHECK_RETURNED', person: allowed });
  await until(
    async () => to(id).length,
    (count) => count === 1,
  );
  expect(await deliveryOf(id)).toMatchObject({ delivered: false, dead: false, attempts: 0 });
  answer = () => 204;
  receiver.closeAllConnections();
  expect(await settled(id)).toMatchObject({ delivered: false, attempts: 1, problem: 'unreachable' });
  await again(id);
  await until(
    () => deliveryOf(id),
    (row) => row?.delivered === true,
  );
});

async function withGateway<T>(use: (gateway: Gateway) => Promise<T>): Promise<T> {
  const gateway = await startGateway({
    config: stack.config,
    logger: pino({ level: 'silent' }),
    development: {},
  });
  try {
    return await use(gateway);
  } finally {
    await gateway.close();
  }
}
