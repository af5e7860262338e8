import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createPseudonyms } from '../../src/audit/pseudonym.ts';
import { sealPerson } from '../../src/store/sealed.ts';
import { type AskOptions, population, type Stack, startStack } from '../stack/stack.ts';
import { askAs, HOUSING, OFFICER, POLICE, PROBATION } from './callers.ts';
import { attempt, breakGlass } from './glass.ts';
import { type Subject, subjects } from './oracle/subject.ts';

const people = population();
const someone = (trait: Parameters<typeof subjects>[1], index = 0) => subjects(people, trait)[index] as Subject;
const ALLOWED = someone('allowed');
/** By probation, for PRO-0001 among others. */
const RESTRICTED = someone('restrictedListed');
const LEAD = { persona: 'ig-lead', partner: 'throughgate-board', purpose: 'IG_ASSURANCE' } as const;
const officerAt = (partner: string) => ({ ...OFFICER, partner });
/** Of which the prison's may be shown, and the rest is not in the view. */
const SELECTION = 'custody { releaseDate } policing { markers { code } }';
const SPAN = { from: '2020-01-01T00:00:00Z', to: '2100-01-01T00:00:00Z' };
const LOG = `query ($filter: LogFilter!, $first: Int, $after: ID) {
  logEntries(filter: $filter, first: $first, after: $after) {
    hasNextPage endCursor
    entries {
      id at kind processing side own node requestId trace network partner practitioner role client purpose policy operation
      outcome status subject epoch subjects shown sources reasons { gate outcome code ref text }
      relationship { type evidence assertedBy } agreements basis classes sections { section holder status asked }
      released recipient thirdParties withheld { field holder told reason { gate outcome code ref text } } breakGlass
      deed { field ok code reference } reason until field from to found entry reference
    }
  }
}`;

let stack: Stack;

beforeAll(async () => {
  stack = await startStack();
});

afterAll(() => stack?.close());

interface Entry {
  readonly id: string;
  readonly kind: string;
  readonly side: string;
  readonly requestId: string;
  readonly subject: string | null;
  readonly outcome: string;
  readonly [field: string]: unknown;
}

interface Page {
  readonly entries: readonly Entry[];
  readonly hasNextPage: boolean;
  readonly endCursor: string | null;
}

const ask = (caller: AskOptions, filter: object = {}, more: object = {}) =>
  stack.ask(LOG, { ...caller, variables: { filter: { ...SPAN, ...filter }, ...more } });

async function log(caller: AskOptions, filter: object = {}, more: object = {}): Promise<Page> {
  const answer = await ask(caller, filter, more);
  expect(answer.status, answer.text).toBe(200);
  return answer.body.data.logEntries;
}

async function asked(caller: Parameters<typeof askAs>[1], subject: Subject, selection?: string): Promise<string> {
  return (await askAs(stack, caller, subject, selection)).body.extensions.requestId;
}

const kinds = ({ entries }: Page) => entries.map(({ kind }) => kind).sort();

describe('AUDIT-03 a reader of the log sees only the reasons that their side may know', () => {
  let requestId: string;
  let refused: string;
  beforeAll(async () => {
    requestId = await asked(PROBATION, ALLOWED, SELECTION);
    refused = await asked(PROBATION, someone('unrelated'), SELECTION);
  });

  test('the officer of whose staff asked sees what they were told', async () => {
    const page = await log(officerAt('probation-service'), { requestId });
    expect(page.entries).toMatchObject([
      { kind: 'disclosure', side: 'RECIPIENT', reasons: [], released: ['hmpps-prisons|Custody.releaseDate'] },
      { kind: 'request', side: 'RECIPIENT', reasons: [], subjects: 1, shown: 1 },
    ]);
    expect(JSON.stringify(page)).not.toContain('northmere-police');
  });

  test('the officer of the holder sees its own fields, with every gate in a sentence', async () => {
    const page = await log(officerAt('hmpps-prisons'), { requestId });
    expect(page.entries).toMatchObject([
      {
        kind: 'disclosure',
        side: 'SOURCE',
        partner: 'probation-service',
        practitioner: 'PRO-0001',
        released: ['hmpps-prisons|Custody.releaseDate'],
        classes: ['custody.release'],
        network: null,
      },
    ]);
    expect(page.entries[0]?.['reasons']).toContainEqual(
      expect.objectContaining({
        gate: 'relationship',
        outcome: 'pass',
        text: expect.stringMatching(/^A relationship/),
      }),
    );
    expect(JSON.stringify(page)).not.toMatch(/police|Policing/);
  });

  test('why something hidden was withheld is for its holder and the lead; nobody where it was asked for learns of it', async () => {
    const hidden = await asked(PROBATION, someone('permissionWithdrawn'), 'health { riskToLife medication }');
    const withheldFrom = async (reader: AskOptions) =>
      (await log(reader, { requestId: hidden, kind: 'disclosure' })).entries.map((entry) => entry['withheld']);
    const reason = expect.objectContaining({ gate: 'permission', code: 'NO_PERMISSION', text: expect.any(String) });
    const withheld = { field: 'Health.medication', holder: null, told: null, reason };
    expect(await withheldFrom(officerAt('health-service'))).toEqual([[withheld]]);
    expect(await withheldFrom(LEAD)).toEqual([[withheld]]);
    expect(await withheldFrom(officerAt('probation-service'))).toEqual([[]]);
  });

  test('a holder that was not asked for anything reads nothing', async () => {
    expect((await log(officerAt('southdale-housing'), { requestId })).entries).toEqual([]);
  });

  test('why somebody was not shown is for the lead; their own officer reads that nothing was', async () => {
    const [own] = (await log(officerAt('probation-service'), { requestId: refused, kind: 'refusal' })).entries;
    expect(own).toMatchObject({ outcome: 'nothing-to-show', reasons: [] });
    const [leads] = (await log(LEAD, { requestId: refused, kind: 'refusal' })).entries;
    expect(leads?.['reasons']).toContainEqual(expect.objectContaining({ gate: 'relationship', outcome: 'refuse' }));
    expect((await log(officerAt('hmpps-prisons'), { requestId: refused })).entries).toEqual([]);
  });

  test('practitioners do not read the log', async () => {
    const { body } = await ask(PROBATION, { requestId });
    expect(body.data.logEntries).toBeNull();
  });
});

describe('a page of the log', () => {
  test('is keyset paged, newest first, whole and without a doublet', async () => {
    for (let time = 0; time < 3; time += 1) await asked(HOUSING, ALLOWED);
    const filter = { partner: HOUSING.partner, practitioner: 'NHO-0001' };
    const whole = await log(LEAD, filter);
    expect(whole.entries.map(({ at }) => at)).toEqual(
      whole.entries
        .map(({ at }) => at)
        .toSorted()
        .reverse(),
    );
    const ids: string[] = [];
    for (let after: string | null = null; ; ) {
      const page: Page = await log(LEAD, filter, { first: 2, after });
      expect(page.entries.length).toBeLessThanOrEqual(2);
      ids.push(...page.entries.map(({ id }) => id));
      after = page.endCursor;
      if (!page.hasNextPage) break;
    }
    expect(ids).toEqual(whole.entries.map(({ id }) => id));
    expect(ids.length).toBeGreaterThanOrEqual(6);
  });

  test.each([
    ['the outcome', { outcome: 'nothing-to-show' }, ({ outcome }: Entry) => outcome === 'nothing-to-show'],
    ['the purpose', { purpose: 'HOUSING_REFERRAL' }, ({ purpose }: Entry) => purpose === 'HOUSING_REFERRAL'],
    [
      'a kind of information',
      { dataClass: 'custody.release' },
      (entry: Entry) => String(entry['classes']).includes('custody.release'),
    ],
    ['the kind of entry', { kind: 'disclosure' }, ({ kind }: Entry) => kind === 'disclosure'],
  ])('can be asked by %s', async (_, filter, fits) => {
    const { entries } = await log(LEAD, filter);
    expect(entries.length).toBeGreaterThan(0);
    expect(entries.filter((entry) => !fits(entry))).toEqual([]);
  });

  test('can be asked by a person, by a number of the reader’s own partner', async () => {
    const crn = { type: 'CRN', value: ALLOWED.identifiers['CRN'] };
    const { entries } = await log(OFFICER, { subjectOf: crn });
    expect(new Set(entries.map(({ subject }) => subject)).size).toBe(1);
    const other = await ask(officerAt('hmpps-prisons'), { subjectOf: crn });
    expect([other.status, other.body.errors[0].extensions.code]).toEqual([400, 'BAD_IDENTIFIER']);
    expect(other.text).toContain('PRISON_NUMBER');
    expect(other.text).not.toContain(String(crn.value));
  });

  test.each([
    ['an end before its beginning', { from: SPAN.to, to: SPAN.from }, {}],
    ['a request id that is none', { requestId: 'x' }, {}],
    ['a cursor that is none', {}, { after: 'x' }],
    ['too many', {}, { first: 501 }],
  ])('is refused for %s', async (_, filter, more) => {
    const { status, body } = await ask(LEAD, filter, more);
    expect([status, body.errors[0].extensions.code]).toEqual([400, 'BAD_USER_INPUT']);
  });

  test.each([
    ['an id that no text of the store can hold', { practitioner: 'PRO\u0000' }, 0],
    ['the first year that there is', { from: '0001-01-01T00:00:00+14:00' }, 1],
    ['the last', { to: '9999-12-31T23:59:59-12:00' }, 1],
  ])('can be asked by %s', async (_, filter, least) => {
    const { entries } = await log(LEAD, filter, { first: 1 });
    expect(entries).toHaveLength(least);
  });

  test.each([
    ['refused', { subjectOf: { type: 'PRISON_NUMBER', value: 'A0000AA' } }, null],
    ['broken off', { subjectOf: { type: 'CRN', value: ALLOWED.identifiers['CRN'] } }, ALLOWED],
  ])('is an entry of the kind search too where it was %s', async (_, filter, subject) => {
    const answer = await ask(OFFICER, filter, { after: '00000000-0000-4000-8000-000000000000' });
    expect(answer.status).toBe(400);
    const [, search] = await stack.entries(answer.body.extensions?.requestId ?? answer.headers.get('x-request-id'));
    expect(search).toMatchObject({ kind: 'search', field: 'logEntries', found: 0, outcome: 'NOT_ANSWERED' });
    expect(search?.['subject'] === null).toBe(subject === null);
  });

  test('and is an entry itself, of the kind search', async () => {
    const answer = await ask(OFFICER, { subjectOf: { type: 'CRN', value: ALLOWED.identifiers['CRN'] } });
    const found = answer.body.data.logEntries.entries.length;
    const [, search] = await stack.entries(answer.body.extensions.requestId);
    expect(search).toMatchObject({ kind: 'search', field: 'logEntries', found, from: '2020-01-01T00:00:00.000Z' });
    expect(search?.['subject']).toMatchObject({ ref: answer.body.data.logEntries.entries[0].subject });
    const [read] = (await log(OFFICER, { requestId: answer.body.extensions.requestId, kind: 'search' })).entries;
    expect(read).toMatchObject({ own: true, found });
  });
});

describe('SHARE-06 a restriction binds whoever reads the log', () => {
  const READERS = [officerAt('hmpps-prisons'), officerAt('northmere-police'), LEAD];

  test('its owner’s officer reads what was shown of somebody restricted, and nobody else does', async () => {
    const requestId = await asked(PROBATION, RESTRICTED, SELECTION);
    expect(kinds(await log(OFFICER, { requestId }))).toEqual(['disclosure', 'request']);
    for (const reader of READERS) expect((await log(reader, { requestId })).entries, reader.partner).toEqual([]);
  });

  test('nor does whoever’s staff was refused; its owner reads who tried', async () => {
    const requestId = await asked(POLICE, RESTRICTED);
    for (const reader of READERS) expect((await log(reader, { requestId })).entries, reader.partner).toEqual([]);
    expect((await log(OFFICER, { requestId })).entries).toMatchObject([
      { kind: 'refusal', side: 'OWNER', partner: POLICE.partner, practitioner: 'NPO-0001' },
    ]);
    const glass = await breakGlass(stack, POLICE, attempt('PNC_ID', RESTRICTED.identifiers['PNC_ID'] as string));
    const attempted = String(glass.headers.get('x-request-id'));
    expect(await stack.entries(attempted)).toHaveLength(2);
    for (const reader of READERS) expect((await log(reader, { requestId: attempted })).entries).toEqual([]);
    expect(kinds(await log(OFFICER, { requestId: attempted }))).toEqual(['break-glass']);
  });

  test('a list of which they were part is recounted, and every page is as long as without them', async () => {
    const ids = await Promise.all(
      [ALLOWED, RESTRICTED, someone('allowed', 1)].map(async (subject) => {
        const { body } = await askAs(stack, PROBATION, subject, 'id');
        return String(body.data.person.id);
      }),
    );
    const { body } = await stack.ask('query ($ids: [ID!]!) { people(ids: $ids) { custody { releaseDate } } }', {
      ...PROBATION,
      variables: { ids },
    });
    const filter = { requestId: body.extensions.requestId };
    const [request] = (await log(LEAD, { ...filter, kind: 'request' })).entries;
    expect(request).toMatchObject({ subjects: 2, shown: 2 });
    expect((await log(OFFICER, { ...filter, kind: 'request' })).entries).toMatchObject([{ subjects: 3, shown: 3 }]);
    expect(await log(LEAD, filter, { first: 2 })).toMatchObject({ hasNextPage: true, entries: [{}, {}] });
    expect(await log(LEAD, filter, { first: 3 })).toMatchObject({ hasNextPage: false, entries: [{}, {}, {}] });
  });

  test('asking the log about them is answered, and recorded, as asking about nobody is to every reader but the owner’s', async () => {
    const prison = officerAt('hmpps-prisons');
    const numbers = [RESTRICTED.identifiers['PRISON_NUMBER'], 'A0000AA'].map((value) => ({
      type: 'PRISON_NUMBER',
      value,
    }));
    const answers = await Promise.all(numbers.map((subjectOf) => ask(prison, { subjectOf })));
    const pages = answers.map(({ body }) => body.data.logEntries);
    expect(pages[0]).toEqual({ entries: [], hasNextPage: false, endCursor: null });
    expect(pages[1]).toEqual(pages[0]);
    const readBack = async (reader: AskOptions) =>
      Promise.all(
        answers.map(async ({ body }) => {
          const { entries } = await log(reader, { requestId: body.extensions.requestId });
          return entries.map(({ id, at, requestId, operation, ...entry }) => entry);
        }),
      );
    for (const reader of [prison, LEAD]) {
      const [restricted, nobody] = await readBack(reader);
      // How much a colleague found is told of those alone who are named.
      const found = reader === prison ? 0 : null;
      expect(restricted).toMatchObject([{ kind: 'search', subject: null, found }, { kind: 'request' }]);
      expect(nobody).toEqual(restricted);
    }
  });

  test('a tie of the reader’s own closes somebody to them, and to no colleague', async () => {
    const subject = someone('allowed', 2);
    const requestId = await asked(PROBATION, subject);
    expect((await log(OFFICER, { requestId })).entries).toHaveLength(2);
    await stack.sql(
      `insert into record.interest (person, partner, practitioner, type, valid_from)
        values ($1, 'probation-service', 'IGO-0001', 'DECLARED_INTEREST', '2020-01-01')`,
      [subject.uuid],
    );
    expect((await log(OFFICER, { requestId })).entries).toEqual([]);
    expect((await log({ ...OFFICER, practitioner: 'IGO-0002' }, { requestId })).entries).toHaveLength(2);
  });

  test('an exclusion closes for the readers that it names, and for no others', async () => {
    // It names the first of everybody, these two readers among them.
    const requestId = await asked({ ...PROBATION, practitioner: 'PRO-0002' }, someone('excluded'));
    for (const reader of [OFFICER, LEAD]) expect((await log(reader, { requestId })).entries).toEqual([]);
    for (const reader of [OFFICER, LEAD]) {
      const practitioner = reader === LEAD ? 'IGL-0002' : 'IGO-0002';
      expect((await log({ ...reader, practitioner }, { requestId })).entries).toHaveLength(2);
    }
  });

  test('whoever owns an exclusion, and no restriction, reads no more for it', async () => {
    const subject = someone('allowed', 3);
    await stack.sql(
      `insert into record.restriction (person, type, owner, reference, accounts, desks, unresolved, valid_from)
       values ($1, 'EXCLUSION', 'southdale-police', 'LR-1', '{}', '{}', '{}', '2020-01-01')`,
      [subject.uuid],
    );
    const requestId = await asked(PROBATION, subject);
    expect((await log(officerAt('southdale-police'), { requestId })).entries).toEqual([]);
    expect((await log(OFFICER, { requestId })).entries).toHaveLength(2);
  });

  test('asking twice tells no more than asking once: a reader finds no look of their own by whom it was about', async () => {
    const crn = (subject: Subject) => ({ type: 'CRN', value: subject.identifiers['CRN'] });
    const fresh = someone('allowed', 4);
    const lookers = [
      { ...OFFICER, practitioner: 'IGO-0005' },
      { ...LEAD, practitioner: 'IGL-0002' },
    ];
    for (const reader of lookers) {
      const count = async () =>
        (await log(reader, { subjectOf: crn(fresh), practitioner: reader.practitioner })).entries;
      await count();
      expect(await count()).toEqual([]);
    }
    const { entries } = await log(LEAD, { subjectOf: crn(fresh), practitioner: 'IGO-0005' });
    expect(entries).toMatchObject([{ kind: 'search' }, { kind: 'search' }]);
  });

  test('a list that cannot be read closes for its owner too', async () => {
    const subject = someone('restrictedListed', 1);
    const requestId = await asked(PROBATION, subject);
    expect((await log(OFFICER, { requestId })).entries).toHaveLength(2);
    await stack.sql(`update record.restriction set accounts = null where person = $1`, [subject.uuid]);
    expect((await log(OFFICER, { requestId })).entries).toEqual([]);
  });

  test('whoever is sealed is closed to every reader, the lead among them', async () => {
    const subject = someone('allowed', 1);
    const requestId = await asked(PROBATION, subject);
    expect((await log(LEAD, { requestId })).entries).toHaveLength(2);
    await sealPerson(
      stack.ownerUrl,
      { by: 'person', person: subject.uuid },
      { keys: stack.config.auditHmacKeys, issuedByHolder: new Set(['CHILDRENS_CASE', 'HOUSING_APPLICATION']) },
    );
    for (const reader of [LEAD, OFFICER]) expect((await log(reader, { requestId })).entries).toEqual([]);
  });
});

test('how much one answer is made of counts nothing that the reader may not read', async () => {
  const subject = someone('allowed', 5);
  const { ref } = createPseudonyms(stack.config.auditHmacKeys).ofPerson(subject.uuid);
  const others = {
    v: 2,
    at: '2026-11-01T00:00:00.000Z',
    kind: 'refusal',
    subject: { ref, epoch: 1 },
    outcome: 'nothing-to-show',
  };
  await stack.sql(
    `insert into audit.entry (index, id, at, kind, subject, body, period)
      select 1000000 + each, id, now(), 'refusal', $1, convert_to(jsonb_set($2, '{id}', to_jsonb(id))::text, 'UTF8'),
        date_trunc('month', now())
      from (select each, gen_random_uuid() as id from generate_series(1, 10001) as each) as made`,
    [ref, JSON.stringify({ ...others, actor: { partner: 'southdale-police', practitioner: 'SPO-0001' } })],
  );
  const identifier = { type: 'CRN', value: subject.identifiers['CRN'] };
  const query = 'query ($input: CaseFileInput!) { caseFile(input: $input) { entries { delivered } } }';
  const file = (reader: AskOptions) => stack.ask(query, { ...reader, variables: { input: { ...SPAN, identifier } } });
  expect((await file(OFFICER)).body.data).toEqual({ caseFile: { entries: [] } });
  expect((await file(LEAD)).body.errors[0].extensions.code).toBe('TOO_COMPLEX');
});
