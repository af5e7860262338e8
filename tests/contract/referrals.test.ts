import { rmSync } from 'node:fs';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { addDays } from '../../src/record/day.ts';
import { type GraphQLAnswer, population, type Stack, startStack } from '../stack/stack.ts';
import { type Caller, HOUSING, MANAGER, opens, PRISON, PROBATION } from './callers.ts';
import { changedPolicies } from './changed-policies.ts';
import { act, idOf, newKey } from './check-flow.ts';
import { type Subject, subjects } from './oracle/subject.ts';

const people = population();
const [first, second, third, fourth, fifth] = subjects(people, 'allowed') as [
  Subject,
  Subject,
  Subject,
  Subject,
  Subject,
];
/** In the team that is asked, with no relationship of their own. */
const HARBOUR = {
  persona: 'accommodation-provider',
  partner: 'harbour-homes',
  practitioner: 'HAR-0002',
  purpose: 'RELEASE_PLANNING',
} as const satisfies Caller;
/** At the same provider, and in no team. */
const OUTSIDER = { ...HARBOUR, practitioner: 'HAR-0005' } as const;
const LANTERN = { ...HARBOUR, partner: 'lantern-housing', practitioner: 'LAN-0002' } as const;
const OFFICER = { ...HOUSING, practitioner: 'NHO-0002', purpose: 'RELEASE_PLANNING' } as const;
/** What a place is kept and run for, once it was offered. */
const HOUSED = { ...HARBOUR, purpose: 'HOUSING_REFERRAL' } as const;

const PACK = `id provider state sentBy sentAt arrivesAt broughtBy contacts { hours name telephone } answeredAt reason text
  version allowedNow`;
const RESULT = `{ ok code allowedNow pack { ${PACK} person { id } } }`;
const NOON = (offset: number) => `${addDays(people.anchor, offset)}T12:00:00Z`;
const WORDS = 'Every room is taken until the autumn.';

/** The day on which the agreement with the housing authority, of one of them, ends here. */
const LAST = addDays(people.anchor, 10);

let stack: Stack;
const policies = changedPolicies();
beforeAll(async () => {
  const agreement = policies.read('agreements/PRB-HOU-02.yaml');
  policies.write(
    'agreements/PRB-HOU-02.yaml',
    agreement
      .replace('recipients: [housing-authorities]', 'recipients: [northmere-housing]')
      .replace(/until: .*/, `until: ${LAST}`),
  );
  stack = await startStack({ policiesDir: policies.folder });
});
afterEach(() => stack.clock.set(new Date()));
afterAll(async () => {
  await stack?.close();
  rmSync(policies.home, { recursive: true });
});

type Input = Readonly<Record<string, unknown>>;

async function send(subject: Subject, more: Input = {}, caller: Caller = PROBATION) {
  const person = await idOf(stack, PROBATION, subject);
  const input = { person, provider: 'harbour-homes', arrivesAt: NOON(20), broughtBy: 'KEY_WORKER', ...more };
  return act(stack, caller, 'sendReferralPack', input, RESULT);
}

async function sent(subject: Subject, more: Input = {}) {
  const { body } = await send(subject, more);
  expect(body.data.sendReferralPack).toMatchObject({ ok: true, code: null });
  return body.data.sendReferralPack.pack;
}

const answer = (pack: { id: string; version: number }, more: Input = {}, caller: Caller = HARBOUR) =>
  act(
    stack,
    caller,
    'answerReferral',
    { pack: pack.id, expectedVersion: pack.version, accepts: false, reason: 'NO_BED', text: WORDS, ...more },
    RESULT,
  );

async function read(id: string, caller: Caller, person = 'id') {
  const query = `{ referralPack(id: "${id}") { totalCount edges { node { ${PACK} person { ${person} } } } } }`;
  const { body } = await stack.ask(query, caller);
  return body.data.referralPack?.edges[0].node ?? null;
}

async function list(name: string, caller: Caller) {
  const query = `{ referralPack(list: ${name}) { totalCount edges { node { id state } } } }`;
  const { totalCount, edges } = (await stack.ask(query, caller)).body.data.referralPack;
  return { totalCount, ids: edges.map(({ node }: { node: { id: string } }) => node.id) };
}

const entriesOf = (asked: GraphQLAnswer) => stack.entries(String(asked.headers.get('x-request-id')));

describe('a pack', () => {
  test('gives the provider in one query what it needs, and opens the record to its team until it has answered', async () => {
    expect(await opens(stack, HARBOUR, first)).toBe(false);
    const asked = await send(first);
    const { pack } = asked.body.data.sendReferralPack;
    expect(pack).toMatchObject({
      provider: 'harbour-homes',
      state: 'SENT',
      sentBy: 'PRO-0001',
      broughtBy: 'KEY_WORKER',
      version: 1,
      allowedNow: ['sendReferralPack'],
      person: { id: expect.any(String) },
    });
    expect(pack.contacts).toEqual([
      { hours: 'Office hours', name: expect.any(String), telephone: expect.stringMatching(/^01632 960/) },
      { hours: 'every day, all hours', name: 'Probation duty desk', telephone: '01632 960001' },
    ]);
    expect(await entriesOf(asked)).toMatchObject([
      { kind: 'request', deed: { field: 'sendReferralPack', ok: true, reference: pack.id } },
      // The sender's own look at who supervises, and the pack as they have it.
      { kind: 'disclosure', sections: [{ section: 'supervision', holder: 'probation-service', asked: true }] },
      {
        kind: 'disclosure',
        recipient: { partner: 'harbour-homes', reference: pack.id },
        agreements: ['PRB-CAS-02'],
        classes: ['referral-pack.arrival'],
        released: [
          'probation-service|ReferralPack.arrivesAt',
          'probation-service|ReferralPack.broughtBy',
          'probation-service|ReferralPack.contacts',
        ],
        thirdParties: [],
      },
    ]);

    const query = `{ referralPack(id: "${pack.id}") { edges { node { ${PACK} person { identity { name }
      risk { overall riskToStaff } supervision { placementConditions licenceType } custody { releaseDate } sections { section status } } } } } }`;
    const seen = await stack.ask(query, HARBOUR);
    const { person, ...theirs } = seen.body.data.referralPack.edges[0].node;
    expect(theirs).toEqual({ ...without(pack, 'person'), allowedNow: ['answerReferral'] });
    expect(person).toEqual({
      identity: { name: expect.any(String) },
      // The level of risk only once a place is offered.
      risk: { overall: null, riskToStaff: expect.any(Boolean) },
      supervision: { placementConditions: expect.any(Array), licenceType: expect.any(String) },
      custody: { releaseDate: expect.any(String) },
      sections: expect.any(Array),
    });
    const [, disclosure] = (await entriesOf(seen)) as [unknown, { released: string[]; agreements: string[] }];
    expect(disclosure).toMatchObject({
      kind: 'disclosure',
      relationship: { type: 'PLACEMENT_OFFER', evidence: pack.id, assertedBy: 'probation-service/PRO-0001' },
      agreements: expect.arrayContaining(['PRB-CAS-02']),
      released: expect.arrayContaining([
        'probation-service|ReferralPack.contacts',
        'probation-service|Risk.riskToStaff',
      ]),
    });
    expect(await opens(stack, HARBOUR, first)).toBe(true);
    expect(await opens(stack, HOUSED, first)).toBe(false);
    expect(await opens(stack, OUTSIDER, first)).toBe(false);
    expect(await opens(stack, LANTERN, first)).toBe(false);
  });

  test('that a provider refuses says why to whoever asked, and closes the record at once', async () => {
    const pack = await sent(second);
    const refused = await answer(pack);
    expect(refused.body.data.answerReferral).toMatchObject({
      ok: true,
      pack: { state: 'REFUSED', reason: 'NO_BED', text: WORDS, version: 2, allowedNow: [] },
    });
    const entries = await entriesOf(refused);
    expect(entries).toMatchObject([
      {
        kind: 'request',
        deed: { field: 'answerReferral', ok: true, reference: pack.id, text: { id: expect.any(String) } },
      },
      { kind: 'disclosure' },
      {
        kind: 'disclosure',
        recipient: { partner: 'probation-service', reference: pack.id },
        agreements: ['CAS-PRB-01'],
        released: ['harbour-homes|ReferralPack.reason', 'harbour-homes|ReferralPack.text'],
      },
    ]);
    expect(JSON.stringify(entries)).not.toContain(WORDS);
    expect(await opens(stack, HARBOUR, second)).toBe(false);
    // What they said stays theirs to read, and the person does not.
    expect(await read(pack.id, HARBOUR)).toMatchObject({ state: 'REFUSED', text: WORDS, person: null });
    for (const caller of [PROBATION, MANAGER]) {
      expect(await read(pack.id, caller)).toMatchObject({ state: 'REFUSED', reason: 'NO_BED', text: WORDS });
    }
    expect(await read(pack.id, OUTSIDER)).toBeNull();
    expect(await kinds(pack.id)).toEqual(['REFERRAL_SENT harbour-homes', 'BED_REFUSED probation-service']);
    expect(await changesAbout(pack.id, PROBATION)).toEqual(['BED_REFUSED']);
    expect(await changesAbout(pack.id, HARBOUR)).toEqual([]);
  });

  test('that a provider accepts leaves the record open to it, and another pack begins anew', async () => {
    const pack = await sent(third);
    const accepted = await answer(pack, { accepts: true, reason: undefined, text: undefined });
    expect(accepted.body.data.answerReferral).toMatchObject({ ok: true, pack: { state: 'ACCEPTED', reason: null } });
    expect((await entriesOf(accepted)).map(({ kind }) => kind)).toEqual(['request', 'disclosure']);
    expect(await changesAbout(pack.id, HARBOUR)).toEqual(['REFERRAL_SENT']);
    expect(await changesAbout(pack.id, PROBATION)).toEqual(['REFERRAL_ANSWERED']);
    expect(await carriedBy(third)).toEqual(['PLACEMENT_REFERRAL']);
    for (const caller of [HARBOUR, HOUSED]) expect(await opens(stack, caller, third)).toBe(true);
    expect(await kinds(pack.id)).toEqual(['REFERRAL_SENT harbour-homes', 'REFERRAL_ANSWERED probation-service']);

    const next = await sent(third, { arrivesAt: NOON(30), broughtBy: 'ESCORT' });
    expect(await carriedBy(third)).toEqual(['PLACEMENT_OFFER']);
    expect(await read(pack.id, HARBOUR)).toMatchObject({ state: 'ENDED', version: 3, allowedNow: [] });
    expect((await answer({ ...pack, version: 3 })).body.data.answerReferral).toMatchObject({
      ok: false,
      code: 'NOT_NOW',
    });
    expect(await list('AWAITING_MY_ANSWER', HARBOUR)).toMatchObject({ ids: expect.arrayContaining([next.id]) });
  });

  test('may be asked of several providers at once, and of a housing authority', async () => {
    const harbour = await sent(fourth);
    const housing = await sent(fourth, { provider: 'northmere-housing' });
    expect(await read(harbour.id, OFFICER)).toBeNull();
    expect(await read(housing.id, OFFICER)).toMatchObject({ state: 'SENT', person: { id: expect.any(String) } });
    expect(await read(housing.id, HARBOUR)).toBeNull();
    const elsewhere = await answer(housing, {}, HARBOUR);
    const none = await answer({ ...housing, id: '7b0c9a52-6b1e-4f0e-9f4e-000000000000' });
    const foreign = await answer(housing, {}, { ...PRISON, purpose: 'RELEASE_PLANNING' });
    expect(elsewhere.body.data.answerReferral).toEqual({ ok: false, code: 'NOT_OPEN', allowedNow: [], pack: null });
    expect(none.body.data.answerReferral).toEqual(elsewhere.body.data.answerReferral);
    expect(foreign.body.data?.answerReferral ?? null).toBeNull();
    expect((await entriesOf(none)).map(({ kind }) => kind)).toEqual(
      (await entriesOf(elsewhere)).map(({ kind }) => kind),
    );
    const mine = await list('MINE', PROBATION);
    expect(mine.totalCount).toBe(mine.ids.length);
    expect(mine.ids).toEqual(expect.arrayContaining([harbour.id, housing.id]));
    expect(await list('AWAITING_MY_ANSWER', OFFICER)).toEqual({ totalCount: 1, ids: [housing.id] });
    expect(await list('AWAITING_MY_ANSWER', PROBATION)).toEqual({ totalCount: null, ids: [] });
    // For another purpose it is nobody's.
    expect(await read(housing.id, { ...OFFICER, purpose: 'HOUSING_REFERRAL' })).toBeNull();
    expect(await read(housing.id, { ...PROBATION, purpose: 'SENTENCE_MANAGEMENT' })).toBeNull();
  });

  test('that nobody answered by its day is answered no more, and the record closes by itself', async () => {
    const pack = await sent(fifth, { arrivesAt: NOON(2) });
    stack.clock.set(new Date(NOON(3)));
    expect(await read(pack.id, HARBOUR)).toMatchObject({ state: 'SENT' });
    stack.clock.set(new Date(NOON(4)));
    expect((await answer(pack)).body.data.answerReferral).toMatchObject({ ok: false, code: 'NOT_NOW' });
    await stack.sweep();
    expect(await read(pack.id, PROBATION)).toMatchObject({ state: 'ENDED', version: 2, text: null });
    expect(await carriedBy(fifth)).toEqual([]);
    expect(await opens(stack, HARBOUR, fifth)).toBe(false);
    const [entry] = await stack.sql<{ body: Buffer }>(
      `select body from audit.entry where kind = 'watch' and convert_from(body, 'UTF8') like '%' || $1 || '%'`,
      [pack.id],
    );
    expect(JSON.parse(String(entry?.body))).toMatchObject({
      actor: { name: 'system', partner: 'probation-service' },
      deed: { field: 'end', ok: true, reference: pack.id },
    });
  });
});

test('what a pack tells is read in the log by both sides, and an answer by whoever asked', async () => {
  const asked = await send(second, { arrivesAt: NOON(40) });
  const requestId = String(asked.headers.get('x-request-id'));
  const { pack } = asked.body.data.sendReferralPack;
  const query = `query ($filter: LogFilter!) { logEntries(filter: $filter) { entries {
    kind side own partner practitioner network recipient reference released reasons { code } } } }`;
  const readBy = async (partner: string) => {
    const filter = { requestId, from: '2020-01-01T00:00:00Z', to: '2100-01-01T00:00:00Z' };
    const officer = { persona: 'ig-officer', partner, purpose: 'IG_ASSURANCE' };
    const { body } = await stack.ask(query, { ...officer, variables: { filter } });
    return body.data.logEntries.entries;
  };
  const message = { kind: 'disclosure', recipient: 'harbour-homes', reference: pack.id, partner: 'probation-service' };
  expect(await readBy('harbour-homes')).toEqual([
    expect.objectContaining({ ...message, side: 'RECIPIENT', network: null, reasons: [], practitioner: 'PRO-0001' }),
  ]);
  const own = await readBy('probation-service');
  expect(own).toContainEqual(expect.objectContaining({ ...message, side: 'SOURCE', network: '127.0.0.1' }));
  expect(own).toContainEqual(expect.objectContaining({ kind: 'request' }));
  expect(await readBy('lantern-housing')).toEqual([]);
});

describe('sent and answered again', () => {
  test('is done once for each key, and a key is of one thing', async () => {
    const idempotencyKey = newKey();
    const before = await sent(first, { idempotencyKey, arrivesAt: NOON(25) });
    expect((await sent(first, { idempotencyKey, arrivesAt: NOON(25) })).id).toBe(before.id);
    const [one, other] = await Promise.all(
      [1, 2].map(() => answer(before, { idempotencyKey: 'one-key-of-the-tests' })),
    );
    for (const each of [one, other]) {
      expect(each?.body.data.answerReferral).toMatchObject({ ok: true, pack: { state: 'REFUSED', version: 2 } });
    }
    expect(await kinds(before.id)).toEqual(['REFERRAL_SENT harbour-homes', 'BED_REFUSED probation-service']);
    const reused = await send(first, { idempotencyKey, arrivesAt: NOON(26) });
    expect(reused.body.data.sendReferralPack).toMatchObject({ ok: false, code: 'IDEMPOTENCY_KEY_REUSED', pack: null });
  });

  test('counts from the version that was read', async () => {
    const pack = await sent(second, { arrivesAt: NOON(25) });
    const stale = await answer({ ...pack, version: 2 });
    expect(stale.body.data.answerReferral).toMatchObject({
      ok: false,
      code: 'VERSION_CONFLICT',
      allowedNow: ['answerReferral'],
      pack: { version: 1, state: 'SENT' },
    });
  });
});

test.each([
  ['a provider that is none', { provider: 'hmpps-prisons' }, /"provider" needs one of: harbour-homes, /],
  ['an arrival in the past', { arrivesAt: '2020-01-01T09:00:00Z' }, /must not be in the past/],
  ['an arrival in some years', { arrivesAt: '2099-01-01T09:00:00Z' }, /within 366 days/],
  ['nobody’s way to come', { broughtBy: 'BY_BUS' }, /"broughtBy" needs one of: OWN_WAY, /],
  ['an id of nobody’s form', { person: 'nobody' }, /An id is 22 letters/],
  ['all of it at once', { provider: 'x', broughtBy: 'y' }, /provider.*broughtBy/],
])('a pack with %s is refused', async (_, more, words) => {
  const { body } = await send(first, more);
  expect(body.errors[0].message).toMatch(words);
});

test.each([
  ['no reason', { reason: undefined }, /"reason" needs one of: NO_BED/],
  ['an unknown reason', { reason: 'FULL' }, /"reason" needs one of: NO_BED/],
  ['no words', { text: undefined }, /text of 10 to 500/],
  ['words that are too long', { text: 'x'.repeat(501) }, /text of 10 to 500/],
  ['control characters', { text: 'Every room is \u0007 taken.' }, /text of 10 to 500/],
  ['a reason to accept', { accepts: true, text: undefined }, /of a refusal/],
])('an answer with %s is refused', async (_, more, words) => {
  const { body } = await answer({ id: '7b0c9a52-6b1e-4f0e-9f4e-000000000000', version: 1 }, more);
  expect(body.errors[0].message).toMatch(words);
});

test.each([
  ['both', 'id: "x", list: MINE'],
  ['neither', 'first: 3'],
  ['too many', 'list: MINE, first: 101'],
])('a list by %s is refused', async (_, given) => {
  const { body } = await stack.ask(`{ referralPack(${given}) { totalCount } }`, PROBATION);
  expect(body.errors[0].extensions.code).toBe('BAD_USER_INPUT');
});

describe('what stands in the way', () => {
  test('of the sender is told of nobody', async () => {
    const [restricted] = subjects(people, 'restricted') as [Subject];
    const [unrelated] = subjects(people, 'unrelated') as [Subject];
    const ids = ['A'.repeat(22), await opaqueOf(restricted), await opaqueOf(unrelated)];
    const input = { provider: 'harbour-homes', arrivesAt: NOON(20), broughtBy: 'ESCORT' };
    for (const person of ids) {
      const asked = await act(stack, PROBATION, 'sendReferralPack', { ...input, person }, RESULT);
      expect(asked.body.data.sendReferralPack).toEqual({
        ok: false,
        code: 'NOTHING_TO_SHOW',
        allowedNow: [],
        pack: null,
      });
      expect((await entriesOf(asked)).map(({ kind }) => kind)).toEqual(['request', 'refusal']);
    }
  });

  test('of the provider is told to the sender, and nothing is to the provider', async () => {
    const [listed] = subjects(people, 'restrictedListed') as [Subject];
    const asked = await send(listed);
    expect(asked.body.data.sendReferralPack).toEqual({ ok: false, code: 'NOT_SHARED', allowedNow: [], pack: null });
    expect((await entriesOf(asked)).at(-1)).toMatchObject({
      kind: 'refusal',
      outcome: 'nothing-to-show',
      recipient: { partner: 'harbour-homes', reference: null },
      released: [],
    });
    expect(await carriedBy(listed)).toEqual([]);
  });

  test.each([
    ['a provider outside the agreement', 'southdale-housing', 0],
    ['an agreement that has ended', 'northmere-housing', 11],
  ])('%s is told nothing', async (_, provider, days) => {
    stack.clock.set(new Date(NOON(days)));
    const asked = await send(fourth, { provider });
    expect(asked.body.data.sendReferralPack).toMatchObject({ ok: false, code: 'NOT_SHARED', pack: null });
    expect((await entriesOf(asked)).at(-1)).toMatchObject({ kind: 'refusal', recipient: { partner: provider } });
  });

  test('an agreement that ends closes what was sent under it', async () => {
    const pack = await sent(second, { provider: 'northmere-housing' });
    stack.clock.set(new Date(`${LAST}T12:00:00Z`));
    expect(await read(pack.id, OFFICER)).toMatchObject({ state: 'SENT', allowedNow: ['answerReferral'] });
    stack.clock.set(new Date(`${addDays(LAST, 1)}T12:00:00Z`));
    expect(await read(pack.id, OFFICER)).toBeNull();
    expect(await list('AWAITING_MY_ANSWER', OFFICER)).toEqual({ totalCount: 0, ids: [] });
    expect((await answer(pack, {}, OFFICER)).body.data.answerReferral).toMatchObject({ code: 'NOT_OPEN', pack: null });
    expect(await read(pack.id, PROBATION)).toMatchObject({ state: 'SENT' });
  });

  test('and comes later closes the pack to the provider', async () => {
    const pack = await sent(fourth, { provider: 'lantern-housing' });
    expect(await read(pack.id, LANTERN)).toMatchObject({ state: 'SENT' });
    await stack.sql(
      `insert into record.restriction (person, type, owner, accounts, desks, valid_from, reference)
       values ($1, 'RESTRICTION', 'probation-service', $2, '{}', '2026-01-01', 'R-REFERRALS')`,
      [fourth.uuid, ['probation-service/PRO-0001']],
    );
    expect(await read(pack.id, LANTERN)).toBeNull();
    expect(await list('AWAITING_MY_ANSWER', LANTERN)).toEqual({ totalCount: 0, ids: [] });
    expect((await answer(pack, {}, LANTERN)).body.data.answerReferral).toMatchObject({ code: 'NOT_OPEN', pack: null });
    expect(await read(pack.id, PROBATION)).toMatchObject({ state: 'SENT' });
    await stack.sql(`delete from record.restriction where reference = 'R-REFERRALS'`);
    expect(await read(pack.id, LANTERN)).toMatchObject({ state: 'SENT' });
  });
});

/** What the provider's team has of somebody today. */
async function carriedBy({ uuid }: Subject): Promise<string[]> {
  const rows = await stack.sql<{ type: string }>(
    `select type from record.relationship
     where person = $1 and partner = 'harbour-homes' and held_by_team and valid_until is null order by type`,
    [uuid],
  );
  return rows.map(({ type }) => type);
}

/** Events about a pack, in their order, and whom each is for. */
async function kinds(reference: string): Promise<string[]> {
  const rows = await stack.sql<{ kind: string; partner: string }>(
    'select kind, partner from record.event where reference = $1 order by sequence',
    [reference],
  );
  return rows.map(({ kind, partner }) => `${kind} ${partner}`);
}

/** What somebody learns of a pack by asking what changed. */
async function changesAbout(reference: string, caller: Caller): Promise<string[]> {
  const { body } = await stack.ask('{ changes(first: 500) { items { kind reference } } }', caller);
  const items: { kind: string; reference: string | null }[] = body.data.changes.items;
  return items.filter((each) => each.reference === reference).map(({ kind }) => kind);
}

/** As probation knows somebody whom it may not be shown. */
async function opaqueOf({ uuid }: Subject): Promise<string> {
  const id = Buffer.from(uuid.replaceAll('-', ''), 'hex').toString('base64url');
  await stack.sql(
    `insert into record.opaque_id (person, partner, id) values ($1, 'probation-service', $2) on conflict do nothing`,
    [uuid, id],
  );
  const [row] = await stack.sql<{ id: string }>(
    `select id from record.opaque_id where person = $1 and partner = 'probation-service'`,
    [uuid],
  );
  return String(row?.id);
}

function without(object: Input, key: string): Input {
  return Object.fromEntries(Object.entries(object).filter(([name]) => name !== key));
}
