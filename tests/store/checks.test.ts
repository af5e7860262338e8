import { randomBytes, randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Check, Checks } from '../../src/record/checks.ts';
import type { FreeTexts } from '../../src/record/governance.ts';
import { createChecks } from '../../src/store/checks.ts';
import { openStore, type Store } from '../../src/store/client.ts';
import { importFacts } from '../../src/store/facts.ts';
import { createFreeTexts } from '../../src/store/free-text.ts';
import { sealPerson } from '../../src/store/sealed.ts';
import { ANSWER, ASKER, change, changed, command, DAY, event, later, NOON, newCheck, newRequest } from './check.ts';
import { migratedDatabase, query, type TestDatabase } from './database.ts';

const KEYS = [randomBytes(32)];

let database: TestDatabase;
let store: Store;
/** As in two gateways. */
let checks: Checks;
let others: Checks;
let other: Store;
let texts: FreeTexts;

beforeAll(async () => {
  database = await migratedDatabase();
  store = openStore(database.gatewayUrl, { poolSize: 8 });
  other = openStore(database.gatewayUrl, { poolSize: 8 });
  checks = createChecks(store.db, KEYS);
  others = createChecks(other.db, KEYS);
  texts = createFreeTexts(store.db, KEYS);
});

afterAll(async () => {
  await Promise.all([store.close(), other.close()]);
  await database.drop();
});

describe('what is saved without a command', () => {
  it('is in force at once, and comes back as it was', async () => {
    const done = { by: 'PRO-0001', at: later(1), textId: randomUUID() };
    const full = newCheck({
      state: 'DONE',
      closedAt: later(9),
      decision: { ...done, decision: 'SUITABLE_WITH_CONDITIONS' },
      countersignature: { ...done, agrees: true },
      decidedFirst: later(8),
      highRisk: true,
      childPlan: false,
      requests: [
        newRequest({
          state: 'RETURNED',
          acknowledged: { ...done, textId: null },
          chased: 2,
          chasedAt: later(3),
          nextAt: null,
          answer: { ...ANSWER, outcome: 'UNABLE', reason: 'SYSTEM_DOWN' },
          accepted: done,
          version: 7,
        }),
        newRequest({ state: 'WITHDRAWN', withdrawn: done, recalled: done, supersededBy: randomUUID() }),
      ],
    });
    const bare = newCheck({ release: null, state: 'HELD', held: 'PERSON_SPLIT', requests: [] });
    expect(await checks.save([change(null, full), change(null, bare)], null, NOON)).toBe('saved');
    expect(await checks.byIds([bare.id, randomUUID()])).toEqual([bare]);
    expect(await checks.byRequests(full.requests.map(({ id }) => id))).toEqual([full]);
    expect(await checks.ofPeople([full.person, bare.person], { closed: false })).toEqual([bare]);
    expect(await checks.ofPeople([full.person], { closed: true })).toEqual([full]);
  });

  it('must grow the version by one', async () => {
    const asked = newCheck();
    await expect(checks.save([change(null, { ...asked, version: 2 })], null, NOON)).rejects.toThrow(RangeError);
    await expect(checks.save([change(asked, { ...asked })], null, NOON)).rejects.toThrow(RangeError);
  });

  it('is refused by the store where it contradicts itself', async () => {
    const asked = newCheck({ state: 'DONE' });
    await expect(checks.save([change(null, asked)], null, NOON)).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
    const unanswered = newCheck({ requests: [newRequest({ state: 'RETURNED' })] });
    await expect(checks.save([change(null, unanswered)], null, NOON)).rejects.toMatchObject({
      code: 'STORE_UNAVAILABLE',
    });
  });
});

describe('what a command saves', () => {
  it('is in force once it is activated, with its events and relationships, and may be activated again', async () => {
    const asked = newCheck();
    const by = command({ result: { checks: [asked.id] } });
    const told = event(asked.person);
    expect(await checks.save([change(null, asked, { events: [told] })], by, NOON)).toBe('saved');
    expect(await checks.byIds([asked.id])).toEqual([]);
    expect(await checks.byIds([asked.id], by.id)).toEqual([asked]);
    expect(await checks.byRequests(asked.requests.map(({ id }) => id))).toEqual([]);
    expect(await checks.due(later(600), 100)).not.toContainEqual(asked);
    expect(await effects(asked)).toEqual({ events: [], relationships: [] });
    expect(await checks.command(by)).toEqual({ ...by, at: NOON, recorded: false });

    for (const gateway of [checks, others]) await gateway.activate(by.id);
    expect(await checks.byIds([asked.id])).toEqual([asked]);
    expect(await checks.byIds([asked.id], by.id)).toEqual([asked]);
    expect(await effects(asked)).toEqual({ events: [told.id], relationships: [[asked.requests[0]?.id, null]] });
    expect(await checks.command(by)).toEqual({ ...by, at: NOON, recorded: true });
    expect(await checks.command({ ...by, practitioner: 'PRO-0002' })).toBeNull();
  });

  it('leaves what was there in force until then, and nobody else changes it', async () => {
    const asked = await kept();
    const acknowledged = changed(asked, { state: 'ACKNOWLEDGED' });
    const by = command();
    await checks.save([change(asked, acknowledged)], by, NOON);
    expect(await checks.byIds([asked.id])).toEqual([asked]);
    expect(await checks.byIds([asked.id], by.id)).toEqual([acknowledged]);
    expect(await others.save([change(asked, changed(asked, { chased: 1 }))], command(), NOON)).toBe('conflict');
    expect(await others.save([change(acknowledged, changed(acknowledged, {}))], null, NOON)).toBe('conflict');
    await checks.activate(by.id);
    expect(await others.save([change(acknowledged, changed(acknowledged, { chased: 1 }))], null, NOON)).toBe('saved');
  });

  it('is done once under its key, however many come at once', async () => {
    const key = randomUUID();
    const tries = Array.from({ length: 10 }, () => ({ asked: newCheck(), by: command({ idempotencyKey: key }) }));
    const results = await Promise.all(
      tries.map(({ asked, by }, n) => (n % 2 ? checks : others).save([change(null, asked)], by, NOON)),
    );
    expect(results.filter((result) => result === 'saved')).toHaveLength(1);
    expect(results.filter((result) => result === 'repeated')).toHaveLength(9);
    const won = tries[results.indexOf('saved')];
    expect(await checks.command({ ...command(), idempotencyKey: key })).toMatchObject({ id: won?.by.id });
    await Promise.all(tries.map(({ by }) => checks.activate(by.id)));
    expect(await checks.byIds(tries.map(({ asked }) => asked.id))).toEqual([won?.asked]);
  });

  it('is all of it or nothing', async () => {
    const [asked, stale] = [newCheck(), await kept()];
    await checks.save([change(stale, changed(stale, {}))], null, NOON);
    const [content, text, by] = [checks.contents.seal('Who.'), texts.seal('Why.'), command()];
    const changes = [
      change(null, asked, { contents: [content], texts: [text], events: [event(asked.person)] }),
      change(stale, changed(stale, { chased: 1 })),
    ];
    expect(await checks.save(changes, by, NOON)).toBe('conflict');
    expect(await checks.command(by)).toBeNull();
    expect([await checks.contents.read(content.id), await texts.read(text.id)]).toEqual([null, null]);
    await checks.activate(by.id);
    expect(await checks.byIds([asked.id], by.id)).toEqual([]);
    expect(await effects(asked)).toEqual({ events: [], relationships: [] });
    expect(await checks.save([change(null, asked)], by, NOON)).toBe('saved');
  });

  it('is one open check of a type about a person at a partner, unless it closes the other', async () => {
    const asked = await kept();
    const same = { person: asked.person };
    expect(await checks.save([change(null, newCheck(same))], null, NOON)).toBe('conflict');
    expect(await checks.save([change(null, newCheck({ ...same, type: 'CHILDRENS_SERVICES' }))], null, NOON)).toBe(
      'saved',
    );
    const gone = changed(asked, { state: 'WITHDRAWN' }, { state: 'WITHDRAWN', closedAt: NOON });
    const [next, by] = [newCheck(same), command()];
    expect(await checks.save([change(asked, gone), change(null, next)], by, NOON)).toBe('saved');
    expect(await checks.save([change(null, newCheck(same))], null, NOON)).toBe('conflict');
    await checks.activate(by.id);
    expect(await checks.byIds([asked.id, next.id])).toHaveLength(2);
    const again = changed(gone, { state: 'REQUESTED' }, { state: 'ASKED', closedAt: null });
    expect(await checks.save([change(gone, again)], null, NOON)).toBe('conflict');
  });

  it('of two that ask at once about the same people in other orders, is one', async () => {
    const people = Array.from({ length: 20 }, () => randomUUID());
    const ask = (gateway: Checks, whom: readonly string[]) =>
      gateway.save(
        whom.map((person) => change(null, newCheck({ person }))),
        command(),
        NOON,
      );
    const results = await Promise.all([ask(checks, people), ask(others, people.toReversed())]);
    expect(results.toSorted()).toEqual(['conflict', 'saved']);
  });

  it('is found again where a gateway died before the log had it, by one gateway at a time', async () => {
    const made = Array.from({ length: 6 }, (_, n) => ({
      asked: newCheck(),
      by: command({ practitioner: 'PRO-0009' }),
      at: new Date(Date.UTC(2026, 0, n + 1)),
    }));
    for (const { asked, by, at } of made) await checks.save([change(null, asked)], by, at);
    const before = new Date('2026-01-06T00:00:00Z');
    const given = (await Promise.all([checks, others].map((each) => each.unrecorded(before, 4)))).flat();
    expect(given.map(({ id }) => id).toSorted()).toEqual(
      made
        .slice(0, 5)
        .map(({ by }) => by.id)
        .toSorted(),
    );
    expect(given[0]).toMatchObject({ practitioner: 'PRO-0009', recorded: false });
    await checks.activate(made[0]?.by.id ?? '');
    expect(await checks.unrecorded(before, 10)).toEqual([]);
    const minuteLater = await checks.unrecorded(new Date(before.getTime() + 60_000), 10);
    expect(minuteLater.map(({ id }) => id)).toEqual(made.slice(1).map(({ by }) => by.id));
    for (const { by } of made) await checks.activate(by.id);
  });
});

it('two that save in any order lose nothing, and versions have no gaps', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.record({ gateway: fc.boolean(), recorded: fc.boolean() }), { minLength: 2, maxLength: 8 }),
      fc.integer({ min: 1, max: 2 }),
      async (savers, size) => {
        const asked = await Promise.all(Array.from({ length: size }, () => kept()));
        let told = 0;
        await Promise.all(
          savers.map(async ({ gateway, recorded }) => {
            const by = recorded ? command() : null;
            const through = gateway ? checks : others;
            const now = await through.byIds(asked.map(({ id }) => id));
            const chase = now.map((check) =>
              change(check, changed(check, { chased: (check.requests[0]?.chased ?? 0) + 1 }), {
                events: [event(check.person)],
              }),
            );
            if ((await through.save(chase, by, NOON)) !== 'saved') return;
            told += 1;
            if (by) await through.activate(by.id);
          }),
        );
        expect(told).toBeGreaterThan(0);
        for (const check of await checks.byIds(asked.map(({ id }) => id))) {
          expect(check.version).toBe(1 + told);
          expect(check.requests[0]?.chased).toBe(told);
          expect((await effects(check)).events).toHaveLength(told);
        }
      },
    ),
    { numRuns: 12 },
  );
});

describe('the relationship of a team that is asked', () => {
  const TOMORROW = new Date('2026-05-06T08:00:00Z');
  const held = async ({ person }: Check) => (await effects({ person } as Check)).relationships;

  it.each([
    ['RETURNED', { answer: ANSWER }, '2026-05-06'],
    ['EXPIRED', {}, '2026-05-06'],
    ['WITHDRAWN', {}, '2026-05-05'],
    ['SUPERSEDED', {}, '2026-05-05'],
    ['ACKNOWLEDGED', {}, null],
    ['CHASED', {}, null],
  ] as const)('%s on the day after', async (state, more, until) => {
    const asked = await kept();
    await checks.save([change(asked, changed(asked, { ...more, state }))], null, TOMORROW);
    expect(await held(asked)).toEqual([[asked.requests[0]?.id, until]]);
  });

  it('is asserted by who asked, from the day in London on which they did', async () => {
    const asked = newCheck();
    await checks.save([change(null, asked)], null, new Date('2026-05-04T23:30:00Z'));
    expect(
      await query(
        database.ownerUrl,
        `select partner, type, held_by, held_by_team, asserted_by, valid_from::text from record.relationship
         where person = $1`,
        [asked.person],
      ),
    ).toEqual([
      {
        partner: 'northmere-police',
        type: 'OPEN_CHECK',
        held_by: 'NPO-UNIT',
        held_by_team: true,
        asserted_by: `${ASKER}/PRO-0001`,
        valid_from: DAY,
      },
    ]);
  });

  it('goes on with the request that takes the place of another', async () => {
    const asked = await kept();
    const [old] = asked.requests;
    const next = newRequest({ requestedAt: later(5) });
    const superseded = { ...newRequest(), ...old, state: 'SUPERSEDED', supersededBy: next.id, nextAt: null } as const;
    const both = changed(asked, [superseded, next]);
    await checks.save([change(asked, both)], null, NOON);
    expect(await held(asked)).toEqual([[next.id, null]]);
    const over = changed(both, [superseded, { ...next, state: 'RETURNED', answer: ANSWER }]);
    await checks.save([change(both, over)], null, TOMORROW);
    expect(await held(asked)).toEqual([[next.id, '2026-05-06']]);
  });

  it('begins again where an answer is taken back, on the same day too', async () => {
    const asked = await kept();
    const answered = changed(asked, { state: 'RETURNED', answer: ANSWER });
    await checks.save([change(asked, answered)], null, NOON);
    const recalled = changed(answered, { state: 'REQUESTED', answer: null });
    await checks.save([change(answered, recalled)], null, NOON);
    expect(await held(asked)).toEqual([[asked.requests[0]?.id, null]]);
  });

  it('is over at once while the check is held, and goes on after it', async () => {
    const asked = await kept();
    const waits = changed(asked, {}, { state: 'HELD', held: 'PERSON_MERGED' });
    await checks.save([change(asked, waits)], null, NOON);
    expect(await held(asked)).toEqual([[asked.requests[0]?.id, '2026-05-04']]);
    await checks.save([change(waits, changed(waits, {}, { state: 'ASKED', held: null }))], null, NOON);
    expect(await held(asked)).toEqual([[asked.requests[0]?.id, null]]);
  });

  it('lasts while another partner’s request waits there', async () => {
    const asked = await kept();
    const theirs = newCheck({ person: asked.person, partner: 'other-probation', askedBy: 'X-1' });
    await checks.save([change(null, theirs)], null, NOON);
    await checks.save([change(asked, changed(asked, { state: 'RETURNED', answer: ANSWER }))], null, NOON);
    expect(await held(asked)).toEqual([[expect.any(String), null]]);
    await checks.save([change(theirs, changed(theirs, { state: 'RETURNED', answer: ANSWER }))], null, NOON);
    expect(await held(asked)).toEqual([[expect.any(String), DAY]]);
  });

  it('that was asserted otherwise is left alone', async () => {
    const asked = newCheck();
    const fact = {
      kind: 'relationship',
      person: asked.person,
      partner: 'northmere-police',
      type: 'OPEN_CHECK',
      practitioner: null,
      team: 'NPO-UNIT',
      from: '2026-01-01',
      until: null,
      assertedBy: 'a-feed',
      evidence: 'CASE-1',
    } as const;
    await importFacts(database.ownerUrl, [fact]);
    await checks.save([change(null, asked)], null, NOON);
    await checks.save([change(asked, changed(asked, { state: 'WITHDRAWN' }))], null, TOMORROW);
    expect(await held(asked)).toEqual([
      ['CASE-1', null],
      [asked.requests[0]?.id, '2026-05-05'],
    ]);
  });

  it('is no other that the gateway could make', async () => {
    const other = [randomUUID()];
    await query(database.gatewayUrl, 'select record.follow_checks($1, now()::date)', [other]);
    await query(database.gatewayUrl, 'select record.follow_referrals($1, now()::date)', [other]);
    await expect(query(database.gatewayUrl, 'select record.forget_people($1)', [other])).rejects.toMatchObject({
      code: '42501',
    });
    await expect(query(database.gatewayUrl, 'select record.note_moved_people()')).rejects.toMatchObject({
      code: '42501',
    });
  });
});

describe('due', () => {
  // Long before what other tests leave.
  const at = (minutes: number) => new Date(Date.UTC(2020, 0, 1, 0, minutes));

  it('gives each check to one gateway, soonest first, and again a minute later unless it changed', async () => {
    const asked = Array.from({ length: 30 }, (_, n) => newCheck({ requests: [newRequest({ nextAt: at(n) })] }));
    asked.push(newCheck({ requests: [newRequest({ nextAt: at(500) }), newRequest({ nextAt: null })] }));
    await checks.save(
      asked.map((check) => change(null, check)),
      null,
      NOON,
    );
    const rounds = await Promise.all([checks, others, checks, others].map((each) => each.due(at(29), 10)));
    for (const given of rounds) {
      const times = given.map(({ requests }) => requests[0]?.nextAt?.getTime() ?? 0);
      expect(times).toEqual(times.toSorted((one, two) => one - two));
    }
    const ids = rounds.flat().map(({ id }) => id);
    expect(new Set(ids)).toEqual(new Set(asked.slice(0, 30).map(({ id }) => id)));
    expect(ids).toHaveLength(30);
    expect(await checks.due(at(29), 10)).toEqual([]);

    const [first, second] = asked as [Check, Check];
    await checks.save([change(first, changed(first, { nextAt: at(900) }))], null, NOON);
    const again = await checks.due(at(31), 100);
    expect(again.map(({ id }) => id)).toContain(second.id);
    expect(again).toHaveLength(29);
  });

  it('passes over checks that are closed, held or waiting for the log', async () => {
    const dueCheck = (more: Partial<Check>) => newCheck({ requests: [newRequest({ nextAt: at(-50) })], ...more });
    const waiting = dueCheck({});
    const passedOver = [
      dueCheck({ state: 'DONE', closedAt: NOON }),
      dueCheck({ state: 'HELD', held: 'PERSON_SPLIT' }),
      waiting,
    ];
    await checks.save(
      passedOver.map((check) => change(null, check)),
      null,
      NOON,
    );
    const by = command();
    await checks.save([change(waiting, changed(waiting, { nextAt: at(-60) }))], by, NOON);
    expect(await checks.due(at(-40), 10)).toEqual([]);
    await checks.activate(by.id);
    expect((await checks.due(at(-40), 10)).map(({ id }) => id)).toEqual([waiting.id]);
  });
});

it('watched gives checks that count for a day from this one on, page by page', async () => {
  const release = '2030-01-02';
  const [open, over] = [newCheck({ release }), newCheck({ release, state: 'DONE', closedAt: NOON })];
  const unknown = newCheck({ release: null });
  const passedOver = [
    newCheck({ release: '2030-01-01' }),
    newCheck({ release, state: 'WITHDRAWN', closedAt: NOON }),
    newCheck({ release, state: 'HELD', held: 'PERSON_SPLIT' }),
    newCheck({ release: null, state: 'DONE', closedAt: NOON }),
  ];
  const made = [open, over, unknown, ...passedOver];
  await checks.save(
    made.map((check) => change(null, check)),
    null,
    NOON,
  );
  const given: string[] = [];
  for (let page = await checks.watched(release, null, 2); page.length > 0; ) {
    given.push(...page.map(({ id }) => id));
    page = await checks.watched(release, given.at(-1) ?? null, 2);
  }
  expect(given).toEqual(given.toSorted());
  const ids = new Set(made.map(({ id }) => id));
  expect(given.filter((id) => ids.has(id))).toEqual([open.id, over.id, unknown.id].toSorted());
});

it('counts what waits, and what of it is late', async () => {
  const before = await checks.counts(later(120));
  const late = newRequest({ team: 'counted', breachAt: later(119) });
  const inTime = newRequest({ team: 'counted-too', breachAt: later(121) });
  const asked = await kept({ requests: [late, inTime, newRequest({ state: 'WITHDRAWN' })] });
  expect(await checks.counts(later(120))).toEqual({ waiting: before.waiting + 2, late: before.late + 1 });
  await checks.save([change(asked, changed(asked, {}, { state: 'HELD', held: 'PERSON_SPLIT' }))], null, NOON);
  expect(await checks.counts(later(120))).toEqual(before);
});

describe('what was told', () => {
  it('is kept encrypted, and deleted with what names it once the check was closed long enough', async () => {
    const [question, answer] = [checks.contents.seal('Wer da?'), checks.contents.seal('Niemand.')];
    const returned = {
      state: 'RETURNED',
      contentId: question.id,
      answer: { ...ANSWER, contentId: answer.id },
    } as const;
    const asked = newCheck({
      state: 'DONE',
      closedAt: new Date('2025-01-01T00:00:00Z'),
      requests: [newRequest({ ...returned, nextAt: null })],
    });
    await checks.save([change(null, asked, { contents: [question, answer] })], null, NOON);
    expect(await others.contents.read(question.id)).toBe('Wer da?');
    expect(await others.contents.read(answer.id)).toBe('Niemand.');
    expect(
      await query(
        database.ownerUrl,
        `select 1 from record.sealed_content where position('Niemand'::bytea in sealed) > 0`,
      ),
    ).toEqual([]);

    expect(await checks.contents.hasOld(new Date('2024-12-31T00:00:00Z'))).toBe(false);
    expect(await checks.contents.deleteOld(new Date('2024-12-31T00:00:00Z'), 10)).toBe(0);
    expect(await checks.contents.hasOld(new Date('2025-01-02T00:00:00Z'))).toBe(true);
    expect(await checks.contents.deleteOld(new Date('2025-01-02T00:00:00Z'), 10)).toBe(2);
    expect(await checks.contents.deleteOld(new Date('2025-01-02T00:00:00Z'), 10)).toBe(0);
    expect([await checks.contents.read(question.id), await checks.contents.read(answer.id)]).toEqual([null, null]);
    const [emptied] = await checks.byIds([asked.id]);
    expect(emptied).toEqual({
      ...asked,
      requests: [{ ...asked.requests[0], contentId: null, answer: { ...ANSWER, contentId: null } }],
    });
  });

  it('is gone with an answer that is taken back, while the question stays', async () => {
    const [question, answer] = [checks.contents.seal('?'), checks.contents.seal('!')];
    const asked = await kept({ requests: [newRequest({ contentId: question.id })] }, { contents: [question] });
    const answered = changed(asked, { state: 'RETURNED', answer: { ...ANSWER, contentId: answer.id } });
    const by = command();
    await checks.save([change(asked, answered, { contents: [answer] })], by, NOON);
    expect(await checks.contents.read(answer.id)).toBe('!');
    await checks.activate(by.id);
    expect(await checks.contents.read(answer.id)).toBe('!');
    await checks.save([change(answered, changed(answered, { state: 'REQUESTED', answer: null }))], null, NOON);
    expect([await checks.contents.read(question.id), await checks.contents.read(answer.id)]).toEqual(['?', null]);
  });

  it('is not opened by other keys', async () => {
    const content = checks.contents.seal('?');
    await kept({ requests: [newRequest({ contentId: content.id })] }, { contents: [content] });
    await expect(createChecks(store.db, [randomBytes(32)]).contents.read(content.id)).rejects.toThrow();
    expect(await createChecks(store.db, [...KEYS, randomBytes(32)]).contents.read(content.id)).toBe('?');
  });
});

describe('movedPeople', () => {
  const link = (person: string, type: string, value: string, current = true) =>
    ({ kind: 'link', person, type, value, holder: `${type}-holder`, confidence: 1, current }) as const;
  const moved = async (of: Check) => (await checks.movedPeople(1000)).find(({ check }) => check.id === of.id)?.why;

  it.each([
    ['a first link at another holder', [['nino', 'N1', true]], [], undefined],
    ['a link of somebody else', [['crn', 'X', true]], [['crn', 'X', false]], 'PERSON_MERGED'],
    ['a second number at one holder', [['prison', 'B', true]], [], 'PERSON_MERGED'],
    [
      'another number in place of one',
      [
        ['prison', 'A', false],
        ['prison', 'B', true],
      ],
      [],
      'PERSON_MERGED',
    ],
    ['one link less', [['prison', 'A', false]], [], 'PERSON_SPLIT'],
    [
      'no link left',
      [
        ['prison', 'A', false],
        ['pnc', 'P', false],
      ],
      [],
      'PERSON_MERGED',
    ],
  ] as const)('%s', async (_, mine, theirs, why) => {
    const person = randomUUID();
    const value = (text: string) => `${person}-${text}`;
    const given = [link(person, 'prison', value('A')), link(person, 'pnc', value('P'))];
    await importFacts(database.ownerUrl, given);
    const asked = await kept({ person });
    await importFacts(database.ownerUrl, given);
    expect(await moved(asked)).toBeUndefined();
    const stranger = randomUUID();
    await importFacts(database.ownerUrl, [
      ...mine.map(([type, text, current]) => link(person, type, value(text), current)),
      ...theirs.map(([type, text, current]) => link(stranger, type, value(text), current)),
    ]);
    expect(await moved(asked)).toBe(why);
  });

  it('is over with what was undone, while the check is held, and once a person decided', async () => {
    const person = randomUUID();
    const [given, gone] = [link(person, 'prison', person), link(person, 'prison', person, false)];
    await importFacts(database.ownerUrl, [given]);
    const asked = await kept({ person });
    await importFacts(database.ownerUrl, [gone]);
    expect(await moved(asked)).toBe('PERSON_MERGED');
    await importFacts(database.ownerUrl, [given]);
    expect(await moved(asked)).toBeUndefined();

    await importFacts(database.ownerUrl, [gone]);
    const waits = changed(asked, {}, { state: 'HELD', held: 'PERSON_MERGED' });
    await checks.save([change(asked, waits)], null, NOON);
    expect(await moved(asked)).toBeUndefined();
    await checks.save([change(waits, changed(waits, {}, { state: 'ASKED', held: null }))], null, NOON);
    await importFacts(database.ownerUrl, [gone]);
    expect(await moved(asked)).toBeUndefined();
  });
});

it('of a person who is sealed nothing stays', async () => {
  const [person, prisonNumber] = [randomUUID(), randomUUID()];
  await importFacts(database.ownerUrl, [
    { kind: 'link', person, type: 'prison', value: prisonNumber, holder: 'prison', confidence: 1, current: true },
  ]);
  const content = checks.contents.seal('?');
  const request = newRequest({ team: 'of-the-sealed', contentId: content.id });
  const asked = await kept({ person, requests: [request] }, { contents: [content], events: [event(person)] });
  const by = command({ result: { messages: [{ person }], reference: asked.id } });
  await checks.save([change(asked, changed(asked, { chased: 1 }), { events: [event(person)] })], by, NOON);
  await sealPerson(database.ownerUrl, { by: 'person', person }, { keys: KEYS, issuedByHolder: new Set() });
  await checks.activate(by.id);
  expect(await checks.ofPeople([person], { closed: true })).toEqual([]);
  expect(await checks.contents.read(content.id)).toBeNull();
  expect(await effects(asked)).toEqual({ events: [], relationships: [] });
  expect(await query(database.ownerUrl, `select waiting from record.check_count where team = 'of-the-sealed'`)).toEqual(
    [{ waiting: 0 }],
  );
  const [{ found } = {}] = await query(
    database.ownerUrl,
    `select string_agg(t::text, '') like '%' || $1 || '%' as found from (
       select to_jsonb(c)::text from record.check as c union all select to_jsonb(r)::text from record.check_request as r
       union all select to_jsonb(e)::text from record.event as e
       union all select to_jsonb(command)::text from record.check_command as command
     ) as t`,
    [person],
  );
  expect(found).toBe(false);
});

it('says so where the store cannot be reached', async () => {
  const away = openStore('postgresql://nobody@127.0.0.1:1/nothing', { poolSize: 1 });
  const unreachable = createChecks(away.db, KEYS);
  const STORE_UNAVAILABLE = { code: 'STORE_UNAVAILABLE' };
  await expect(unreachable.byIds([randomUUID()])).rejects.toMatchObject(STORE_UNAVAILABLE);
  await expect(unreachable.save([], command(), NOON)).rejects.toMatchObject(STORE_UNAVAILABLE);
  await expect(unreachable.command(command())).rejects.toMatchObject(STORE_UNAVAILABLE);
  await away.close();
});

async function kept(more: Partial<Check> = {}, with_: Parameters<typeof change>[2] = {}): Promise<Check> {
  const check = newCheck(more);
  expect(await checks.save([change(null, check, with_)], null, NOON)).toBe('saved');
  return check;
}

/** Ids of the events about the person, and their relationships: evidence and last day. */
async function effects({ person }: Pick<Check, 'person'>): Promise<{ events: unknown[]; relationships: unknown[] }> {
  const [events, relationships] = await Promise.all([
    query(database.ownerUrl, 'select id from record.event where person = $1 order by sequence', [person]),
    query(
      database.ownerUrl,
      'select evidence, valid_until::text as until from record.relationship where person = $1 order by valid_from',
      [person],
    ),
  ]);
  return {
    events: events.map(({ id }) => id),
    relationships: relationships.map(({ evidence, until }) => [evidence, until]),
  };
}
