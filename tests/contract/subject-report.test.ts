import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parseSigner, parseVkey } from '../../src/audit/note.ts';
import { openReport } from '../../src/audit/subject-report.ts';
import { readRecord } from '../../src/gateway/read-record.ts';
import { loadBundle } from '../../src/policy/load/load.ts';
import { type AskOptions, population, type Stack, startStack } from '../stack/stack.ts';
import { askAs, HOUSING, OFFICER, POLICE, PROBATION, visible } from './callers.ts';
import { attempt, breakGlass } from './glass.ts';
import { type Subject, subjects } from './oracle/subject.ts';

const people = population();
const someone = (trait: Parameters<typeof subjects>[1], index = 0) => subjects(people, trait)[index] as Subject;
const officerAt = (partner: string) => ({ ...OFFICER, partner, purpose: 'SUBJECT_RIGHTS' });
const LEAD = { persona: 'ig-lead', partner: 'throughgate-board', purpose: 'SUBJECT_RIGHTS' } as const;

const REPORT = `query ($input: SubjectReportInput!) {
  subjectReport(input: $input) { note checkpoint total rows { month organisation purpose kinds times } }
}`;
/** Without the checkpoint beside it, which grows with whatever anybody asks. */
const NOTE = REPORT.replace('checkpoint', '');
const TELLINGS = `query ($list: TellingList) {
  tellings(list: $list, first: 500) {
    entry controller at requestId recipient purpose classes because dueAt decision ground reviewOn version
  }
}`;
const DECIDE = `mutation ($input: DecideTellingInput!) { decideTelling(input: $input) { ok code allowedNow version } }`;

interface Waiting {
  readonly entry: string;
  readonly requestId: string;
  readonly recipient: string;
  readonly classes: readonly string[];
  readonly because: readonly string[];
  readonly dueAt: string;
  readonly version: number;
}

let stack: Stack;
let today: string;

beforeAll(async () => {
  stack = await startStack();
  stack.clock.set(new Date(`${people.anchor}T10:00:00Z`));
  today = people.anchor;
});

afterAll(() => stack?.close());

function report(caller: AskOptions, type: string, value: string, query = REPORT) {
  const input = { identifier: { type, value }, from: '2020-01-01', to: '2027-12-31' };
  return stack.ask(query, { ...caller, variables: { input } });
}

const crnOf = (subject: Subject) => subject.identifiers['CRN'] as string;

async function reportOn(subject: Subject) {
  const answer = await report(officerAt('probation-service'), 'CRN', crnOf(subject));
  expect(answer.status, answer.text).toBe(200);
  return answer.body.data.subjectReport;
}

async function waiting(partner: string, list = 'WAITING'): Promise<Waiting[]> {
  const answer = await stack.ask(TELLINGS, { ...officerAt(partner), variables: { list } });
  expect(answer.status, answer.text).toBe(200);
  return answer.body.data.tellings;
}

async function decide(caller: AskOptions, entry: string, more: object = { decision: 'TELL' }, expectedVersion = 0) {
  const answer = await stack.ask(DECIDE, { ...caller, variables: { input: { entry, expectedVersion, ...more } } });
  return answer;
}

describe('the report of one person', () => {
  const subject = someone('allowed');

  test('tells who, why and what kinds, by name only of those who always are; signed by the key of the log', async () => {
    await askAs(stack, HOUSING, subject, 'identity { name } custody { releaseDate }');
    await askAs(stack, PROBATION, subject, 'custody { releaseDate } policing { markers { code } }');
    const { note, checkpoint, rows, total } = await reportOn(subject);
    expect(rows).toEqual([
      {
        month: today.slice(0, 7),
        organisation: 'Northmere Housing',
        purpose: 'To find you somewhere to live, or help you keep it',
        kinds: ['Who you are', 'Your time in custody and your release'],
        times: 1,
      },
      {
        month: today.slice(0, 7),
        organisation: 'The probation service',
        purpose: 'To prepare your release and the weeks after it',
        kinds: ['Your time in custody and your release'],
        times: 1,
      },
    ]);
    expect(total).toBe(2);
    const { vkey } = parseSigner(stack.config.auditSigningKey);
    const text = openReport(note, [parseVkey(vkey)]);
    expect(text).toContain('Some uses may be left out of this report');
    expect(text).toContain('Uses shown: 2');
    expect(text).not.toMatch(/NHO-|PRO-|Northmere Police/);
    expect(checkpoint).toMatch(/^log\.example\n\d+\n/);
  });

  test('is the same from the lead, by any number', async () => {
    const answer = await report(LEAD, 'NHS_NUMBER', subject.identifiers['NHS_NUMBER'] as string);
    expect(answer.body.data.subjectReport.rows).toEqual((await reportOn(subject)).rows);
  });

  test('is asked for by a number of the officer’s own partner only', async () => {
    const answer = await report(
      officerAt('probation-service'),
      'NHS_NUMBER',
      subject.identifiers['NHS_NUMBER'] as string,
    );
    expect(answer.body.errors[0].extensions.code).toBe('BAD_IDENTIFIER');
  });

  test('is an entry of the log, without the number', async () => {
    const answer = await report(officerAt('probation-service'), 'CRN', crnOf(subject));
    const entries = await stack.entries(answer.body.extensions.requestId);
    expect(entries.map(({ kind }) => kind)).toEqual(['request', 'search']);
    expect(entries[1]).toMatchObject({ field: 'subjectReport', found: 2, outcome: 'answered' });
    expect(JSON.stringify(entries)).not.toContain(crnOf(subject));
  });

  test.each([
    ['in the wrong order', { from: '2026-02-01', to: '2026-01-01' }],
    ['before there was any log', { from: '0001-01-01', to: '0001-01-02' }],
  ])('of days %s is refused', async (_, days) => {
    const input = { identifier: { type: 'CRN', value: crnOf(subject) }, ...days };
    const answer = await stack.ask(REPORT, { ...officerAt('probation-service'), variables: { input } });
    expect(answer.body.errors[0].extensions.code).toBe('BAD_USER_INPUT');
  });
});

describe('what waits for its controllers', () => {
  const subject = someone('allowed', 1);

  test('is given to each of them with the clock of the law, decided, and only then told', async () => {
    await askAs(stack, POLICE, subject, 'custody { releaseDate }');
    const before = await reportOn(subject);
    expect(before).toMatchObject({ rows: [], total: 0 });

    const [work] = await stack.sql<{ due_at: Date; partners: string }>(
      `select max(due_at) as due_at, string_agg(partner, ' ' order by partner) as partners from record.work_item
       where kind = 'SUBJECT_REPORT_DECISION' and person = $1 and open`,
      [subject.uuid],
    );
    expect(work?.partners).toBe('hmpps-prisons northmere-police');
    const days = ((work?.due_at.getTime() ?? 0) - Date.parse(`${today}T00:00:00Z`)) / 86_400_000;
    expect(days).toBeGreaterThan(28);
    expect(days).toBeLessThan(32);

    const [prison] = await waiting('hmpps-prisons');
    const [police] = await waiting('northmere-police');
    expect(prison).toMatchObject({
      recipient: 'northmere-police',
      purpose: 'PUBLIC_PROTECTION',
      classes: ['custody.release'],
      because: ['PURPOSE', 'RECIPIENT'],
      decision: null,
      version: 0,
    });
    expect(police?.entry).toBe(prison?.entry);
    expect(await waiting('probation-service')).toEqual([]);

    const first = await decide(officerAt('hmpps-prisons'), String(prison?.entry));
    expect(first.body.data.decideTelling).toEqual({ ok: true, code: null, allowedNow: ['tellings'], version: 1 });
    const [review] = (await stack.entries(first.body.extensions.requestId)).slice(1);
    expect(review).toMatchObject({ kind: 'review', outcome: 'TELL', entry: prison?.entry });
    expect((await reportOn(subject)).note).toBe(before.note);
    expect(await waiting('hmpps-prisons')).toEqual([]);

    await decide(officerAt('northmere-police'), String(prison?.entry));
    expect(await reportOn(subject)).toMatchObject({
      rows: [{ organisation: 'A police force', purpose: 'To protect the public' }],
      total: 1,
    });
    expect(
      await stack.sql(`select from record.work_item where kind = 'SUBJECT_REPORT_DECISION' and person = $1 and open`, [
        subject.uuid,
      ]),
    ).toEqual([]);
  });

  test('a decision is not taken twice at once, nor by another partner, nor about what does not wait', async () => {
    const [decided] = await stack.sql<{ entry_id: string }>('select entry_id from record.telling limit 1');
    const entry = String(decided?.entry_id);
    const again = await decide(officerAt('hmpps-prisons'), entry);
    expect(again.body.data.decideTelling).toMatchObject({ ok: false, code: 'VERSION_CONFLICT' });
    for (const [partner, of] of [
      ['probation-service', entry],
      ['hmpps-prisons', '00000000-0000-4000-8000-000000000000'],
      ['hmpps-prisons', 'nothing'],
    ] as const) {
      const answer = await decide(officerAt(partner), of);
      expect(answer.body.data.decideTelling).toEqual({ ok: false, code: 'NOT_OPEN', allowedNow: [], version: null });
    }
  });

  test('may be kept back on a ground, for a time, and waits again when the time is over', async () => {
    const [decided] = await stack.sql<{ entry_id: string }>('select entry_id from record.telling limit 1');
    const entry = String(decided?.entry_id);
    const officer = officerAt('northmere-police');
    const next = new Date(Date.parse(today) + 30 * 86_400_000).toISOString().slice(0, 10);
    const keep = { decision: 'WITHHOLD', ground: 'CRIME', reviewOn: next };
    for (const wrong of [
      { ...keep, ground: null },
      { ...keep, ground: 'BECAUSE' },
      { ...keep, reviewOn: null },
      { ...keep, reviewOn: today },
      { ...keep, reviewOn: '2099-01-01' },
      { ...keep, decision: 'TELL' },
    ]) {
      const answer = await decide(officer, entry, wrong, 1);
      expect(answer.body.errors[0].extensions.code).toBe('BAD_USER_INPUT');
    }
    const kept = await decide(officer, entry, keep, 1);
    expect(kept.body.data.decideTelling).toMatchObject({ ok: true, version: 2 });
    expect(await stack.entries(kept.body.extensions.requestId)).toContainEqual(
      expect.objectContaining({ kind: 'review', outcome: 'WITHHOLD_CRIME', entry }),
    );
    expect(await reportOn(subject)).toMatchObject({ rows: [], total: 0 });
    expect(await waiting('northmere-police')).toEqual([]);
    expect(await waiting('northmere-police', 'WITHHELD')).toMatchObject([{ entry, ground: 'CRIME', reviewOn: next }]);
    const lead = await stack.ask(TELLINGS, { ...LEAD, variables: { list: 'WITHHELD' } });
    expect(lead.body.data.tellings).toMatchObject([{ entry, controller: 'northmere-police', ground: 'CRIME' }]);

    stack.clock.set(new Date(`${next}T10:00:00Z`));
    try {
      expect(await waiting('northmere-police')).toMatchObject([{ entry, decision: 'WITHHOLD', version: 2 }]);
      expect(await reportOn(subject)).toMatchObject({ rows: [], total: 0 });
    } finally {
      stack.clock.set(new Date(`${today}T10:00:00Z`));
    }
  });

  test('is never decided by whoever’s use it is, a use that was refused among them', async () => {
    const other = someone('allowed', 2);
    const [officer, colleague] = ['IGO-0001', 'IGO-0002'].map((practitioner) => ({
      ...officerAt('northmere-police'),
      practitioner,
    }));
    const id = (await askAs(stack, POLICE, other, 'id')).body.data.person.id;
    const refused = await stack.ask(`{ person(id: "${id}") { id } }`, officer);
    expect(refused.body.data.person).toBeNull();
    await reportOn(other);
    const { requestId } = refused.body.extensions;
    const mine = (await waiting('northmere-police')).find((each) => each.requestId === requestId);
    expect(mine).toMatchObject({ because: ['RECIPIENT', 'REFUSED'], classes: [] });
    const own = await decide(officer ?? {}, String(mine?.entry));
    expect(own.body.data.decideTelling).toMatchObject({ ok: false, code: 'OWN_ACCESS' });
    const others = await decide(colleague ?? {}, String(mine?.entry));
    expect(others.body.data.decideTelling).toMatchObject({ ok: true });
    expect((await reportOn(other)).rows).toMatchObject([{ organisation: 'A police force', kinds: [], times: 1 }]);
  });
});

describe('what is kept back about somebody of whom the reader may not know any more', () => {
  const held = someone('allowed', 4);
  const next = someone('allowed', 5);
  const first = (partner: string) =>
    stack
      .ask('{ tellings(list: WITHHELD, first: 1) { entry } }', officerAt(partner))
      .then(({ body }) => body.data.tellings);

  test('shortens no list; a decision about it that was refused before names no entry to those who may not read it', async () => {
    const used: string[] = [];
    for (const subject of [held, next]) {
      const { requestId } = (await askAs(stack, POLICE, subject, 'custody { releaseDate }')).body.extensions;
      await reportOn(subject);
      used.push(String((await waiting('hmpps-prisons')).find((each) => each.requestId === requestId)?.entry));
    }
    const day = (days: number) => new Date(Date.parse(today) + days * 86_400_000).toISOString().slice(0, 10);
    for (const [index, entry] of used.entries()) {
      const keep = { decision: 'WITHHOLD', ground: 'CRIME', reviewOn: day(index + 1) };
      await decide(officerAt('hmpps-prisons'), entry, keep);
    }
    const refused = await decide(officerAt('hmpps-prisons'), String(used[0]));
    expect(refused.body.data.decideTelling.code).toBe('VERSION_CONFLICT');
    expect(await first('hmpps-prisons')).toEqual([{ entry: used[0] }]);

    await stack.sql(
      `insert into record.restriction (person, type, owner, reference, accounts, desks, unresolved, valid_from)
       values ($1, 'RESTRICTION', 'northmere-police', 'SR-2', '{}', '{}', '{}', '2020-01-01')`,
      [held.uuid],
    );
    expect(await first('hmpps-prisons')).toEqual([{ entry: used[1] }]);
    const { requestId } = refused.body.extensions;
    const read = await stack.ask(
      `{ logEntries(filter: {from: "2020-01-01T00:00:00Z", to: "2100-01-01T00:00:00Z", requestId: "${requestId}"}) {
        entries { kind entry }
      } }`,
      officerAt('hmpps-prisons'),
    );
    expect(read.body.data.logEntries.entries).toEqual([]);
  });
});

describe('two people who differ only in what is left out', () => {
  test('have the same report but for the number: refused, opened under break-glass, used by police, or nothing at all', async () => {
    const nobody = someone('unrelated', 0);
    const refused = someone('unrelated', 1);
    const opened = someone('breakGlass', 0);
    expect((await askAs(stack, HOUSING, refused)).body.data.person).toBeNull();
    await breakGlass(stack, PROBATION, attempt('CRN', crnOf(opened)));
    await askAs(stack, PROBATION, opened, 'risk { riskToStaff }');
    const plain = async (subject: Subject) => {
      const { body, ...rest } = visible(await report(officerAt('probation-service'), 'CRN', crnOf(subject), NOTE));
      return { ...rest, body: body.replaceAll(crnOf(subject), 'number').replace(/— log\.example [\w+/=]+/, 'signed') };
    };
    const one = await plain(nobody);
    expect(await plain(refused)).toEqual(one);
    expect(await plain(opened)).toEqual(one);
    // A number that names nobody, and somebody of whom the officer may not know.
    expect(await plain({ ...nobody, identifiers: { ...nobody.identifiers, CRN: 'X000000' } })).toEqual(one);
  });

  test('leave no earlier than the hold, whoever it was', async () => {
    const { telling } = await loadBundle(stack.config.policiesDir, await readRecord(stack.config.schemaDir));
    for (const value of [crnOf(someone('unrelated')), 'X000000']) {
      const before = performance.now();
      await report(officerAt('probation-service'), 'CRN', value, NOTE);
      expect(performance.now() - before).toBeGreaterThanOrEqual(telling.holdMilliseconds);
    }
  });

  test('SHARE-06 somebody whom another partner restricts has the report of nobody, and gives nobody else work', async () => {
    const subject = someone('allowed', 3);
    await askAs(stack, HOUSING, subject, 'identity { name }');
    const used = await askAs(stack, POLICE, subject, 'custody { releaseDate }');
    await stack.sql(
      `insert into record.restriction (person, type, owner, reference, accounts, desks, unresolved, valid_from)
       values ($1, 'RESTRICTION', 'hmpps-prisons', 'SR-1', '{}', '{}', '{}', '2020-01-01')`,
      [subject.uuid],
    );
    expect(await reportOn(subject)).toMatchObject({ rows: [], total: 0 });
    const items = () =>
      stack.sql(`select partner from record.work_item where kind = 'SUBJECT_REPORT_DECISION' and person = $1`, [
        subject.uuid,
      ]);
    expect(await items()).toEqual([]);
    const owner = await report(
      officerAt('hmpps-prisons'),
      'PRISON_NUMBER',
      subject.identifiers['PRISON_NUMBER'] as string,
    );
    expect(owner.body.data.subjectReport.rows).toHaveLength(1);
    expect(await items()).toEqual([{ partner: 'hmpps-prisons' }]);
    // What waits for the force too is not the force's to know, nor to decide.
    const mine = (await waiting('hmpps-prisons')).find(({ requestId }) => requestId === used.body.extensions.requestId);
    expect(mine).toMatchObject({ recipient: 'northmere-police' });
    expect((await waiting('northmere-police')).filter(({ entry }) => entry === mine?.entry)).toEqual([]);
    const tried = await decide(officerAt('northmere-police'), String(mine?.entry));
    expect(tried.body.data.decideTelling).toMatchObject({ ok: false, code: 'NOT_OPEN' });
    const lead = await report(LEAD, 'CRN', crnOf(subject));
    expect(lead.body.data.subjectReport.rows).toEqual([]);
  });
});
