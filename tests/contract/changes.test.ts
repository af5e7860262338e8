import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { createPseudonyms } from '../../src/audit/pseudonym.ts';
import { addDays } from '../../src/record/day.ts';
import type { Interference } from '../stack/recorder.ts';
import { population, type Stack, startStack } from '../stack/stack.ts';
import { type Caller, HOUSING, POLICE, PRISON, PROBATION } from './callers.ts';
import { type Subject, subjects } from './oracle/subject.ts';
import { askedFor } from './oracle/wire.ts';

const people = population();
const PROVIDER = {
  persona: 'accommodation-provider',
  partner: 'harbour-homes',
  purpose: 'HOUSING_REFERRAL',
} as const satisfies Caller;
const [allowed] = subjects(people, 'allowed') as [Subject];
const [other] = subjects(people, 'bothForces') as [Subject];
const [restricted] = subjects(people, 'restricted') as [Subject];
const [listed] = subjects(people, 'restrictedListed') as [Subject];

let stack: Stack;

beforeAll(async () => {
  stack = await startStack();
  await stack.watch('harbour-homes');
  await stack.watch('probation-service');
});
afterEach(() => stack.recorder.interfere('hmpps-prisons', null));
afterAll(() => stack?.close());

const LIST =
  'query ($since: String, $first: Int) { changes(since: $since, first: $first) { items { id kind at person reference } more next } }';
interface Told {
  readonly items: readonly { id: string; kind: string; at: string; person: string; reference: string | null }[];
  readonly more: boolean;
  readonly next: string;
}
const ask = (caller: Caller, variables: { since?: string; first?: number } = {}) =>
  stack.ask(LIST, { ...caller, variables });
const changes = async (caller: Caller, variables = {}): Promise<Told> => {
  const { body } = await ask(caller, variables);
  expect(body.errors).toBeUndefined();
  return body.data.changes;
};
const kindsOf = ({ items }: Told) => items.map(({ kind }) => kind);
const idOf = async ({ uuid }: Subject, { partner }: Caller) =>
  (
    await stack.sql<{ id: string }>('select id from record.opaque_id where person = $1 and partner = $2', [
      uuid,
      partner,
    ])
  )[0]?.id;
const eventsOf = (subject: Subject) =>
  stack.sql<{ kind: string; partner: string }>(
    'select kind, partner from record.event where person = $1 order by sequence',
    [subject.uuid],
  );
const countOf = async (kind: string) =>
  Number((await stack.sql<{ n: string }>('select count(*) n from audit.entry where kind = $1', [kind]))[0]?.n);

/** What prison says of these people becomes something else. */
function moved(date: string, ...whom: readonly Subject[]): Interference {
  const numbers = whom.map((subject) => subject.numberAt('hmpps-prisons')?.value);
  return ({ representations }, { status, body }) => {
    const reply = JSON.parse(body);
    representations.forEach(({ prisonNumber }, index) => {
      const custody = reply.data?._entities?.[index]?.custody;
      if (custody && numbers.includes(prisonNumber) && 'releaseDate' in custody) custody.releaseDate = date;
    });
    return { status, body: JSON.stringify(reply) };
  };
}

/** What the gateway itself did. */
async function happened(
  ...events: readonly { kind: string; person: Subject; partner: string | null; daysAgo?: number }[]
) {
  const rows = events.map(({ kind, person, partner, daysAgo = 0 }) => ({
    id: randomUUID(),
    kind,
    person: person.uuid,
    partner,
    at: new Date(stack.clock.now().getTime() - daysAgo * 86_400_000).toISOString(),
    reference: 'a-check',
  }));
  await stack.sql('select record.add_events($1::jsonb)', [JSON.stringify(rows)]);
  return rows.map(({ id }) => id);
}

describe('watching', () => {
  test('asks holders for what is watched and nothing beside it', () => {
    const watched = [
      'custody.releaseDate',
      'custody.status',
      'supervision.recallDate',
      'supervision.licenceType',
      'supervision.licenceEndDate',
      'supervision.licenceConditions.category',
      'supervision.firstAppointment.attendance',
      'risk.overall',
      'accommodation.firstNightType',
      'accommodation.address.line',
      'accommodation.address.postcode',
      'accommodation.temporaryFrom',
      'accommodation.temporaryNightsUsed',
      'treatment.dueBy',
      'treatment.engaged',
      'policing.notificationRequirement',
    ];
    const asked = stack.recorder.calls.flatMap(askedFor).filter((path) => !path.endsWith('.asOf'));
    expect(asked.filter((path) => !watched.includes(path))).toEqual([]);
    expect(asked).toContain('custody.releaseDate');
  });

  test('keeps no value, and takes what it sees first for no change', async () => {
    const prints = await stack.sql<{ hash: Buffer }>('select hash from record.fingerprint');
    expect(prints.length).toBeGreaterThan(100);
    expect(prints.every(({ hash }) => hash.length === 32)).toBe(true);
    const kinds = await stack.sql<{ kind: string }>('select distinct kind from record.event');
    const byDay = /^(TEMPORARY_NIGHT|TREATMENT_NOT_PICKED_UP|NO_ADDRESS)/;
    expect(kinds.filter(({ kind }) => !byDay.test(kind))).toEqual([]);
  });

  test('is in the log, as the partner’s role, of everybody of whom something was read', async () => {
    const { ref } = createPseudonyms(stack.config.auditHmacKeys).ofPerson(allowed.uuid);
    const rows = await stack.sql<{ body: Buffer }>(
      `select body from audit.entry where kind = 'watch' and partner = 'harbour-homes' and subject = $1`,
      [ref],
    );
    const [entry, ...more] = rows.map(({ body }) => JSON.parse(body.toString()));
    expect(more).toEqual([]);
    expect(entry).toMatchObject({
      actor: { name: 'system', practitioner: null, partner: 'harbour-homes', role: 'accommodation-provider' },
      purpose: 'HOUSING_REFERRAL',
      outcome: 'shown',
      relationship: { type: 'PLACEMENT_REFERRAL' },
    });
    expect(entry.released).toContain('hmpps-prisons|Custody.releaseDate');
    expect(entry.classes).toContain('custody.release');
    expect(entry.agreements.length).toBeGreaterThan(0);
  });

  test('says nothing twice: a second look has one entry for all, and no events', async () => {
    const [before, events] = [await countOf('watch'), await eventsOf(allowed)];
    await stack.watch('harbour-homes');
    expect(await countOf('watch')).toBe(before + 1);
    expect(await eventsOf(allowed)).toEqual(events);
  });

  test('a date that moves is told to those who may know it, and to nobody who may not know the person', async () => {
    const before = await changes(PROBATION);
    stack.recorder.interfere('hmpps-prisons', moved('2031-05-05', allowed, restricted, listed));
    await Promise.all([stack.watch('harbour-homes'), stack.watch('harbour-homes'), stack.watch('probation-service')]);

    const { body, headers } = await ask(PROBATION, { since: before.next });
    const told: Told = body.data.changes;
    expect(new Set(kindsOf(told))).toEqual(new Set(['RELEASE_DATE_MOVED']));
    const mine = await Promise.all([allowed, listed].map((subject) => idOf(subject, PROBATION)));
    expect(told.items.map(({ person }) => person).sort()).toEqual(mine.sort());
    expect(told.more).toBe(false);

    const entries = await stack.entries(String(headers.get('x-request-id')));
    expect(entries.map(({ kind }) => kind)).toEqual(['request', 'disclosure', 'disclosure']);
    expect(entries[1]).toMatchObject({ released: ['hmpps-prisons|Custody.releaseDate'], classes: ['custody.release'] });

    // Another partner has its own event, once however many look at a time, and knows the person by another id.
    const provided = (await changes(PROVIDER)).items.filter(({ kind }) => kind === 'RELEASE_DATE_MOVED');
    expect(provided.map(({ person }) => person)).toEqual([await idOf(allowed, PROVIDER)]);
    expect(mine).not.toContain(provided[0]?.person);
    // Nobody has looked on behalf of prison, and what others noticed is not for it.
    expect((await changes(PRISON)).items).toEqual([]);

    const after = await changes(PROBATION, { since: told.next });
    expect(after).toMatchObject({ items: [], more: false });
    expect((await changes(PROBATION, { since: after.next })).items).toEqual([]);
  });

  test('a holder that cannot be heard changes nothing, and is compared with what it said before', async () => {
    const count = async () => (await eventsOf(other)).filter(({ partner }) => partner === 'harbour-homes').length;
    const before = await count();
    stack.recorder.interfere('hmpps-prisons', () => 'dead');
    await stack.watch('harbour-homes');
    expect(await count()).toBe(before);
    stack.recorder.interfere('hmpps-prisons', moved('2031-06-06', other));
    // The gateway lets a holder that was down rest for two seconds.
    await expect
      .poll(
        async () => {
          await stack.watch('harbour-homes');
          return count();
        },
        { timeout: 20_000, interval: 500 },
      )
      .toBe(before + 1);
  });

  test('what may not be known today is not told, whenever it happened', async () => {
    const mine = { ...PROVIDER };
    expect(kindsOf(await changes(mine))).toContain('RELEASE_DATE_MOVED');
    const ended = addDays(people.anchor, -1);
    const held = [allowed.uuid, other.uuid];
    const rows = await stack.sql<{ ctid: string }>(
      `update record.relationship set valid_until = $1 where partner = 'harbour-homes' and person = any($2) returning ctid::text`,
      [ended, held],
    );
    expect(rows.length).toBeGreaterThan(0);
    expect(kindsOf(await changes(mine)).filter((kind) => kind === 'RELEASE_DATE_MOVED')).toEqual([]);
  });
});

describe('changes', () => {
  test('go on from where they were left, page by page, and repeat nothing', async () => {
    const answering = { ...POLICE, purpose: 'DA_CHECK' };
    const { next } = await changes(answering);
    const made = await happened(
      ...['CHECK_ASKED', 'CHECK_CHASED', 'CHECK_OVERDUE', 'CHECK_CHASED', 'CHECK_ASKED'].map((kind) => ({
        kind,
        person: allowed,
        partner: 'northmere-police',
      })),
    );
    const seen: string[] = [];
    let page = await changes(answering, { since: next, first: 2 });
    for (; ; page = await changes(answering, { since: page.next, first: 2 })) {
      seen.push(...page.items.map(({ id }) => id));
      if (!page.more) break;
      expect(page.items).toHaveLength(2);
    }
    expect(seen).toEqual(made);
    const [item] = (await changes(answering, { since: next })).items;
    expect(item).toMatchObject({ reference: 'a-check', person: await idOf(allowed, answering) });
    const answer = await ask(answering, { since: next });
    const [, disclosure] = await stack.entries(String(answer.headers.get('x-request-id')));
    expect(disclosure).toMatchObject({ kind: 'disclosure', released: ['Check.state'] });
  });

  test('of a check go to the side that they are for, of kinds for the role and purpose', async () => {
    const answering = { ...POLICE, purpose: 'DA_CHECK' };
    const marks = await Promise.all(
      [answering, POLICE, HOUSING].map(async (caller) => [caller, (await changes(caller)).next] as const),
    );
    await happened(
      { kind: 'CHECK_ASKED', person: allowed, partner: 'southdale-police' },
      { kind: 'CHECK_RETURNED', person: allowed, partner: 'northmere-police' },
    );
    for (const [caller, since] of marks) expect((await changes(caller, { since })).items).toEqual([]);
  });

  test('tell a desk that a request was taken back, when the person is its business no more; nobody else', async () => {
    const answering = { ...POLICE, purpose: 'DA_CHECK' };
    const ended = addDays(people.anchor, -1);
    await stack.sql(
      `update record.relationship set valid_until = $1 where partner = 'northmere-police' and person = any($2)`,
      [ended, [allowed.uuid, restricted.uuid, other.uuid]],
    );
    const { next: since } = await changes(answering);
    const own = { kind: 'CHECK_WITHDRAWN', partner: 'northmere-police' };
    const [id] = await happened(
      { ...own, person: allowed },
      { ...own, person: restricted },
      { ...own, kind: 'CHECK_CHASED', person: allowed },
      { ...own, partner: null, person: other },
    );
    expect((await changes(answering, { since })).items.map((item) => item.id)).toEqual([id]);
    await stack.sql(
      `update record.relationship set valid_until = $1 where partner = 'northmere-police' and person = $2`,
      [addDays(people.anchor, -31), allowed.uuid],
    );
    expect((await changes(answering, { since })).items).toEqual([]);
  });

  test('SHARE-06 tell of somebody who is closed neither by a page that is short nor by one that follows, nor by the mark', async () => {
    const { next: since } = await changes(PROBATION);
    const own = { kind: 'CHECK_OVERDUE', partner: 'probation-service' };
    const still = await changes(PROBATION, { since });
    await happened({ ...own, person: restricted }, { ...own, person: restricted });
    expect(await changes(PROBATION, { since, first: 1 })).toEqual({ ...still, next: expect.any(String) });
    const [id, later] = await happened({ ...own, person: listed }, { ...own, person: listed });
    await happened({ ...own, person: restricted });
    const first = await changes(PROBATION, { since, first: 1 });
    expect([first.items.map((item) => item.id), first.more]).toEqual([[id], true]);
    const second = await changes(PROBATION, { since: first.next, first: 1 });
    expect([second.items.map((item) => item.id), second.more]).toEqual([[later], false]);
    expect((await changes(PROBATION, { since: second.next, first: 1 })).items).toEqual([]);
    // Whoever compares marks does not learn that something happened to anybody.
    const marks = [since, still.next, second.next];
    expect([new Set(marks).size, new Set(marks.map(({ length }) => length)).size]).toEqual([3, 1]);
  });

  test('begin thirty days ago where nothing else is said', async () => {
    const [old, young] = await happened(
      { kind: 'CHECK_OVERDUE', person: allowed, partner: 'probation-service', daysAgo: 31 },
      { kind: 'CHECK_OVERDUE', person: allowed, partner: 'probation-service', daysAgo: 29 },
    );
    const ids = (await changes(PROBATION, { first: 500 })).items.map(({ id }) => id);
    expect(ids).toContain(young);
    expect(ids).not.toContain(old);
  });

  test('refuse a mark of somebody else, one that is none, and a page of none', async () => {
    const { next } = await changes(PROBATION);
    const refused = async (caller: Caller, variables: { since?: string; first?: number }) => {
      const { body } = await ask(caller, variables);
      expect(body.errors).toHaveLength(1);
      return body.errors[0].extensions.code;
    };
    expect(await refused({ ...PROBATION, practitioner: 'PRO-0002' }, { since: next })).toBe('BAD_USER_INPUT');
    expect(await refused({ ...PROBATION, purpose: 'SENTENCE_MANAGEMENT' }, { since: next })).toBe('BAD_USER_INPUT');
    for (const since of ['', 'x', `${next}A`]) expect(await refused(PROBATION, { since })).toBe('BAD_USER_INPUT');
    for (const first of [0, -1, 501]) expect(await refused(PROBATION, { first })).toBe('BAD_USER_INPUT');
  });
});
