import { cpSync, renameSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { pino } from 'pino';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type MovableClock, movableClock } from '../../src/clock.ts';
import { type Gateway, startGateway } from '../../src/main.ts';
import { addDays } from '../../src/record/day.ts';
import { population, type Stack, startStack } from '../stack/stack.ts';
import { PRISON, PROBATION } from './callers.ts';
import { type ChangedPolicies, changedPolicies } from './changed-policies.ts';
import { type Subject, subjects } from './oracle/subject.ts';

const people = population();
const subject = subjects(people, 'allowed')[0] as Subject;
const QUERY = `{ person(identifier: {type: "CRN", value: "${subject.identifiers['CRN']}"}) {
  custody { releaseDate } risk { overall } } }`;

let stack: Stack;
let policies: ChangedPolicies;
/** What the gateway is told to read: a link, so that it can be turned. */
let link: string;
let gateway: Gateway;
let clock: MovableClock;
const logged: string[] = [];
let original: string;

beforeAll(async () => {
  stack = await startStack();
  policies = changedPolicies();
  link = join(policies.home, 'current');
  symlinkSync(policies.folder, link);
  clock = movableClock();
  gateway = await startGateway({
    config: { ...stack.config, policiesDir: link },
    clock,
    logger: pino({ level: 'info' }, { write: (line: string) => void logged.push(line) }),
    development: {},
  });
  cpSync(policies.folder, join(policies.home, 'original'), { recursive: true });
  original = await policies.hash();
});

beforeEach(async () => {
  rmSync(policies.folder, { recursive: true, force: true });
  cpSync(join(policies.home, 'original'), policies.folder, { recursive: true });
  await gateway.reload();
  expect(await inForce()).toBe(original);
  expect(await ready()).toEqual({ ready: true, reasons: [] });
  logged.length = 0;
});

afterAll(async () => {
  await gateway?.close();
  await stack?.close();
  if (policies) rmSync(policies.home, { recursive: true, force: true });
});

const metrics = async () => (await fetch(`${gateway.adminUrl}/metrics`)).text();
const inForce = async () => /throughgate_policy_info\{hash="([0-9a-f]+)"\} 1/.exec(await metrics())?.[1];
const counted = async (outcome: string) =>
  Number(
    new RegExp(`throughgate_policy_reload_total\\{outcome="${outcome}"\\} (\\d+)`).exec(await metrics())?.[1] ?? 0,
  );
const ready = async () => (await fetch(`${gateway.url}/health/ready`)).json();
const urgent = async () => (await fetch(`${gateway.url}/urgent`)).text();
const changes = async () =>
  (await stack.sql<{ body: Buffer }>(`select body from audit.entry where kind = 'policy-change' order by index`)).map(
    ({ body }) => JSON.parse(body.toString()) as Record<string, unknown>,
  );

async function ask(query = QUERY, { persona, partner, purpose } = PROBATION as typeof PROBATION | typeof PRISON) {
  const response = await fetch(`${gateway.url}/graphql`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      authorization: `Bearer ${await stack.token(persona, { partner })}`,
      'purpose-of-use': purpose,
    },
    body: JSON.stringify({ query }),
  });
  // biome-ignore lint/suspicious/noExplicitAny: answers are read by path
  return (await response.json()) as any;
}

const policyOf = async (answer: { extensions: { requestId: string } }) => {
  const hashes = (await stack.entries(answer.extensions.requestId)).map(({ policy }) => policy);
  expect(new Set(hashes).size).toBe(1);
  return hashes[0];
};

/** Prison's data for probation comes to an end. */
function endAgreement(): void {
  const name = 'agreements/PRI-PRB-01.yaml';
  policies.write(
    name,
    policies
      .read(name)
      .replace(/^from: .*$/m, 'from: 2020-01-01')
      .replace(/^until: .*$/m, 'until: 2020-12-31'),
  );
}

async function until(condition: () => Promise<boolean>): Promise<void> {
  for (const deadline = Date.now() + 30_000; !(await condition()); await sleep(100)) {
    if (Date.now() > deadline) throw new Error('it did not come about');
  }
}

describe('SHARE-07 a changed policy', () => {
  test('AUDIT-01 is in force whole, from the next request on, and after its entry', async () => {
    expect((await ask()).data.person.custody.releaseDate).not.toBeNull();
    const [before, number] = [await changes(), await counted('taken')];
    endAgreement();
    const changed = await policies.hash();
    expect(await gateway.reload()).toBe('taken');
    const answer = await ask();
    expect(answer.data.person).toMatchObject({ custody: null, risk: { overall: expect.any(String) } });
    expect(answer.extensions.withheld).toMatchObject([{ section: 'custody', reason: 'NO_AGREEMENT' }]);
    expect(await policyOf(answer)).toBe(changed);
    expect([await inForce(), await counted('taken')]).toEqual([changed, number + 1]);
    const [entry, ...more] = (await changes()).slice(before.length);
    expect(more).toEqual([]);
    expect(entry).toMatchObject({ kind: 'policy-change', from: original, to: changed, outcome: 'taken' });
  });

  test('leaves alone what does not come from it: cursors go on, and the urgent page follows', async () => {
    const day = (offset: number) => addDays(people.anchor, offset);
    const page = (rest: string) =>
      ask(
        `{ releases(from: "${day(-180)}", to: "${day(180)}", first: 1 ${rest}) { edges { node { id } } pageInfo { endCursor } } }`,
        PRISON,
      );
    const first = (await page('')).data.releases;
    policies.write(
      'desks.yaml',
      policies.read('desks.yaml').replace(/telephone: 01632 96\d{4}/, 'telephone: 01632 960999'),
    );
    expect(await gateway.reload()).toBe('taken');
    const second = (await page(`, after: "${first.pageInfo.endCursor}"`)).data.releases;
    expect(second.edges).toHaveLength(1);
    expect(second.edges[0].node.id).not.toBe(first.edges[0].node.id);
    expect(await urgent()).toContain('01632 960999');
  });

  test('a request in flight keeps to the policy it came in under', async () => {
    let letGo = () => {};
    let arrived = () => {};
    const held = new Promise<void>((resolve) => {
      letGo = resolve;
    });
    const reached = new Promise<void>((resolve) => {
      arrived = resolve;
    });
    stack.recorder.interfere('hmpps-prisons', async (_, honest) => {
      arrived();
      await held;
      return honest;
    });
    const pending = ask();
    await reached;
    stack.recorder.interfere('hmpps-prisons', null);
    endAgreement();
    expect(await gateway.reload()).toBe('taken');
    const next = await ask();
    letGo();
    const answer = await pending;
    expect(answer.data.person.custody.releaseDate).not.toBeNull();
    expect(await policyOf(answer)).toBe(original);
    expect(next.data.person.custody).toBeNull();
    expect(await policyOf(next)).not.toBe(original);
  });

  test('under load every answer is of one version, and its entries say which', { timeout: 40_000 }, async () => {
    endAgreement();
    const changed = await policies.hash();
    let swapping = true;
    const swap = (async () => {
      for (let turn = 0; turn < 6; turn += 1) {
        await sleep(100);
        const from = turn % 2 === 0 ? policies.folder : join(policies.home, 'original');
        turnTo(from);
        expect(await gateway.reload()).not.toBe('refused');
      }
    })().finally(() => {
      swapping = false;
    });
    const answers: Awaited<ReturnType<typeof ask>>[] = [];
    const load = Array.from({ length: 4 }, async () => {
      while (swapping) answers.push(await ask());
    });
    await Promise.all([swap, ...load]);
    turnTo(policies.folder);
    const seen = new Set<unknown>();
    for (const answer of answers) {
      const hash = await policyOf(answer);
      seen.add(hash);
      expect([answer.data.person.custody === null, hash]).toEqual([
        hash === changed,
        hash === changed ? changed : original,
      ]);
    }
    expect(seen.size).toBe(2);
  });
});

/** As a deployment does it: a new link, put in the place of the old in one step. */
function turnTo(folder: string): void {
  const fresh = join(policies.home, 'fresh');
  symlinkSync(folder, fresh);
  renameSync(fresh, link);
}

describe('SHARE-01 what cannot be taken changes nothing', () => {
  test('every problem is told, readiness says so, and the next good one is taken', async () => {
    const refused = await counted('refused');
    const before = await changes();
    policies.write('purposes.yaml', `${policies.read('purposes.yaml')}\nBAD: [\n`);
    policies.write(
      'roles/work-coach.yaml',
      policies.read('roles/work-coach.yaml').replace('role: work-coach', 'role: 3'),
    );
    expect(await gateway.reload()).toBe('refused');
    expect(await ready()).toEqual({ ready: true, reasons: ['POLICY_NOT_RELOADED'] });
    expect([await inForce(), await counted('refused')]).toEqual([original, refused + 1]);
    expect(await policyOf(await ask())).toBe(original);
    expect((await changes()).slice(before.length)).toMatchObject([{ from: original, to: null, outcome: 'refused' }]);
    const line = JSON.parse(logged.find((text) => text.includes('policy refused')) ?? '{}');
    expect(line.problems).toContainEqual(expect.stringMatching(/^purposes\.yaml:\d+:\d+ /));
    expect(line.problems).toContainEqual(expect.stringMatching(/^roles\/work-coach\.yaml:\d+:\d+ /));

    cpSync(join(policies.home, 'original'), policies.folder, { recursive: true });
    policies.perDay(271);
    expect(await gateway.reload()).toBe('taken');
    expect(await ready()).toEqual({ ready: true, reasons: [] });
    expect(await inForce()).toBe(await policies.hash());
  });

  test('files that say the same again are not taken again', async () => {
    const before = await changes();
    policies.write('purposes.yaml', `# A comment.\n${policies.read('purposes.yaml')}`);
    expect(await gateway.reload()).toBe('unchanged');
    expect(await changes()).toEqual(before);
  });

  test('AUDIT-01 a change that cannot be recorded waits until it can', { timeout: 30_000 }, async () => {
    const [row] = await stack.sql<{ name: string }>(
      `select p.oid::regprocedure::text as name from pg_proc p join pg_namespace n on n.oid = p.pronamespace
       where n.nspname = 'audit' and p.proname = 'append'`,
    );
    policies.perDay(272);
    await stack.sql(`revoke execute on function ${row?.name} from throughgate_gateway`);
    try {
      expect(await gateway.reload()).toBe('refused');
      expect(await inForce()).toBe(original);
    } finally {
      await stack.sql(`grant execute on function ${row?.name} to throughgate_gateway`);
    }
    await until(async () => (await inForce()) === (await policies.hash()));
    expect(await ready()).toEqual({ ready: true, reasons: [] });
  });
});

describe('it looks by itself', { timeout: 60_000 }, () => {
  test('a file half written is not taken, and the whole one is', async () => {
    const name = 'roles/probation-practitioner.yaml';
    const whole = policies.read(name).replace(/peoplePerDay: \d+/, 'peoplePerDay: 273');
    policies.write(name, whole.slice(0, whole.indexOf('classes:') + 10));
    await until(async () => (await ready()).reasons.includes('POLICY_NOT_RELOADED'));
    expect(await inForce()).toBe(original);
    policies.write(name, whole);
    await until(async () => (await inForce()) === (await policies.hash()));
    expect(await ready()).toEqual({ ready: true, reasons: [] });
  });

  test('a file that is still being written is waited for', async () => {
    const before = await changes();
    const name = 'roles/probation-practitioner.yaml';
    const whole = policies.read(name).replace(/peoplePerDay: \d+/, 'peoplePerDay: 274');
    // Never still for a second until it is whole.
    for (let part = 1; part <= 6; part += 1) {
      policies.write(name, whole.slice(0, Math.floor((whole.length * part) / 6)));
      await sleep(400);
    }
    await until(async () => (await inForce()) === (await policies.hash()));
    expect((await changes()).slice(before.length)).toMatchObject([{ outcome: 'taken' }]);
  });

  test('a folder that is deleted, and made again', async () => {
    renameSync(policies.folder, join(policies.home, 'away'));
    await until(async () => (await ready()).reasons.includes('POLICY_NOT_RELOADED'));
    expect((await ask()).data.person.custody.releaseDate).not.toBeNull();
    renameSync(join(policies.home, 'away'), policies.folder);
    await until(async () => (await ready()).reasons.length === 0);
    expect(await inForce()).toBe(original);
  });

  test('a link that is turned to another folder', async () => {
    const next = join(policies.home, 'next');
    cpSync(join(policies.home, 'original'), next, { recursive: true });
    policies.perDay(275);
    rmSync(next, { recursive: true });
    renameSync(policies.folder, next);
    cpSync(join(policies.home, 'original'), policies.folder, { recursive: true });
    turnTo(next);
    await until(async () => (await inForce()) !== original);
    expect(await inForce()).toBe(await policies.hash(next));
    turnTo(policies.folder);
    await until(async () => (await inForce()) === original);
    rmSync(next, { recursive: true });
  });
});

test('SHARE-07 an agreement that ends needs no reload', async () => {
  const ends = /^until: (\S+)$/m.exec(policies.read('agreements/PRI-PRB-01.yaml'))?.[1];
  const before = await changes();
  clock.set(new Date(`${ends}T12:00:00Z`));
  expect((await ask()).data.person?.custody).not.toBeNull();
  clock.set(new Date(Date.parse(`${ends}T12:00:00Z`) + 86_400_000));
  const answer = await ask();
  clock.set(new Date());
  expect(answer.data.person?.custody ?? null).toBeNull();
  expect(answer.extensions.withheld).toContainEqual(
    expect.objectContaining({ section: 'custody', reason: 'NO_AGREEMENT' }),
  );
  expect(await policyOf(answer)).toBe(original);
  expect(await changes()).toEqual(before);
});
