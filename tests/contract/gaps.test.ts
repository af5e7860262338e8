import { readFileSync } from 'node:fs';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import YAML from 'yaml';
import { TRAITS, type Trait } from '../../src/demo/population/traits.ts';
import { addDays } from '../../src/record/day.ts';
import { type AskOptions, type GraphQLAnswer, population, type Stack, startStack } from '../stack/stack.ts';
import { PRISON } from './callers.ts';
import { act, askOne } from './check-flow.ts';
import { type Subject, subjects } from './oracle/subject.ts';
import { askedFor, wireOf } from './oracle/wire.ts';

const people = population();
const CALENDAR: { readonly holidays: Readonly<Record<string, string>> } = YAML.parse(
  readFileSync('policies/calendar.yaml', 'utf8'),
);
const CLOSED: readonly string[] = ['unrelated', 'restricted', 'excluded', 'ownRecord', 'breakGlass', 'sealed'];
const caseload = (Object.keys(TRAITS) as Trait[])
  .filter((trait) => !CLOSED.includes(trait))
  .flatMap((trait) => subjects(people, trait));
const [unrelated] = subjects(people, 'unrelated') as [Subject];

const GAPS = `gaps {
  nothingMissing notLooked { rule why holder }
  items { rule words severity dueOn since asOf dates { what on } acknowledged { by at } owner { role team name telephone hours } } }`;

interface Gap {
  readonly rule: string;
  readonly severity: string;
  readonly dueOn: string;
  readonly since: string;
  readonly asOf: string;
  readonly dates: readonly { readonly what: string; readonly on: string }[];
  readonly acknowledged: { readonly by: string; readonly at: string } | null;
  readonly owner: Readonly<Record<string, string | null>>;
}

interface Gaps {
  readonly nothingMissing: boolean;
  readonly notLooked: readonly { readonly rule: string; readonly why: string; readonly holder: string | null }[];
  readonly items: readonly Gap[];
}

let stack: Stack;

beforeAll(async () => {
  stack = await startStack();
});

afterEach(() => {
  for (const holder of stack.recorder.urls.keys()) stack.recorder.interfere(holder, null);
});

afterAll(() => stack.close());

const idOf = new Map<string, string>();

/** One person by prison number, as the prison and probation roles may look people up. */
async function look(subject: Subject, options: AskOptions = {}, fields = GAPS): Promise<GraphQLAnswer> {
  return stack.ask(
    `query ($value: String!) { person(identifier: {type: "PRISON_NUMBER", value: $value}) { id ${fields} } }`,
    { ...options, variables: { value: subject.identifiers['PRISON_NUMBER'] } },
  );
}

async function gapsOf(subject: Subject, options: AskOptions = {}): Promise<Gaps> {
  const { body } = await look(subject, options);
  expect(body.errors).toBeUndefined();
  idOf.set(subject.uuid, body.data.person.id);
  return body.data.person.gaps;
}

const rulesIn = ({ items }: Gaps) => items.map(({ rule }) => rule);

/** What the holders have of somebody, and nothing where they are not known there. */
function heldBy(subject: Subject, holders: readonly string[], section: string, now: Date) {
  return holders.flatMap((holder): Readonly<Record<string, unknown>>[] => {
    const held = subject.numberAt(holder) && subject.held(holder, section, now);
    return held ? [held] : [];
  });
}

const HOUSING = ['northmere-housing', 'southdale-housing'];
const POLICE = ['northmere-police', 'southdale-police'];

/** Worked out anew from what the holders have: rules of sections that probation may know of, but for the handover's. */
function expectedOf(subject: Subject, now: Date): string[] | null {
  const today = now.toISOString().slice(0, 10);
  const [custody] = heldBy(subject, ['hmpps-prisons'], 'custody', now);
  const release = custody?.['releaseDate'] as string | null | undefined;
  if (!custody || release == null || release < addDays(today, -91)) return null;
  const [supervision] = heldBy(subject, ['probation-service'], 'supervision', now);
  const [employment] = heldBy(subject, ['benefits-department'], 'employment', now);
  const housing = heldBy(subject, HOUSING, 'accommodation', now);
  const must = heldBy(subject, POLICE, 'policing', now).some((each) => each['notificationRequirement'] === true);
  const from = (days: number) => today >= addDays(release, -days);
  const ahead = release >= today;
  const within = (days: number) => today <= addDays(release, days);
  const housed = housing.some(
    ({ firstNightType: type }) => type !== null && !['A08A', 'A08C'].includes(String(type).slice(0, 4)),
  );
  const documents = custody['identityDocuments'] as { state: string }[];
  const next = addDays(release, 1);
  const restsNext = [0, 6].includes(new Date(`${next}T00:00:00Z`).getUTCDay()) || next in CALENDAR.holidays;
  const missing: Record<string, boolean> = {
    ADDRESS: ahead && from(56) && !housed,
    ADDRESS_NOTIFICATION: within(3) && from(56) && must && !housed,
    DOMESTIC_ABUSE_CHECK: ahead && from(56),
    CHILDRENS_CHECK: ahead && from(56),
    IDENTITY_DOCUMENT: from(84) && !documents.some(({ state }) => state === 'READY'),
    BANK_ACCOUNT: from(84) && custody['bankAccount'] !== 'READY',
    BENEFIT_APPOINTMENT: within(28) && from(28) && employment?.['appointmentAt'] == null,
    AGREEMENT_TO_REFER:
      from(70) && !housing.some((each) => each['firstNightSettled'] === true || each['agreedToReferOn'] !== null),
    TEMPORARY_ACCOMMODATION: housing.some((each) => Number(each['temporaryNightsUsed'] ?? 0) >= 70),
    HOUSEHOLD_NOT_RECORDED: ahead && from(84) && supervision?.['householdRecordedOn'] == null,
    FRIDAY_RELEASE: ahead && from(56) && restsNext && custody['earlyRelease'] === null,
  };
  return Object.keys(missing).filter((rule) => missing[rule]);
}

function releaseOf(subject: Subject): string {
  return subject.held('hmpps-prisons', 'custody', new Date())?.['releaseDate'] as string;
}

/** Somebody known everywhere, whose release is ahead and near. */
const ahead = ['allowed', 'bothForces', 'treatmentCondition', 'objection', 'restrictedListed']
  .flatMap((trait) => subjects(people, trait as Trait))
  .find((subject) => {
    const release = releaseOf(subject);
    return release > addDays(people.anchor, 1) && release < addDays(people.anchor, 50);
  }) as Subject;

/** Of the roles that know of sections which they may not know to exist (`policies/roles`). */
const HOLD_MILLISECONDS = 500;

const JUDGED: ReadonlySet<string> = new Set([
  'ADDRESS',
  'ADDRESS_NOTIFICATION',
  'DOMESTIC_ABUSE_CHECK',
  'CHILDRENS_CHECK',
  'IDENTITY_DOCUMENT',
  'BANK_ACCOUNT',
  'BENEFIT_APPOINTMENT',
  'AGREEMENT_TO_REFER',
  'TEMPORARY_ACCOMMODATION',
  'HOUSEHOLD_NOT_RECORDED',
  'FRIDAY_RELEASE',
]);

describe('what a release lacks', () => {
  test('is what its holders have not, for everybody of a caseload', async () => {
    const now = new Date();
    const found = new Set<string>();
    const { body } = await stack.ask(
      `query ($from: Date!, $to: Date!) { releases(from: $from, to: $to, first: 500) { edges { node { id ${GAPS} } } } }`,
      { variables: { from: addDays(people.anchor, -250), to: addDays(people.anchor, 60) } },
    );
    const known = await stack.sql<{ id: string; person: string }>(
      `select id, person::text from record.opaque_id where partner = 'probation-service'`,
    );
    for (const { id, person } of known) idOf.set(person, id);
    const listed = new Map<string, Gaps>(
      body.data.releases.edges.map(({ node }: { node: { id: string; gaps: Gaps } }) => [node.id, node.gaps]),
    );
    expect(listed.size).toBeGreaterThan(40);
    for (const subject of caseload) {
      const gaps = listed.get(idOf.get(subject.uuid) ?? '');
      if (gaps === undefined) continue;
      const expected = expectedOf(subject, now);
      if (expected === null) {
        expect(gaps).toBeNull();
        continue;
      }
      const judged = rulesIn(gaps).filter((rule) => JUDGED.has(rule));
      expect([subject.uuid, judged.toSorted()]).toEqual([subject.uuid, expected.toSorted()]);
      for (const rule of judged) found.add(rule);
    }
    // Not by chance: the demonstration has people of nearly every kind.
    expect(found.size).toBeGreaterThan(6);
  });

  test('says whose it is, whom to ring, since when, by when, and how old it is', async () => {
    const subject = caseload.find((each) => expectedOf(each, new Date())?.includes('BANK_ACCOUNT')) as Subject;
    const release = subject.held('hmpps-prisons', 'custody', new Date())?.['releaseDate'] as string;
    const gap = (await gapsOf(subject)).items.find(({ rule }) => rule === 'BANK_ACCOUNT');
    const manager = subject.held('hmpps-prisons', 'custody', new Date())?.['offenderManager'];
    expect(gap).toMatchObject({
      severity: 'AMBER',
      since: addDays(release, -84),
      dueOn: addDays(release, -14),
      acknowledged: null,
      asOf: expect.stringMatching(/^\d{4}-/),
      owner: { role: 'prison-offender-manager', ...(manager as object), hours: null },
    });
  });

  test('SHARE-02 travels with whatever else is asked of the same holders, one call each', async () => {
    const answer = await look(ahead, {}, `custody { establishment } accommodation { district } ${GAPS}`);
    const calls = wireOf(stack, answer);
    const holders = calls.map(({ holder }) => holder);
    expect(holders.toSorted()).toEqual([...new Set(holders)].toSorted());
    const prison = calls.find(({ holder }) => holder === 'hmpps-prisons');
    expect(askedFor(prison as (typeof calls)[number])).toEqual(
      expect.arrayContaining(['custody.establishment', 'custody.bankAccount', 'custody.releaseDate']),
    );
    expect(answer.body.data.person.custody).toEqual({ establishment: expect.any(String) });
  });

  test('AUDIT-03 leaves in the log what it was read off', async () => {
    const { body } = await look(ahead);
    const [, entry] = await stack.entries(body.extensions.requestId);
    expect(entry?.['released']).toEqual(
      expect.arrayContaining([
        'hmpps-prisons|Custody.bankAccount',
        'hmpps-prisons|Custody.releaseDate',
        'southdale-housing|Accommodation.firstNightType',
        'probation-service|Supervision.householdRecordedOn',
      ]),
    );
    expect(entry?.['sections']).toEqual(
      expect.arrayContaining([expect.objectContaining({ section: 'custody', holder: 'hmpps-prisons', asked: true })]),
    );
    expect(JSON.stringify(entry)).not.toContain(String(ahead.identifiers['PRISON_NUMBER']));
  });

  test('SHARE-04 there is none of somebody who may not be seen', async () => {
    const { body } = await look(unrelated);
    expect(body.data).toEqual({ person: null });
  });
});

describe('SHARE-05 when a holder cannot be heard', () => {
  test('SHARE-05 its rules say so, nothing is called missing that it may have, and nothing is called complete', async () => {
    const before = await gapsOf(ahead);
    for (const holder of HOUSING) stack.recorder.interfere(holder, () => 'dead');
    const { body } = await look(ahead);
    const gaps: Gaps = body.data.person.gaps;
    expect(gaps.nothingMissing).toBe(false);
    const rules = gaps.notLooked.filter(({ why }) => why === 'UNAVAILABLE').map(({ rule }) => rule);
    expect(rules).toEqual(expect.arrayContaining(['ADDRESS', 'AGREEMENT_TO_REFER']));
    expect(rulesIn(gaps).filter((rule) => rules.includes(rule))).toEqual([]);
    expect(gaps.items.filter(({ rule }) => !rules.includes(rule))).toEqual(
      before.items.filter(({ rule }) => !rules.includes(rule)),
    );
    const unavailable = body.extensions.unavailable.map(({ holder }: { holder: string }) => holder);
    expect(unavailable.toSorted()).toEqual(HOUSING);
  });

  test('SHARE-05 without the prison nothing is known of the release, and that is said', async () => {
    stack.recorder.interfere('hmpps-prisons', () => 'dead');
    const gaps = await gapsOf(ahead);
    expect([gaps.items, gaps.nothingMissing]).toEqual([[], false]);
    expect(gaps.notLooked).toContainEqual({ rule: 'BANK_ACCOUNT', why: 'UNAVAILABLE', holder: 'hmpps-prisons' });
  });

  test('SHARE-05 of a section that the view may not know of there is no trace, dead or empty', async () => {
    // Treatment and health are hidden from probation; nothing is held there of somebody of this trait.
    const [subject] = subjects(people, 'notHeld') as [Subject];
    const ask = async () => {
      const { body } = await look(subject);
      const { requestId: _, ...extensions } = body.extensions;
      return { data: body.data, extensions };
    };
    const honest = await ask();
    for (const holder of ['northmere-treatment', 'southdale-treatment', 'health-service'])
      stack.recorder.interfere(holder, () => 'dead');
    expect(await ask()).toEqual(honest);
    const told = JSON.stringify(honest);
    for (const rule of ['TREATMENT', 'MEDICATION', 'GP_REGISTRATION']) expect(told).not.toContain(rule);
  });

  test('SHARE-04 an answer that looks at what is hidden leaves no earlier than its hold', async () => {
    const began = performance.now();
    await look(ahead, {}, 'gaps { nothingMissing }');
    expect(performance.now() - began).toBeGreaterThanOrEqual(HOLD_MILLISECONDS);
  });
});

test('SHARE-05 a check that was taken back is no check that was done, to whoever may know open or closed only', async () => {
  await gapsOf(ahead);
  const { requests } = await askOne(stack, idOf.get(ahead.uuid) as string);
  const taken = { request: requests[0].id, expectedVersion: requests[0].version, text: 'It was the wrong address.' };
  const caller = { persona: 'probation-practitioner', partner: 'probation-service' };
  const { body } = await act(stack, caller, 'withdrawRequest', taken, '{ ok check { state } }');
  expect(body.data.withdrawRequest).toEqual({ ok: true, check: { state: 'WITHDRAWN' } });
  stack.clock.set(new Date(Date.now() + 26 * 3_600_000));
  try {
    expect(rulesIn(await gapsOf(ahead, PRISON))).toContain('DOMESTIC_ABUSE_CHECK');
  } finally {
    stack.clock.set(new Date());
  }
});

test('what was asked about somebody is not opened with the glass', async () => {
  const [subject] = subjects(people, 'breakGlass') as [Subject];
  stack.recorder.interfere('hmpps-prisons', (_, { status, body }) => ({
    status,
    body: body.replace(/"releaseDate":"[^"]*"/g, `"releaseDate":"${addDays(people.anchor, 20)}"`),
  }));
  const identifier = { type: 'PRISON_NUMBER', value: subject.identifiers['PRISON_NUMBER'] };
  const text = 'A neighbour rang about a threat to the family.';
  const input = { identifier, reason: 'RISK_TO_LIFE', text, idempotencyKey: 'a-key-for-the-glass' };
  const { body } = await stack.ask('mutation ($input: BreakGlassInput!) { breakGlass(input: $input) { ok } }', {
    variables: { input },
  });
  expect(body.data.breakGlass.ok).toBe(true);
  const gaps = await gapsOf(subject);
  expect([gaps.nothingMissing, rulesIn(gaps).filter((rule) => rule.endsWith('_CHECK'))]).toEqual([false, []]);
});

describe('a gap that somebody is at work on', () => {
  const acknowledge = (person: string, rule: string, options: AskOptions = {}) =>
    stack.ask(`mutation ($input: AcknowledgeGapInput!) { acknowledgeGap(input: $input) { ok code allowedNow } }`, {
      ...options,
      variables: { input: { person, rule, idempotencyKey: 'a-key-of-mine' } },
    });

  test('is acknowledged for the whole partner and nobody else, by the first who said so, and in the log', async () => {
    const subject = caseload.find((each) => expectedOf(each, new Date())?.includes('BANK_ACCOUNT')) as Subject;
    await gapsOf(subject);
    const id = idOf.get(subject.uuid) as string;
    const { body } = await acknowledge(id, 'BANK_ACCOUNT');
    expect(body.data.acknowledgeGap).toEqual({ ok: true, code: null, allowedNow: [] });
    const ofBank = ({ items }: Gaps) => items.find(({ rule }) => rule === 'BANK_ACCOUNT')?.acknowledged;
    const first = ofBank(await gapsOf(subject));
    expect(first).toEqual({ by: 'PRO-0001', at: expect.stringMatching(/^\d{4}-/) });

    expect((await acknowledge(id, 'BANK_ACCOUNT')).body.data.acknowledgeGap.ok).toBe(true);
    expect(ofBank(await gapsOf(subject))).toEqual(first);
    expect(ofBank(await gapsOf(subject, { persona: 'prison-offender-manager' }))).toBeNull();

    const [request, disclosure] = await stack.entries(body.extensions.requestId);
    expect(request).toMatchObject({ deed: { field: 'acknowledgeGap', ok: true, reference: 'BANK_ACCOUNT' } });
    expect(disclosure?.['released']).toContain('hmpps-prisons|Custody.bankAccount');
  });

  test('SHARE-04 what is not there, is none, or is not the caller’s to know is refused', async () => {
    await gapsOf(ahead);
    const id = idOf.get(ahead.uuid) as string;
    for (const rule of ['TEMPORARY_ACCOMMODATION', 'NO_SUCH_RULE']) {
      const { body } = await acknowledge(id, rule);
      expect(body.data.acknowledgeGap).toEqual({ ok: false, code: 'NOT_OPEN', allowedNow: [] });
    }
    const [stranger] = await stack.sql<{ id: string }>(
      `insert into record.opaque_id (partner, person, id) values ('probation-service', $1, 'AAAAAAAAAAAAAAAAAAAAAA')
       on conflict (partner, person) do update set id = record.opaque_id.id returning id`,
      [unrelated.uuid],
    );
    for (const person of [stranger?.id ?? '', 'BBBBBBBBBBBBBBBBBBBBBB']) {
      const { body } = await acknowledge(person, 'BANK_ACCOUNT');
      expect(body.data.acknowledgeGap).toEqual({ ok: false, code: 'NOTHING_TO_SHOW', allowedNow: [] });
      expect(body.extensions.nothingToShow).toMatchObject([{ path: ['acknowledgeGap'] }]);
    }
    const malformed = await acknowledge('short', 'BANK_ACCOUNT');
    expect([malformed.status, malformed.body.errors?.[0].extensions.code]).toEqual([400, 'BAD_IDENTIFIER']);
  });
});
