import { randomBytes, randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Check, type CheckPage, type Checks, NEVER_DUE } from '../../src/record/checks.ts';
import { createChecks } from '../../src/store/checks.ts';
import { openStore, type Store } from '../../src/store/client.ts';
import { importFacts } from '../../src/store/facts.ts';
import { ANSWER, ASKER, change, changed, DAY, later, NOON, newCheck, newRequest } from './check.ts';
import { migratedDatabase, query, type TestDatabase } from './database.ts';

const POLICE = 'northmere-police';
const ALL = { type: null, lateAt: null, after: null, limit: 100 } as const;

let database: TestDatabase;
let store: Store;
let checks: Checks;

beforeAll(async () => {
  database = await migratedDatabase();
  store = openStore(database.gatewayUrl, { poolSize: 4 });
  checks = createChecks(store.db, [randomBytes(32)]);
});

afterAll(async () => {
  await store.close();
  await database.drop();
});

describe('what was asked', () => {
  const people = [randomUUID(), randomUUID()] as const;
  const [soon, late, answered] = [
    newCheck({
      person: people[0],
      requests: [newRequest({ breachAt: later(30) }), newRequest({ breachAt: later(90) })],
    }),
    newCheck({ person: people[1], requests: [newRequest({ breachAt: later(-5) })] }),
    newCheck({
      person: people[1],
      type: 'CHILDRENS_SERVICES',
      state: 'RETURNED',
      requests: [newRequest({ state: 'RETURNED', answer: ANSWER })],
    }),
  ];

  beforeAll(async () => {
    const closed = newCheck({ person: people[0], type: 'CHILDRENS_SERVICES', state: 'DONE', closedAt: NOON });
    const elsewhere = newCheck({ person: people[0], partner: 'other-probation' });
    await save([soon, late, answered, closed, elsewhere, newCheck()]);
  });

  it('is about these people, asked by the partner and open, soonest due first, those that wait for nothing last', async () => {
    expect(await checks.asked({ ...ALL, partner: ASKER, people })).toEqual({
      total: 3,
      checks: [
        { ...late, dueAt: later(-5) },
        { ...soon, dueAt: later(30) },
        { ...answered, dueAt: NEVER_DUE },
      ],
    });
  });

  it.each([
    ['of a type', { type: 'CHILDRENS_SERVICES' }, () => [answered]],
    ['late', { lateAt: NOON }, () => [late]],
    ['late by then', { lateAt: later(30) }, () => [late, soon]],
    ['of one person', { people: [people[0]] }, () => [soon]],
    ['of nobody', { people: [] }, () => []],
    ['of another partner', { partner: POLICE }, () => []],
  ] as const)('%s', async (_, more, expected) => {
    const page = await checks.asked({ ...ALL, partner: ASKER, people, ...more });
    expect(page.checks.map(({ id }) => id)).toEqual(expected().map(({ id }) => id));
    expect(page.total).toBe(expected().length);
  });

  it('comes in pages that repeat and miss nothing', async () => {
    const listing = { ...ALL, partner: ASKER, people, limit: 1 };
    expect(await pagesOf((after) => checks.asked({ ...listing, after }), 3)).toEqual([late.id, soon.id, answered.id]);
  });
});

describe('what waits for a desk', () => {
  const MEMBER = { partner: POLICE, practitioner: 'POL-0001', day: DAY };
  const since = { partner: POLICE, from: '2026-01-01', until: null };

  beforeAll(async () => {
    await importFacts(database.ownerUrl, [
      { kind: 'team-member', practitioner: 'POL-0001', team: 'DESK-A', ...since },
      { kind: 'duty', practitioner: 'POL-0001', team: 'DESK-B', ...since, from: DAY, until: DAY },
      { kind: 'team-member', practitioner: 'POL-0002', team: 'DESK-A', ...since, until: '2026-05-04' },
      { kind: 'team-member', practitioner: 'POL-0001', team: 'DESK-C', ...since, partner: 'southdale-police' },
    ]);
  });

  const ask = (team: string, minutes: number, more: Partial<Check> = {}) =>
    newCheck({ requests: [newRequest({ team, breachAt: later(minutes) })], ...more });

  it('is of the practitioner’s teams on the day, by membership or duty, soonest due first', async () => {
    const [first, second, third] = [ask('DESK-B', 1), ask('DESK-A', 2), ask('DESK-A', 3)];
    await save([third, first, second, ask('DESK-C', 1)]);
    expect(await checks.awaiting({ ...ALL, desk: MEMBER, except: [] })).toEqual({
      total: 3,
      checks: [
        { ...first, dueAt: later(1) },
        { ...second, dueAt: later(2) },
        { ...third, dueAt: later(3) },
      ],
    });
    const list = async (more: object) => {
      const page = await checks.awaiting({ ...ALL, desk: MEMBER, except: [], ...more });
      return [page.total, ...page.checks.map(({ id }) => id)];
    };
    expect(await list({ desk: { ...MEMBER, day: '2026-05-06' } })).toEqual([2, second.id, third.id]);
    expect(await list({ desk: { ...MEMBER, practitioner: 'POL-0002' } })).toEqual([0]);
    expect(await list({ desk: { ...MEMBER, partner: 'southdale-police' } })).toEqual([0]);
    expect(await list({ except: [second.person, randomUUID()] })).toEqual([2, first.id, third.id]);
    expect(await list({ lateAt: later(2) })).toEqual([2, first.id, second.id]);
    expect(await list({ lateAt: later(2), except: [first.person] })).toEqual([1, second.id]);
    expect(await list({ type: 'CHILDRENS_SERVICES' })).toEqual([0]);
    expect(await list({ type: 'DOMESTIC_ABUSE', limit: 1 })).toEqual([3, first.id]);
    await withdraw([first, second, third]);
    expect(await list({})).toEqual([0]);
  });

  it('comes in pages that repeat and miss nothing, also of what is due at one instant', async () => {
    const asked = Array.from({ length: 12 }, (_, n) => ask(n % 2 ? 'DESK-A' : 'DESK-B', Math.floor(n / 6)));
    await save(asked);
    const expected = asked.toSorted(byDue).map(({ id }) => id);
    const listing = { ...ALL, desk: MEMBER, except: [], limit: 5 };
    expect(await pagesOf((after) => checks.awaiting({ ...listing, after }), 12)).toEqual(expected);
    await withdraw(asked);
  });

  it('is counted as it comes and goes, whatever happens', async () => {
    const states = ['REQUESTED', 'ACKNOWLEDGED', 'CHASED', 'WITHDRAWN', 'EXPIRED', 'RETURNED', 'SUPERSEDED'] as const;
    const teams = ['DESK-A', 'DESK-B', 'DESK-C'];
    const step = fc.record({
      requests: fc.array(fc.record({ state: fc.constantFrom(...states), team: fc.constantFrom(...teams) }), {
        maxLength: 3,
      }),
      end: fc.constantFrom('ASKED', 'ASKED', 'HELD', 'WITHDRAWN' as const),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(fc.array(step, { minLength: 1, maxLength: 3 }), { maxLength: 3 }), async (lives) => {
        const last: Check[] = [];
        for (const life of lives) {
          let before: Check | null = null;
          const base = newCheck({ requests: [] });
          for (const { requests, end } of life) {
            const after: Check = {
              ...base,
              version: (before?.version ?? 0) + 1,
              state: end as Check['state'],
              held: end === 'HELD' ? 'PERSON_SPLIT' : null,
              closedAt: end === 'WITHDRAWN' ? NOON : null,
              requests: [
                ...(before?.requests ?? []).map((request) => ({ ...request, state: 'WITHDRAWN' as const })),
                ...requests.map((more) => newRequest({ ...more, answer: more.state === 'RETURNED' ? ANSWER : null })),
              ],
            };
            expect(await checks.save([change(before, after)], null, NOON)).toBe('saved');
            before = after;
          }
          if (before) last.push(before);
        }
        const waiting = last.filter(({ state }) => state === 'ASKED').flatMap(({ requests }) => requests);
        const live = waiting.filter(({ state }) => ['REQUESTED', 'ACKNOWLEDGED', 'CHASED'].includes(state));
        const mine = live.filter(({ team }) => team !== 'DESK-C');
        const { total } = await checks.awaiting({ ...ALL, desk: MEMBER, except: [] });
        expect(total).toBe(mine.length);
        expect(await countedAnew()).toEqual([]);
        await withdraw(last.filter(({ closedAt }) => closedAt === null));
      }),
      { numRuns: 10 },
    );
  });

  it('has people who must be decided about: restricted ones, and whom the practitioner has a tie to', async () => {
    const asked = Array.from({ length: 5 }, () => ask('DESK-A', 1));
    const [restricted, tied, othersTie] = asked.map(({ person }) => person) as [string, string, string];
    const elsewhere = ask('DESK-C', 1);
    await save([...asked, elsewhere]);
    const facts = { from: '2026-01-01', until: null };
    const closed = { kind: 'restriction', type: 'RESTRICTION', owner: POLICE, accounts: ['a/b'], ...facts } as const;
    const tie = { kind: 'interest', partner: POLICE, type: 'DECLARED_INTEREST', ...facts } as const;
    await importFacts(database.ownerUrl, [
      { ...closed, person: restricted },
      { ...closed, person: elsewhere.person },
      { ...tie, person: tied, practitioner: MEMBER.practitioner },
      { ...tie, person: othersTie, practitioner: 'POL-0002' },
    ]);
    expect(await checks.guarded(MEMBER, 10)).toEqual([restricted, tied].toSorted());
    expect(await checks.guarded(MEMBER, 1)).toEqual([restricted, tied].toSorted().slice(0, 1));
    await withdraw(asked);
    expect(await checks.guarded(MEMBER, 10)).toEqual([]);
  });
});

async function save(asked: readonly Check[]): Promise<void> {
  const changes = asked.map((check) => change(null, check));
  expect(await checks.save(changes, null, NOON)).toBe('saved');
}

async function withdraw(asked: readonly Check[]): Promise<void> {
  const over = asked.map((check) =>
    change(check, changed(check, { state: 'WITHDRAWN' }, { state: 'WITHDRAWN', held: null, closedAt: NOON })),
  );
  expect(await checks.save(over, null, NOON)).toBe('saved');
}

/** Ids of all pages, one after the other. */
async function pagesOf(page: (after: CheckPage['checks'][number] | null) => Promise<CheckPage>, total: number) {
  const ids: string[] = [];
  let after: CheckPage['checks'][number] | null = null;
  do {
    const given: CheckPage = await page(after);
    expect(given.total).toBe(total);
    ids.push(...given.checks.map(({ id }) => id));
    after = given.checks.at(-1) ?? null;
  } while (after && ids.length <= total);
  return ids;
}

function byDue(one: Check, other: Check): number {
  const [due, otherDue] = [one, other].map(({ requests }) => requests[0]?.breachAt.getTime() ?? 0) as [number, number];
  return due - otherDue || (one.id < other.id ? -1 : 1);
}

/** Kept counts that differ from what counting gives. */
async function countedAnew() {
  return query(
    database.ownerUrl,
    `select * from record.check_count as kept where waiting <> (
       select count(*) from record.check_request as r join record.check as c on c.id = r.check_id
       where (r.responder, r.team, c.type) = (kept.responder, kept.team, kept.type) and r.waiting_at is not null
     )`,
  );
}
