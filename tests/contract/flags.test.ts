import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type AskOptions, population, type Stack, startStack } from '../stack/stack.ts';
import { askAs, HOUSING, OFFICER, PRISON, PROBATION } from './callers.ts';
import { type Subject, subjects } from './oracle/subject.ts';

const people = population();
const someone = (trait: Parameters<typeof subjects>[1], index = 0) => subjects(people, trait)[index] as Subject;
const [ALLOWED, OWN, OTHER] = [someone('allowed'), someone('allowed', 1), someone('allowed', 2)];
const UNRELATED = subjects(people, 'unrelated').slice(0, 3);
/** Numbers that are nobody's. */
const UNKNOWN = ['X999991', 'X999995'];
/** By probation. */
const RESTRICTED = someone('restrictedListed');
/** Has nothing to do with any of those who are. */
const STRANGER = { ...HOUSING, practitioner: 'NHO-0012' };
const LEAD = { persona: 'ig-lead', partner: 'throughgate-board', purpose: 'IG_ASSURANCE' } as const;
const officerAt = (partner: string) => ({ ...OFFICER, partner });
const SECOND = { ...OFFICER, practitioner: 'IGO-0002' };
const IN_LINE = { ...OFFICER, practitioner: 'IGO-0009' };
const SPAN = { from: '2020-01-01T00:00:00Z', to: '2100-01-01T00:00:00Z' };
const CASE = `reference about partner practitioner subject state weight summary firstDay lastDay accesses assignedTo outcome
  proposedBy closedBy allowedNow barred version flags { rule subject weight sentence evidence considered entries }
  notes { by text } history { by step detail }`;

/** Today, or tomorrow where that begins soon. */
const DAY = new Date(Date.now() + 3_600_000).toISOString().slice(0, 10);

let stack: Stack;

beforeAll(async () => {
  stack = await startStack();
  // One day and one hour for all of it.
  stack.clock.set(new Date(`${DAY}T11:00:00Z`));
  const own = `insert into record.interest (person, partner, practitioner, type, valid_from) values ($1, $2, $3, 'OWN_RECORD', '2026-01-01')`;
  await stack.sql(own, [OWN.uuid, PROBATION.partner, 'PRO-0001']);
  await stack.sql(own, [RESTRICTED.uuid, HOUSING.partner, 'NHO-0001']);
  await stack.sql(
    `insert into record.manager (partner, practitioner, team, valid_from) values ($1, $2, 'PRO-UNIT', '2026-01-01')`,
    [PROBATION.partner, IN_LINE.practitioner],
  );
});

afterAll(() => stack?.close());

async function answerOf(query: string, caller: AskOptions, variables: object) {
  const answer = await stack.ask(query, { ...caller, variables: { ...variables } });
  expect(answer.status, answer.text).toBe(200);
  expect(answer.body.errors, answer.text).toBeUndefined();
  return answer.body.data;
}

const unknown = (value: string) =>
  stack.ask(`{ person(identifier: { type: "CRN", value: "${value}" }) { id } }`, PROBATION);

const FIGURES = `query ($from: Date!, $to: Date!) {
  logFigures(from: $from, to: $to, by: MONTH) { rows { period measure partner key dataClass count } }
}`;

const figures = async (caller: AskOptions) =>
  (await answerOf(FIGURES, caller, { from: DAY, to: DAY })).logFigures.rows as {
    measure: string;
    partner: string;
    key: string;
    count: number;
  }[];

interface Case {
  readonly reference: string;
  readonly about: string;
  readonly practitioner: string | null;
  readonly version: number;
  readonly flags: readonly {
    readonly rule: string;
    readonly subject: string | null;
    readonly considered: string[];
    readonly entries: string[];
  }[];
  readonly [field: string]: unknown;
}

async function cases(caller: AskOptions, more: object = {}): Promise<Case[]> {
  const query = `query ($list: FlagCaseList, $about: FlagAbout, $first: Int, $after: String) {
    flagCases(list: $list, about: $about, first: $first, after: $after) { hasNextPage endCursor upTo cases { ${CASE} } }
  }`;
  return (await answerOf(query.replace('$list: FlagCaseList,', '$list: FlagCaseList! = OPEN,'), caller, more)).flagCases
    .cases;
}

const one = async (caller: AskOptions, reference: string): Promise<Case | null> =>
  (await answerOf(`query ($r: ID!) { flagCase(reference: $r) { ${CASE} } }`, caller, { r: reference })).flagCase;

function act(field: string, type: string, caller: AskOptions, input: object) {
  const query = `mutation ($input: ${type}!) { ${field}(input: $input) { ok code allowedNow version } }`;
  return answerOf(query, caller, { input }).then((data) => data[field]);
}

describe('what explains an access', () => {
  const entries = async (caller: AskOptions, requestId: string) => {
    const query = `query ($filter: LogFilter!) {
      logEntries(filter: $filter) { entries { kind explanation { explained kind text } } }
    }`;
    const { logEntries } = await answerOf(query, caller, { filter: { ...SPAN, requestId } });
    return logEntries.entries as { kind: string; explanation: object | null }[];
  };
  const askedBy = async (subject: Subject) => (await askAs(stack, PROBATION, subject)).body.extensions.requestId;

  test('an allocation does, to their own officer, the holder and the lead; a request is no access', async () => {
    const requestId = await askAs(stack, PROBATION, ALLOWED, 'custody { releaseDate }').then(
      ({ body }) => body.extensions.requestId,
    );
    const explanation = { explained: true, kind: 'ALLOCATION', text: expect.stringMatching(/^They had .* from /) };
    expect(await entries(OFFICER, requestId)).toEqual([
      { kind: 'disclosure', explanation },
      { kind: 'request', explanation: null },
    ]);
    expect(await entries(LEAD, requestId)).toContainEqual({ kind: 'disclosure', explanation });
    // By what they looked, and not what else they have to do with the person.
    const byLog = { ...explanation, text: expect.stringMatching(/^When they looked, there was .* \(ALLOC-\d+\)\.$/) };
    expect(await entries(officerAt('hmpps-prisons'), requestId)).toEqual([{ kind: 'disclosure', explanation: byLog }]);
  });

  test('SHARE-04 of somebody who was not shown, whether there was a reason is for the lead', async () => {
    const requestId = await askedBy(UNRELATED[0] as Subject);
    expect(await entries(OFFICER, requestId)).toContainEqual({ kind: 'refusal', explanation: null });
    expect(await entries(LEAD, requestId)).toContainEqual({
      kind: 'refusal',
      explanation: { explained: false, kind: 'NONE', text: expect.stringMatching(/^No allocation/) },
    });
  });

  test('of one person too, by whatever practitioner of whatever partner', async () => {
    await askAs(stack, PRISON, ALLOWED);
    const query = `query ($input: CaseFileInput!) {
      caseFile(input: $input) { entries { entry { practitioner kind explanation { kind } } } }
    }`;
    const identifier = ALLOWED.numberAt('hmpps-prisons');
    const { caseFile } = await answerOf(query, LEAD, { input: { identifier, ...SPAN } });
    expect(caseFile.entries.map(({ entry }: { entry: object }) => entry)).toEqual([
      { practitioner: 'PRO-0001', kind: 'disclosure', explanation: { kind: 'ALLOCATION' } },
      { practitioner: 'PRI-0001', kind: 'disclosure', explanation: { kind: 'ALLOCATION' } },
    ]);
  });
});

describe('the digest of the log', () => {
  beforeAll(async () => {
    for (const subject of [...UNRELATED, OWN, OTHER]) await askAs(stack, PROBATION, subject);
    for (const value of UNKNOWN) await unknown(value);
    for (let time = 0; time < 2; time += 1) await askAs(stack, HOUSING, RESTRICTED);
    for (const subject of subjects(people, 'restrictedListed').slice(0, 3)) await askAs(stack, STRANGER, subject);
    await stack.digest();
  });

  test('opens a case about a practitioner, in sentences, for their own officer and the lead', async () => {
    const [mine, ...others] = await cases(OFFICER, { about: 'PRACTITIONER' });
    expect(others.map(({ practitioner }) => practitioner)).toEqual([STRANGER.practitioner]);
    expect(mine).toMatchObject({
      about: 'PRACTITIONER',
      partner: 'probation-service',
      practitioner: 'PRO-0001',
      state: 'OPEN',
      allowedNow: ['assignFlagCase', 'noteFlagCase', 'closeFlagCase'],
      barred: null,
      history: [{ by: null, step: 'OPENED', detail: null }],
    });
    // What day of the week it is when the test is run, is not said here.
    const rules = mine?.flags.map(({ rule }) => rule).filter((rule) => rule !== 'OUT_OF_HOURS') ?? [];
    expect(new Set(rules)).toEqual(new Set(['OWN_RECORD', 'NO_EXPLANATION', 'REFUSED_LOOKUPS']));
    expect(rules.filter((rule) => rule === 'NO_EXPLANATION')).toHaveLength(3);
    expect(mine?.flags.find(({ rule }) => rule === 'NO_EXPLANATION')).toMatchObject({
      sentence: expect.stringMatching(/with no open reason on that day/),
      considered: [expect.stringMatching(/^No allocation, duty/)],
    });
    expect((await cases(LEAD)).map(({ reference }) => reference)).toEqual([mine?.reference]);
    expect(await cases(officerAt('southdale-housing'))).toEqual([]);
    expect(await one(officerAt('southdale-housing'), mine?.reference ?? '')).toBeNull();
  });

  test('its entries are such as the officer can read', async () => {
    const [mine] = await cases(OFFICER);
    const rows = await stack.sql<{ kind: string }>('select distinct kind from audit.entry where id = any($1::uuid[])', [
      mine?.flags.flatMap(({ rule, entries }) => (rule === 'OUT_OF_HOURS' ? [] : entries)),
    ]);
    expect(rows).toEqual([{ kind: 'refusal' }]);
  });

  test('SHARE-06 what is about somebody restricted is for the owner of the restriction, and is counted nowhere', async () => {
    expect((await cases(OFFICER)).map(({ practitioner, partner }) => [partner, practitioner])).toContainEqual([
      HOUSING.partner,
      STRANGER.practitioner,
    ]);
    const [other] = (await cases(OFFICER)).filter(({ partner }) => partner === HOUSING.partner);
    const unexplained = ['NO_EXPLANATION', ['No open reason was found for that day.']];
    expect(other?.flags.map(({ rule, considered }) => [rule, considered])).toEqual([
      unexplained,
      unexplained,
      unexplained,
    ]);
    // That somebody has a tie of their own to the person, their own partner knows.
    expect(JSON.stringify([await cases(OFFICER), await cases(OFFICER, { list: 'CLOSED' })])).not.toContain('NHO-0001');
    expect(await cases(officerAt(HOUSING.partner))).toEqual([]);
    const all = await figures(LEAD);
    expect(all.filter(({ partner }) => partner === HOUSING.partner)).toEqual([]);
    const own = await figures(OFFICER);
    expect(new Set(own.map(({ partner }) => partner))).toEqual(new Set([PROBATION.partner]));
    // What others had of one's data counts as a use of its agreement; what they had of others', to nobody but the lead.
    const uses = async (partner: string) =>
      (await figures(officerAt(partner))).filter(({ measure }) => measure === 'AGREEMENT_USES');
    const given = await uses('hmpps-prisons');
    expect(given).toContainEqual(expect.objectContaining({ partner: 'hmpps-prisons', key: 'PRI-PRB-01' }));
    expect(all.some(({ measure, partner }) => measure === 'AGREEMENT_USES' && partner === PROBATION.partner)).toBe(
      true,
    );
    expect(await uses('southdale-housing')).toEqual([]);
    expect(own).toContainEqual(expect.objectContaining({ measure: 'REFUSALS', key: 'NOTHING_TO_SHOW', count: 6 }));
    expect(own).toContainEqual(expect.objectContaining({ measure: 'EXPLANATIONS', key: 'ALLOCATION', count: 2 }));
    expect(own.some(({ measure }) => measure === 'REFUSED_BECAUSE')).toBe(false);
    const why = all.filter(({ measure }) => measure === 'REFUSED_BECAUSE');
    expect(Object.fromEntries(why.map(({ key, count }) => [key, count]))).toEqual({ NONE: 4, UNKNOWN: 2 });
  });

  test('SHARE-06 a look into an owner’s case, and what is done with it, are told to nobody who may not know of the person', async () => {
    const [theirs] = (await cases(OFFICER)).filter(({ partner }) => partner === HOUSING.partner);
    const { reference, version } = theirs as Case;
    await one(OFFICER, reference);
    await act('assignFlagCase', 'AssignFlagCaseInput', OFFICER, {
      ...{ reference, expectedVersion: version, to: 'IGO-0003' },
    });
    const query = `query ($filter: LogFilter!) { logEntries(filter: $filter, first: 500) { entries { reference deed { reference } } } }`;
    const told = async (caller: AskOptions) =>
      JSON.stringify(await answerOf(query, caller, { filter: { ...SPAN, partner: OFFICER.partner } })).split(reference)
        .length - 1;
    expect([await told(OFFICER), await told(LEAD)]).toEqual([3, 0]);
  });

  test('done again it changes nothing', async () => {
    const before = [await cases(LEAD), await cases(OFFICER)];
    await stack.sql('update record.digest set next = 0');
    await stack.digest();
    expect([await cases(LEAD), await cases(OFFICER)]).toEqual(before);
  });

  test('more of the same goes to the open case, which is another version of it then', async () => {
    const [before] = await cases(LEAD);
    await askAs(stack, { ...PROBATION, purpose: 'PUBLIC_PROTECTION' }, UNRELATED[0] as Subject);
    await stack.digest();
    const [after] = await cases(LEAD);
    expect(after).toMatchObject({
      reference: before?.reference,
      version: (before?.version ?? 0) + 1,
      history: [{ step: 'OPENED' }, { by: null, step: 'GREW' }],
    });
  });
});

describe('what officers make of a case', () => {
  const input = async (caller: AskOptions, more: object = {}) => {
    const [mine] = (await cases(caller)).filter(({ practitioner }) => practitioner === 'PRO-0001');
    return { reference: mine?.reference ?? '', expectedVersion: mine?.version ?? 0, ...more };
  };
  const TEXT = 'Spoke to the practitioner and to their manager.';

  test('nobody whose line it is handles it, and is told why', async () => {
    const asked = await input(IN_LINE);
    expect(await one(IN_LINE, asked.reference)).toMatchObject({ barred: 'OWN_LINE', allowedNow: [] });
    expect(await act('assignFlagCase', 'AssignFlagCaseInput', IN_LINE, asked)).toMatchObject({
      ok: false,
      code: 'OWN_LINE',
    });
    expect(
      await act('assignFlagCase', 'AssignFlagCaseInput', OFFICER, { ...asked, to: IN_LINE.practitioner }),
    ).toMatchObject({ ok: false, code: 'OWN_LINE' });
  });

  test('it is given to somebody, and is on their list', async () => {
    const asked = await input(OFFICER, { to: 'IGO-0002' });
    expect(await act('assignFlagCase', 'AssignFlagCaseInput', OFFICER, asked)).toEqual({
      ok: true,
      code: null,
      allowedNow: ['flagCase', 'flagCases'],
      version: asked.expectedVersion + 1,
    });
    expect((await cases(SECOND, { list: 'MINE' })).map(({ assignedTo }) => assignedTo)).toEqual(['IGO-0002']);
    expect(await cases(OFFICER, { list: 'MINE' })).toEqual([]);
    expect(await act('assignFlagCase', 'AssignFlagCaseInput', OFFICER, asked)).toMatchObject({
      ok: false,
      code: 'VERSION_CONFLICT',
    });
  });

  test('a note sent twice is one note, and its text is in no entry of the log', async () => {
    const { reference } = await input(OFFICER);
    const note = { reference, text: TEXT, idempotencyKey: 'note-of-the-tests' };
    const first = await act('noteFlagCase', 'NoteFlagCaseInput', OFFICER, note);
    const again = await act('noteFlagCase', 'NoteFlagCaseInput', OFFICER, note);
    expect([first.ok, again]).toMatchObject([true, { ok: true, version: first.version }]);
    expect(await one(LEAD, reference)).toMatchObject({ notes: [{ by: 'probation-service/IGO-0001', text: TEXT }] });
    // What is being found out about somebody is no reading for themselves.
    const rename = 'update record.flag set practitioner = $1 where practitioner = $2 and subject is not null';
    await stack.sql(rename, [SECOND.practitioner, 'PRO-0001']);
    expect(await one(SECOND, reference)).toMatchObject({ barred: 'OWN_ACCESS', notes: [] });
    await stack.sql(rename, ['PRO-0001', SECOND.practitioner]);
    const [counted] = await stack.sql<{ found: number }>(
      `select count(*)::int as found from audit.entry where position('Spoke to' in convert_from(body, 'UTF8')) > 0`,
    );
    expect(counted?.found).toBe(0);
  });

  test('misconduct takes a second officer; then the case is closed, whatever the digest finds again', async () => {
    const misconduct = { outcome: 'MISCONDUCT_REFERRED', text: TEXT };
    const close = async (caller: AskOptions) =>
      act('closeFlagCase', 'CloseFlagCaseInput', caller, await input(caller, misconduct));
    const { reference } = await input(OFFICER);
    expect(await close(OFFICER)).toMatchObject({ ok: true });
    expect(await one(OFFICER, reference)).toMatchObject({
      state: 'CONFIRMING',
      proposedBy: 'IGO-0001',
      closedBy: null,
    });
    expect(await close(OFFICER)).toMatchObject({ ok: false, code: 'OWN_PROPOSAL' });
    expect(await close(SECOND)).toMatchObject({ ok: true });
    const closed = await one(OFFICER, reference);
    expect(closed).toMatchObject({
      state: 'CLOSED',
      outcome: 'MISCONDUCT_REFERRED',
      proposedBy: 'IGO-0001',
      closedBy: 'IGO-0002',
      allowedNow: [],
    });
    expect(
      await act('closeFlagCase', 'CloseFlagCaseInput', SECOND, {
        reference,
        expectedVersion: closed?.version,
        ...misconduct,
      }),
    ).toMatchObject({ ok: false, code: 'NOT_OPEN' });

    await stack.sql('update record.digest set next = 0');
    await stack.digest();
    expect(await one(OFFICER, reference)).toEqual(closed);
    expect(await cases(LEAD)).toEqual([]);
    expect((await cases(LEAD, { list: 'CLOSED' })).map((each) => each.reference)).toEqual([reference]);
  });

  test('SHARE-06 somebody who is restricted since is in no figure and no flag any more, but the case has its other flags', async () => {
    const refused = async () =>
      (await figures(LEAD)).find(({ measure, key }) => measure === 'OUTCOMES' && key === 'nothing-to-show')?.count ?? 0;
    const [before, [closed]] = [await refused(), await cases(LEAD, { list: 'CLOSED' })];
    const [, someone] = UNRELATED as [Subject, Subject];
    await stack.sql(
      `insert into record.restriction (person, type, owner, accounts, valid_from)
       values ($1, 'RESTRICTION', 'northmere-police', '{}', '2026-01-01')`,
      [someone.uuid],
    );
    await stack.digest();
    expect(await refused()).toBe(before - 1);
    const after = await one(LEAD, closed?.reference ?? '');
    // Those about the person, and those of a whole day in which the person is one of several.
    const rulesOf = (each?: Case | null) => new Set(each?.flags.map(({ rule }) => rule));
    expect([rulesOf(closed).has('REFUSED_LOOKUPS'), rulesOf(after).has('REFUSED_LOOKUPS')]).toEqual([true, false]);
    const gone = closed?.flags.filter(
      ({ rule, subject }) => !after?.flags.some((f) => f.rule === rule && f.subject === subject),
    );
    expect(new Set(gone?.flatMap(({ subject }) => subject ?? [])).size).toBe(1);
    expect(after?.flags.length).toBeGreaterThan(0);
    await stack.sql(`delete from record.restriction where person = $1`, [someone.uuid]);
    await stack.digest();
    expect([await refused(), await one(LEAD, closed?.reference ?? '')]).toEqual([before, closed]);
  });

  test('every look and every deed is an entry', async () => {
    const [counted] = await stack.sql<{ reviews: number; looks: number }>(
      `select count(*) filter (where kind = 'review')::int as reviews,
        count(*) filter (where kind = 'search' and position('"field":"flagCase' in convert_from(body, 'UTF8')) > 0)::int as looks
      from audit.entry`,
    );
    expect(counted?.reviews).toBe(11);
    expect(counted?.looks).toBeGreaterThan(10);
  });
});
