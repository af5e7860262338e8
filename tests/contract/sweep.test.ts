import { pino } from 'pino';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { withdraw } from '../../src/checks/decide.ts';
import { type Gateway, startGateway } from '../../src/main.ts';
import type { Check } from '../../src/record/checks.ts';
import { addDays } from '../../src/record/day.ts';
import { population, type Stack, startStack } from '../stack/stack.ts';
import { askAs, PROBATION } from './callers.ts';
import { idOf, requestChecks } from './check-flow.ts';
import { type KeptChecks, keptChecks } from './kept-checks.ts';
import { type Subject, subjects } from './oracle/subject.ts';

const people = population();
const HOUR = 3_600_000;
let stack: Stack;
let kept: KeptChecks;
let unused: Subject[];

beforeAll(async () => {
  unused = (
    ['allowed', 'bothForces', 'voluntaryTreatment', 'treatmentCondition', 'permissionWithdrawn'] as const
  ).flatMap((trait) => subjects(people, trait));
  stack = await startStack();
  kept = await keptChecks(stack);
});

afterEach(() => {
  for (const { code } of HELD) stack.recorder.interfere(code, null);
  stack.clock.set(new Date());
});

afterAll(async () => {
  await kept?.close();
  await stack?.close();
});

const HELD = [{ code: 'southdale-police' }, { code: 'hmpps-prisons' }];

/** Somebody about whom nothing was asked yet. */
function somebody(): Subject {
  const subject = unused.shift();
  if (!subject) throw new Error('nobody is left');
  return subject;
}

const later = (milliseconds: number) => stack.clock.set(new Date(stack.clock.now().getTime() + milliseconds));
const requestTo = (check: Check, responder: string) =>
  check.requests.find((request) => request.responder === responder);

interface Entry {
  readonly kind: string;
  readonly processing: string;
  readonly actor: {
    readonly name: string;
    readonly partner: string;
    readonly role: string;
    readonly practitioner: null;
  };
  readonly purpose: string;
  readonly deed?: {
    readonly field: string;
    readonly ok: boolean;
    readonly code: string | null;
    readonly reference: string;
  };
  readonly recipient?: { readonly partner: string; readonly reference: string };
  readonly released?: readonly string[];
  readonly thirdParties?: readonly object[];
  readonly counts?: object;
}

/** Entries of what the gateway did by itself that name one of these: checks, requests or commands. */
async function entriesOf(...references: string[]): Promise<Entry[]> {
  const rows = await stack.sql<{ body: Buffer }>(
    `select body from audit.entry where kind in ('watch', 'disclosure', 'refusal') order by index`,
  );
  const all = rows.map(({ body }) => JSON.parse(body.toString()) as Entry);
  return all.filter(({ deed, recipient }) => references.includes(deed?.reference ?? recipient?.reference ?? ''));
}
const deedsOf = (entries: readonly Entry[]) => entries.flatMap(({ deed }) => (deed ? [deed.field] : []));
const eventsOf = async ({ id }: Check) =>
  (
    await stack.sql<{ kind: string; partner: string }>(
      'select kind, partner from record.event where reference = $1 order by sequence',
      [id],
    )
  ).map(({ kind, partner }) => `${kind} ${partner}`);

test('a responder that answers by its subgraph is asked at once, in its own number; the answer is kept and recorded', async () => {
  const subject = somebody();
  const asked = await kept.ask({ person: subject.uuid, responders: ['southdale-police', 'northmere-police'] });
  stack.recorder.calls.length = 0;
  await stack.sweep();
  const check = await kept.now(asked);
  const automatic = requestTo(check, 'southdale-police');
  expect(check.state).toBe('ASKED');
  expect(requestTo(check, 'northmere-police')).toMatchObject({ state: 'REQUESTED', answer: null });
  expect(automatic).toMatchObject({ state: 'RETURNED', nextAt: null });
  expect(automatic?.answer).toMatchObject({
    automatic: true,
    by: 'system',
    outcome: expect.stringMatching(/^(NIL|INFORMATION)$/),
  });
  const content = JSON.parse((await kept.checks.contents.read(automatic?.answer?.contentId ?? '')) ?? '');
  expect(content.searched).toContainEqual({ system: 'PNC', by: 'CONFIRMED_NUMBER', match: 'CONFIRMED' });

  const calls = stack.recorder.calls.filter(({ raw }) => raw.includes(automatic?.id ?? ''));
  expect(calls).toHaveLength(1);
  const { id, type, number, told, ...more } = (calls[0]?.representations[0] ?? {}) as Readonly<Record<string, unknown>>;
  expect([calls[0]?.holder, id, type, number, more]).toEqual([
    'southdale-police',
    automatic?.id,
    'DOMESTIC_ABUSE',
    subject.numberAt('southdale-police')?.value,
    { __typename: 'CheckRequest' },
  ]);
  expect(told).toMatchObject({
    name: 'A. Person',
    release: '2099-01-04',
    question: expect.stringMatching(/^What do you hold/),
  });

  const entries = await entriesOf(automatic?.id ?? '');
  expect(entries.map(({ kind, deed, recipient }) => [kind, deed?.field ?? null, recipient?.partner ?? null])).toEqual([
    ['watch', 'ask', null],
    ['disclosure', null, 'southdale-police'],
    ['watch', 'answer', null],
    ['disclosure', null, 'probation-service'],
  ]);
  expect(entries.map(({ actor, purpose }) => [actor.name, actor.practitioner, actor.partner, purpose])).toEqual([
    ['system', null, 'probation-service', 'DA_CHECK'],
    ['system', null, 'probation-service', 'DA_CHECK'],
    ['system', null, 'southdale-police', 'DA_CHECK'],
    ['system', null, 'southdale-police', 'DA_CHECK'],
  ]);
  expect(entries[0]).toMatchObject({ sources: ['southdale-police'], counts: { subjects: 1, shown: 1, considered: 1 } });
  expect(entries[1]?.released).toEqual(
    ['addresses', 'adults', 'question', 'release', 'subject'].map((field) => `probation-service|CheckRequest.${field}`),
  );
  expect([entries[1]?.thirdParties?.length, entries[3]?.thirdParties]).toEqual([1, []]);
  expect(JSON.stringify(entries)).not.toMatch(/Person"|Adult|Mill Street/);
  expect(await eventsOf(check)).toContain('CHECK_RETURNED probation-service');
});

test('SHARE-08 without a sure number of its own a responder is told none, and what it cannot settle waits for a person', async () => {
  const [subject] = subjects(people, 'oneForceOnly');
  const asked = await kept.ask({ person: subject?.uuid ?? '', responders: ['southdale-police'] });
  stack.recorder.calls.length = 0;
  await stack.sweep();
  const calls = stack.recorder.calls.filter(({ raw }) => raw.includes(asked.requests[0]?.id ?? ''));
  expect(calls.map(({ representations }) => representations[0]?.['number'])).toEqual([null]);
  expect(calls[0]?.raw).not.toContain(subject?.numberAt('northmere-police')?.value);
  const [request] = (await kept.now(asked)).requests;
  expect(request).toMatchObject({ state: 'REQUESTED', answer: null });
  const logged = () => stack.logged.filter((line) => line.includes(request?.id ?? ''));
  expect(logged()).toEqual([]);

  // SHARE-05: a number that nobody gave it is nobody's, whatever it says.
  stack.recorder.interfere('southdale-police', ({ representations }, honest) => {
    const { id } = representations[0] ?? {};
    if (id !== request?.id) return honest;
    const searched = [{ system: 'PNC', by: 'CONFIRMED_NUMBER', match: 'CONFIRMED' }];
    const said = { outcome: 'NIL', reason: null, searched, findings: null, narrative: null };
    const answer = { ...said, handling: 'OFFICIAL', mayBeTold: false };
    return { status: 200, body: JSON.stringify({ data: { _entities: [{ __typename: 'CheckRequest', id, answer }] } }) };
  });
  later(61_000);
  await stack.sweep();
  expect((await kept.now(asked)).requests[0]).toMatchObject({ state: 'REQUESTED', answer: null });
  expect(logged()).toEqual([expect.stringMatching(/no number was given/)]);
});

test('what waits for an answer is counted, and what is late', async () => {
  const before = await kept.checks.counts(stack.clock.now());
  const asked = await kept.ask({ person: somebody().uuid, responders: ['northmere-police'] });
  const after = await kept.checks.counts(stack.clock.now());
  expect(after.waiting - before.waiting).toBe(1);
  const breach = asked.requests[0]?.breachAt.getTime() ?? 0;
  const late = async (at: number) => (await kept.checks.counts(new Date(at))).late;
  // Working time: others that were asked over the weekend are late at the same instant.
  expect(await late(breach)).toBeGreaterThan(await late(breach - 1));
});

test('SHARE-07 SHARE-11 nobody is told of somebody whose restriction closes them to the desk', async () => {
  const [subject] = subjects(people, 'restrictedListed');
  const asked = await kept.ask({ person: subject?.uuid ?? '', responders: ['southdale-police'] });
  stack.recorder.calls.length = 0;
  await stack.sweep();
  const [request] = (await kept.now(asked)).requests;
  expect(request?.state).toBe('REQUESTED');
  expect(stack.recorder.calls.filter(({ raw }) => raw.includes('CheckRequest'))).toEqual([]);
  const [deed] = await entriesOf(request?.id ?? '');
  expect(deed?.deed).toMatchObject({ field: 'ask', ok: false, code: 'NOT_SHARED' });
});

describe('SHARE-09 what is no answer that counts leaves the request to a person, and is told once', () => {
  const searched = [{ system: 'PNC', by: 'CONFIRMED_NUMBER', match: 'CONFIRMED' }];
  const nil = {
    outcome: 'NIL',
    reason: null,
    searched,
    findings: null,
    narrative: null,
    handling: 'OFFICIAL',
    mayBeTold: false,
  };
  const byName = [{ system: 'PNC', by: 'NAME_AND_DATE_OF_BIRTH', match: 'CONFIRMED' }];
  const SECRET = 'Zebra crossing';

  test.each<[string, (id: string) => unknown, RegExp]>([
    ['about another request', () => ({ id: 'another', answer: nil }), /about another request/],
    ['with more', (id) => ({ id, answer: { ...nil, secret: SECRET } }), /not asked for/],
    ['malformed', (id) => ({ id, answer: { ...nil, mayBeTold: SECRET } }), /not a Boolean/],
    ['a nil by name alone', (id) => ({ id, answer: { ...nil, searched: byName } }), /CONFIRMED_NUMBER/],
    ['a nil with words', (id) => ({ id, answer: { ...nil, narrative: SECRET } }), /narrative/],
    [
      'a system that there is not',
      (id) => ({ id, answer: { ...nil, searched: [{ ...searched[0], system: SECRET }] } }),
      /system/,
    ],
    ['nothing', () => 'dead', /could not be reached/],
  ])('%s', async (_what, say, detail) => {
    const asked = await kept.ask({ person: somebody().uuid, responders: ['southdale-police'] });
    stack.recorder.interfere('southdale-police', ({ representations }, honest) => {
      const { id = '' } = representations[0] ?? {};
      if (id !== asked.requests[0]?.id) return honest;
      const said = say(id);
      return said === 'dead'
        ? said
        : {
            status: 200,
            body: JSON.stringify({ data: { _entities: [{ __typename: 'CheckRequest', ...(said as object) }] } }),
          };
    });
    await stack.sweep();
    later(61_000);
    await stack.sweep();
    const [request] = (await kept.now(asked)).requests;
    expect(request).toMatchObject({ state: 'REQUESTED', answer: null });
    expect(request?.nextAt?.getTime()).toBeGreaterThan(stack.clock.now().getTime());
    const lines = stack.logged.filter((line) => line.includes(request?.id ?? ''));
    expect(lines).toHaveLength(1);
    expect(lines[0]).toMatch(detail);
    expect(lines[0]).not.toContain(SECRET);
    expect(deedsOf(await entriesOf(request?.id ?? ''))).toEqual(['ask', 'ask']);
    // The demonstration answers what it is asked next.
    stack.recorder.interfere('southdale-police', null);
    later(3 * HOUR);
    await stack.sweep();
    expect((await kept.now(asked)).requests[0]?.state).toBe('RETURNED');
  });
});

describe('clocks', () => {
  /** Both at once, as two machines would. */
  const bothSweep = () => Promise.all([stack.sweep(), second.sweep()]);
  let second: Gateway;

  beforeAll(async () => {
    second = await startGateway({
      config: stack.config,
      clock: stack.clock,
      logger: pino({ level: 'silent' }),
      development: {},
    });
  });

  afterAll(() => second?.close());

  test('a request is chased, late and given up when the policy says, once each with two gateways, to both sides', async () => {
    const asked = await kept.ask({ person: somebody().uuid, responders: ['northmere-police'] });
    const request = async () => (await kept.now(asked)).requests[0];
    const seen: string[][] = [];
    for (let look = 0; look < 9 && (await request())?.nextAt; look += 1) {
      stack.clock.set(new Date(((await request())?.nextAt?.getTime() ?? 0) - 60_000));
      await bothSweep();
      const before = deedsOf(await entriesOf(asked.requests[0]?.id ?? ''));
      later(61_000);
      await bothSweep();
      const all = deedsOf(await entriesOf(asked.requests[0]?.id ?? ''));
      seen.push(all.slice(before.length));
      expect(before).toEqual(seen.slice(0, -1).flat());
    }
    // Chased after two, three and five working days, late after five, given up after twenty.
    expect(seen).toEqual([['chase'], ['chase'], ['chase', 'late'], ['expire']]);
    const check = await kept.now(asked);
    expect(check.requests[0]).toMatchObject({ state: 'EXPIRED', chased: 3, nextAt: null, answer: null });
    expect(check.state).toBe('ASKED');
    const toBoth = (kind: string) => [`${kind} probation-service`, `${kind} northmere-police`];
    expect(await eventsOf(check)).toEqual([
      'CHECK_ASKED northmere-police',
      ...['CHECK_CHASED', 'CHECK_CHASED', 'CHECK_CHASED', 'CHECK_OVERDUE', 'CHECK_OVERDUE'].flatMap(toBoth),
    ]);
    const entries = await entriesOf(check.requests[0]?.id ?? '');
    for (const { kind, processing, actor, purpose } of entries) {
      expect([kind, processing, actor.name, actor.partner, actor.role, purpose]).toEqual([
        'watch',
        'alteration',
        'system',
        'probation-service',
        'probation-practitioner',
        'DA_CHECK',
      ]);
    }
  });

  test.each([
    ['kept', 'record.save_changes(jsonb, jsonb, jsonb, jsonb, timestamptz)', 1],
    [
      'recorded',
      'audit.append(bigint, bytea, uuid[], timestamptz[], text[], uuid[], text[], text[], text[], int[], bytea)',
      1,
    ],
    ['in force', 'record.activate_command(uuid)', 2],
  ])(
    'a gateway that dies before a change is %s loses nothing, and nothing is done twice',
    async (_when, step, recorded) => {
      const asked = await kept.ask({ person: somebody().uuid, responders: ['northmere-police'] });
      stack.clock.set(new Date((asked.requests[0]?.nextAt?.getTime() ?? 0) + 1_000));
      await stack.sql(`revoke execute on function ${step} from throughgate_gateway`);
      await stack.sweep();
      expect((await kept.now(asked)).requests[0]).toEqual(asked.requests[0]);
      await stack.sql(`grant execute on function ${step} to throughgate_gateway`);
      // Within its minute it is still the first gateway's.
      await second.sweep();
      expect((await kept.now(asked)).requests[0]?.chased).toBe(0);
      later(61_000);
      await bothSweep();
      later(61_000);
      await bothSweep();
      expect((await kept.now(asked)).requests[0]).toMatchObject({ state: 'CHASED', chased: 1 });
      expect(await eventsOf(asked)).toEqual([
        'CHECK_ASKED northmere-police',
        'CHECK_CHASED probation-service',
        'CHECK_CHASED northmere-police',
      ]);
      expect(deedsOf(await entriesOf(asked.requests[0]?.id ?? ''))).toEqual(Array(recorded).fill('chase'));
    },
  );
});

test('AUDIT-01 what a gateway died over that somebody had asked it for is recorded with all that it tells, and then in force', async () => {
  const subject = somebody();
  const named = await askAs(stack, PROBATION, subject, 'id');
  const input = {
    people: [
      {
        person: named.body.data.person.id,
        types: ['DOMESTIC_ABUSE'],
        addresses: [{ kind: 'RELEASE', line: '1 Mill Street', postcode: 'QN1 1AA' }],
        adults: [{ name: 'B. Adult', relationship: 'Partner' }],
      },
    ],
    idempotencyKey: 'left-by-a-gateway-that-died',
  };
  const ask = () =>
    stack.ask(
      'mutation ($input: RequestChecksInput!) { requestChecks(input: $input) { ok code results { checks { id } } } }',
      {
        ...PROBATION,
        variables: { input },
      },
    );
  const activate = 'record.activate_command(uuid)';
  await stack.sql(`revoke execute on function ${activate} from throughgate_gateway`);
  const lost = await ask();
  await stack.sql(`grant execute on function ${activate} to throughgate_gateway`);
  expect(lost.status).toBe(503);
  const inForce = () => kept.checks.ofPeople([subject.uuid], { closed: false });
  expect(await inForce()).toEqual([]);
  await stack.sweep();
  expect(await inForce()).toEqual([]);
  later(31_000);
  await stack.sweep();
  const [check] = await inForce();
  expect(check?.requests).toMatchObject([{ responder: 'northmere-police', state: 'REQUESTED' }]);

  const requestId = String(lost.headers.get('x-request-id'));
  const entries = (await stack.entries(requestId)) as unknown as Entry[];
  expect(entries.map(({ kind, deed, recipient }) => [kind, deed?.field ?? recipient?.partner ?? null])).toEqual([
    ['request', 'requestChecks'],
    ['disclosure', null],
    ['disclosure', 'northmere-police'],
    ['watch', 'requestChecks'],
    ['disclosure', 'northmere-police'],
  ]);
  const [told, again] = entries.filter(({ recipient }) => recipient?.partner === 'northmere-police');
  const {
    id: _id,
    at: _at,
    blind: _blind,
    network,
    operation,
    actor,
    ...rest
  } = again as unknown as Record<string, unknown>;
  expect(told).toMatchObject(rest);
  expect([network, operation]).toEqual([null, { name: null, hash: null }]);
  expect(actor).toMatchObject({ name: 'system', partner: 'probation-service', role: 'probation-practitioner' });
  // Who asks again has what is now.
  expect((await ask()).body.data.requestChecks).toEqual({
    ok: true,
    code: null,
    results: [{ checks: [{ id: check?.id }] }],
  });
});

test('what was given up is asked again with the whole list, by the very same question; who answered is left', async () => {
  const subject = somebody();
  const asked = await kept.ask({ person: subject.uuid, responders: ['southdale-police', 'northmere-police'] });
  await stack.sweep();
  for (let look = 0; look < 9; look += 1) {
    const next = requestTo(await kept.now(asked), 'northmere-police')?.nextAt;
    if (!next) break;
    stack.clock.set(next);
    await stack.sweep();
  }
  const list = () => askAll(subject);
  const first = await list();
  expect(first.requests.map(({ responder, state }) => `${responder} ${state}`)).toEqual([
    'southdale-police RETURNED',
    'northmere-police EXPIRED',
    'northmere-police REQUESTED',
  ]);
  expect(first.requests[2]?.told).toEqual(first.requests[1]?.told);
  expect((await list()).requests).toHaveLength(3);
});

/** Everything that is missing of one person; then the domestic-abuse check. */
async function askAll(subject: Subject) {
  const { body } = await requestChecks(stack, [{ person: await idOf(stack, PROBATION, subject) }]);
  const checks: readonly AskedCheck[] = body.data.requestChecks.results[0].checks;
  const check = checks.find(({ type }) => type === 'DOMESTIC_ABUSE');
  if (!check) throw new Error('there is no check');
  return check;
}

interface AskedCheck {
  readonly type: string;
  readonly requests: readonly { readonly responder: string; readonly state: string; readonly told: object | null }[];
}

describe('a day of release that moved', () => {
  /** What prison says from now on of everybody it is asked about. */
  const says = (day: string | null) =>
    stack.recorder.interfere('hmpps-prisons', (_call, { status, body }) => ({
      status,
      body:
        day === null
          ? JSON.stringify({ errors: [{ message: 'no' }] })
          : body.replace(/("releaseDate":)"[^"]*"/g, `$1"${day}"`),
    }));

  test('is noticed on behalf of those who asked; only what will be too old is asked again, and all of it is recorded', async () => {
    says('2099-01-04');
    const subject = somebody();
    const first = await kept.ask({ person: subject.uuid, responders: ['southdale-police', 'northmere-police'] });
    const [closed] = subjects(people, 'restricted');
    const restricted = await kept.ask({
      person: closed?.uuid ?? '',
      responders: ['northmere-police'],
    });
    later(2 * HOUR);
    await stack.sweep();
    const answered = requestTo(await kept.now(first), 'southdale-police');
    expect(answered?.state).toBe('RETURNED');
    expect((await kept.now(first)).release).toBe('2099-01-04');

    says('2099-01-05');
    await stack.sweep();
    expect((await kept.now(first)).release).toBe('2099-01-04');
    later(2 * HOUR);
    await stack.sweep();
    const check = await kept.now(first);
    expect(check.release).toBe('2099-01-05');
    // The answer counted for eighty-four days; who has not answered is asked the same as before.
    expect(check.requests.map(({ responder, state }) => `${responder} ${state}`)).toEqual([
      'southdale-police EXPIRED',
      'northmere-police REQUESTED',
      'southdale-police REQUESTED',
    ]);
    expect(check.requests[2]?.id).toBe(check.requests[0]?.supersededBy);
    const entries = await entriesOf(check.id, check.requests[2]?.id ?? '');
    expect(entries.slice(0, 2).map(({ deed, recipient }) => deed?.field ?? recipient?.partner)).toEqual([
      'reopen',
      'southdale-police',
    ]);
    const looks = await stack.sql<{ body: Buffer }>(
      `select body from audit.entry where kind = 'watch' and subject is not null order by index`,
    );
    expect(JSON.parse(looks.at(-1)?.body.toString() ?? '').released).toEqual(['hmpps-prisons|Custody.releaseDate']);
    // SHARE-06: nobody who works with them is on the list of those to whom they are open.
    expect((await kept.now(restricted)).release).toBe('2099-01-04');
    const asked = stack.recorder.calls
      .filter(({ holder }) => holder === 'hmpps-prisons')
      .map(({ raw }) => raw)
      .join();
    expect(asked).toContain(subject.numberAt('hmpps-prisons')?.value);
    expect(asked).not.toContain(closed?.numberAt('hmpps-prisons')?.value);
  });

  test('is not one where nobody said so', async () => {
    says(null);
    const asked = await kept.ask({ person: somebody().uuid, responders: ['northmere-police'] });
    stack.recorder.calls.length = 0;
    later(12 * HOUR);
    await stack.sweep();
    expect(stack.recorder.calls.map(({ holder }) => holder)).toContain('hmpps-prisons');
    expect((await kept.now(asked)).release).toBe('2099-01-04');
  });

  test('is noticed after the day passed: somebody was not let out after all', async () => {
    says('2099-01-06');
    const release = addDays(stack.clock.now().toISOString().slice(0, 10), -3);
    const asked = await kept.ask({ person: somebody().uuid, responders: ['northmere-police'], release });
    later(24 * HOUR);
    await stack.sweep();
    expect((await kept.now(asked)).release).toBe('2099-01-06');
  });
});

test('a check of somebody whose records were merged waits for a person to decide', async () => {
  const asked = await kept.ask({ person: somebody().uuid, responders: ['northmere-police'] });
  await stack.sql(`update record.check set moved = 'PERSON_MERGED' where id = $1`, [asked.id]);
  await stack.sweep();
  expect(await kept.now(asked)).toMatchObject({ state: 'HELD', held: 'PERSON_MERGED', version: 2 });
  expect(deedsOf(await entriesOf(asked.id))).toEqual(['hold']);
});

test('what was told is deleted when its time is over, and not before; that it was is recorded as erasure', async () => {
  const asked = await kept.ask({ person: somebody().uuid, responders: ['northmere-police'] });
  const [request] = asked.requests;
  const contentId = request?.contentId ?? '';
  const input = { request: request?.id ?? '', expectedVersion: null, textId: null };
  const outcome = withdraw(asked, input, { as: 'ASKER', by: 'PRO-0001' }, kept.moment());
  if (!outcome.ok) throw new Error(outcome.code);
  await kept.checks.save(
    [{ before: asked, after: outcome.after, contents: [], texts: [], events: [] }],
    null,
    stack.clock.now(),
  );
  later((kept.bundle.checks.retentionDays - 1) * 24 * HOUR);
  await stack.sweep();
  expect(await kept.checks.contents.read(contentId)).not.toBeNull();
  later(25 * HOUR);
  await stack.sweep();
  expect(await kept.checks.contents.read(contentId)).toBeNull();
  const [last] = await stack.sql<{ body: Buffer }>(
    `select body from audit.entry where kind = 'watch' order by index desc limit 1`,
  );
  expect(JSON.parse(last?.body.toString() ?? '')).toMatchObject({
    processing: 'erasure',
    deed: { field: 'delete' },
    purpose: null,
  });
});

test('that the bank holidays of the policy end soon is told to the operator while there is time', async () => {
  const ready = async () => (await (await fetch(`${stack.url}/health/ready`)).json()) as object;
  const before = (days: number) => new Date(`${addDays(kept.bundle.calendar.until, -days)}T12:00:00Z`);
  stack.clock.set(before(180));
  expect(await ready()).toMatchObject({ ready: true, reasons: expect.not.arrayContaining(['CALENDAR_ENDS']) });
  stack.clock.set(before(179));
  expect(await ready()).toMatchObject({ ready: true, reasons: expect.arrayContaining(['CALENDAR_ENDS']) });
});
