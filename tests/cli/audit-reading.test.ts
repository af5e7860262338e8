import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parseApprovals } from '../../src/policy/approvals.ts';
import { askAs, HOUSING, OFFICER, POLICE, PROBATION } from '../contract/callers.ts';
import { type Subject, subjects } from '../contract/oracle/subject.ts';
import { population, type Stack, startStack } from '../stack/stack.ts';
import { throughgate } from './program.ts';

const people = population();
const someone = (trait: Parameters<typeof subjects>[1], index = 0) => subjects(people, trait)[index] as Subject;
const MERGED = someone('merged');
const FORMER = MERGED.former['PRISON_NUMBER'] as string;
const PRISON_OFFICER = { ...OFFICER, partner: 'hmpps-prisons' };
const LEAD = { persona: 'ig-lead', partner: 'throughgate-board' };
const APPROVALS = {
  name: 'APPROVALS.md',
  text: readFileSync(join(import.meta.dirname, '../../policies/APPROVALS.md'), 'utf8'),
};
const BIN = join(import.meta.dirname, '../../bin/throughgate.js');
const SPAN = ['--from', '2020-01-01', '--to', '2100-01-01T00:00:00Z'];

let stack: Stack;
let folder: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'throughgate-reading-'));
  stack = await startStack();
});

afterAll(async () => {
  await stack?.close();
  rmSync(folder, { recursive: true, force: true });
});

/** The command, as somebody who is given a token in a file. */
async function as(caller: { persona: string; partner: string; practitioner?: string }, ...argv: string[]) {
  const { persona, ...whose } = caller;
  const file = join(folder, [persona, ...Object.values(whose)].join('-'));
  writeFileSync(file, `${await stack.token(persona, whose)}\n`);
  return throughgate([...argv, '--gateway', stack.url, '--token', file]);
}

async function json(caller: { persona: string; partner: string }, ...argv: string[]) {
  const outcome = await as(caller, ...argv, '--json');
  expect(outcome.exitCode, outcome.stderr).toBe(0);
  return JSON.parse(outcome.stdout);
}

const asked = async (caller: Parameters<typeof askAs>[1], subject: Subject, selection?: string): Promise<string> =>
  (await askAs(stack, caller, subject, selection)).body.extensions.requestId;

describe('audit case-file', () => {
  const number = (value: unknown) => ['--identifier', `PRISON_NUMBER:${value}`, ...SPAN];

  test('has what was shown and what was refused, by every number of the person, and who approved the policy', async () => {
    const shown = await asked(PROBATION, MERGED, 'custody { releaseDate }');
    // A number of theirs that named nobody when somebody asked by it: the link came later.
    const link = await stack.sql<{ holder: string }>(
      `delete from record.link where type = 'NHS_NUMBER' and person = $1 returning *`,
      [MERGED.uuid],
    );
    const value = MERGED.identifiers['NHS_NUMBER'] as string;
    const tried = await stack.ask(`{ person(identifier: {type: "NHS_NUMBER", value: "${value}"}) { id } }`, {
      persona: 'health-practitioner',
      partner: 'health-service',
      purpose: 'HEALTH_CONTINUITY',
    });
    expect(tried.body.extensions.nothingToShow, tried.text).toHaveLength(1);
    await stack.sql('insert into record.link select * from jsonb_populate_recordset(null::record.link, $1)', [
      JSON.stringify(link),
    ]);

    const file = await json(LEAD, 'audit', 'case-file', ...number(FORMER));
    const told = file.entries.map(({ entry }: { entry: { requestId: string; outcome: string } }) => entry);
    expect(told.map(({ requestId, outcome }: { requestId: string; outcome: string }) => [requestId, outcome])).toEqual([
      [shown, 'shown'],
      [tried.body.extensions.requestId, 'nothing-to-show'],
    ]);
    const approval = parseApprovals(APPROVALS).approvals.find(({ hash }) => hash === told[0].policy);
    expect(file.policies).toEqual([
      {
        policy: told[0].policy,
        first: told[0].at,
        last: told[1].at,
        approver: approval?.approver ?? null,
        approvedOn: approval?.date ?? null,
        reference: approval?.reference ?? null,
      },
    ]);

    const colleague = { ...LEAD, practitioner: 'IGL-0002' };
    const { stdout } = await as(colleague, 'audit', 'case-file', ...number(MERGED.identifiers['PRISON_NUMBER']));
    expect(stdout).toMatch(/shown from hmpps-prisons: Custody\.releaseDate/);
    expect(stdout).toMatch(/A relationship of the type SUPERVISION_ALLOCATION carries the purpose/);
    expect(stdout).toMatch(/Decided by the policies/);
    // The first look, by somebody else, is an entry about them too.
    expect(stdout).toMatch(/ search: answered/);
    for (const secret of [FORMER, value, ...Object.values(MERGED.identifiers).map(String)]) {
      expect(stdout).not.toContain(secret);
    }
  });

  test('SHARE-04 nobody, somebody restricted and somebody sealed have one answer', async () => {
    await asked(PROBATION, someone('restrictedListed'), 'custody { releaseDate }');
    const numbers = [
      'A0000AA',
      ...(['restrictedListed', 'sealed'] as const).map((trait) => someone(trait).identifiers['PRISON_NUMBER']),
    ];
    const answers: unknown[] = [];
    for (const value of numbers) answers.push(await json(PRISON_OFFICER, 'audit', 'case-file', ...number(value)));
    expect(answers).toEqual(numbers.map(() => ({ entries: [], policies: [] })));
    const said = await as(PRISON_OFFICER, 'audit', 'case-file', ...number('A0000AA'));
    expect(said.stdout).toBe('There is nothing that you may read.\n');
    // Its owner reads on, and who looked for them.
    const crn = ['--identifier', `CRN:${someone('restrictedListed').identifiers['CRN']}`, ...SPAN];
    expect((await json(OFFICER, 'audit', 'case-file', ...crn)).entries).toMatchObject([
      { entry: { kind: 'disclosure', side: 'RECIPIENT' } },
      { entry: { kind: 'search', side: 'OWNER', partner: 'hmpps-prisons' } },
    ]);
  });

  test('an answer that did not reach the caller is told as that', async () => {
    const subject = someone('allowed', 1);
    const requestId = await asked(PROBATION, subject);
    const crn = ['--identifier', `CRN:${subject.identifiers['CRN']}`, ...SPAN];
    expect((await json(OFFICER, 'audit', 'case-file', ...crn)).entries[0].delivered).toBe(true);
    const [request] = await stack.sql<{ body: Buffer }>(
      `select body from audit.entry where request_id = $1 and kind = 'request'`,
      [requestId],
    );
    const lost = { ...JSON.parse(String(request?.body)), id: crypto.randomUUID(), outcome: 'not-delivered' };
    await stack.sql(
      `insert into audit.entry (index, id, at, kind, request_id, body, period)
        select max(index) + 1000, $1, now(), 'request', $2, $3, date_trunc('month', now()) from audit.entry`,
      [lost.id, requestId, Buffer.from(JSON.stringify(lost))],
    );
    expect((await json(OFFICER, 'audit', 'case-file', ...crn)).entries[0].delivered).toBe(false);
    const { stdout } = await as(OFFICER, 'audit', 'case-file', ...crn);
    expect(stdout).toContain('the answer did not reach the caller');
  });
});

describe('audit explain', () => {
  test('says every gate of every entry of a request, in the reader’s side', async () => {
    const requestId = await asked(PROBATION, someone('unrelated'));
    const lead = await as(LEAD, 'audit', 'explain', '--request', requestId);
    expect(lead.stdout).toMatch(/ request: answered/);
    expect(lead.stdout).toMatch(/NO {2}relationship +The caller has no relationship with the person/);
    const own = await as(OFFICER, 'audit', 'explain', '--request', requestId);
    expect(own.stdout).toMatch(/ refusal: nothing-to-show/);
    expect(own.stdout).not.toMatch(/relationship/);
    const other = await as(PRISON_OFFICER, 'audit', 'explain', '--request', requestId);
    expect([other.exitCode, other.stdout]).toEqual([0, 'There is nothing that you may read.\n']);
    expect(await json(LEAD, 'audit', 'explain', '--request', requestId)).toMatchObject([
      { kind: 'request' },
      { kind: 'refusal' },
    ]);
  });
});

describe('audit incident', () => {
  test('has one account’s window: whose information, which kinds, and whom to tell', async () => {
    const account = { ...POLICE, practitioner: 'NPO-0002' };
    const question = ['audit', 'incident', '--practitioner', 'NPO-0001', ...SPAN];
    await asked(POLICE, someone('allowed'), 'custody { releaseDate } policing { markers { code } }');
    await asked(POLICE, someone('allowed'), 'custody { releaseDate }');
    await asked(POLICE, someone('allowed', 1), 'policing { markers { code } }');
    await asked(POLICE, someone('unrelated'));
    await asked(account, someone('allowed', 2), 'custody { releaseDate }');

    const whole = await json({ ...OFFICER, partner: POLICE.partner }, ...question);
    expect(
      whole.people.map(({ times, controllers }: { times: number; controllers: string[] }) => [times, controllers]),
    ).toEqual([
      [2, expect.arrayContaining(['hmpps-prisons', 'northmere-police'])],
      [1, expect.arrayContaining(['northmere-police'])],
    ]);
    expect(whole).toMatchObject({
      refused: 1,
      controllers: expect.arrayContaining([{ partner: 'hmpps-prisons', people: 1, classes: ['custody.release'] }]),
    });
    // A holder reads of its own data; the lead of whichever partner is named.
    const prisons = await json(PRISON_OFFICER, ...question, '--partner', POLICE.partner);
    expect(prisons).toMatchObject({ people: [{ times: 2, controllers: ['hmpps-prisons'] }], refused: 0 });
    expect(await json(LEAD, ...question, '--partner', POLICE.partner)).toEqual(whole);
    const { stdout } = await as(LEAD, ...question, '--partner', POLICE.partner);
    expect(stdout).toMatch(/^People whose information was shown: 2\. Asked about somebody and shown nothing: once\.\n/);
    expect(stdout).toMatch(/hmpps-prisons: of 1 person, custody\.release/);
  });

  test('adds the numbers of the controllers that must be told, once two people agreed to it', async () => {
    const subject = someone('twoReleases');
    await asked({ ...PROBATION, persona: 'probation-manager' }, subject, 'custody { releaseDate }');
    const question = ['audit', 'incident', '--practitioner', 'PRM-0001', '--partner', PROBATION.partner, ...SPAN];
    const [{ subject: pseudonym }] = (await json(LEAD, ...question)).people;
    const ask = (query: string, practitioner: string, input: object) =>
      stack.ask(query, { ...LEAD, practitioner, purpose: 'IG_ASSURANCE', variables: { input } });
    const { body } = await ask(
      'mutation ($input: AskForNamesInput!) { askForNames(input: $input) { reference } }',
      'IGL-0001',
      { subjects: [pseudonym], reason: 'BREACH', idempotencyKey: 'names-of-the-incident' },
    );
    const { reference } = body.data.askForNames;
    const early = await as(LEAD, ...question, '--names', reference);
    expect([early.exitCode, early.stderr]).toEqual([1, expect.stringContaining('NOT_AGREED')]);
    await ask('mutation ($input: AgreeToNamesInput!) { agreeToNames(input: $input) { ok } }', 'IGL-0002', {
      reference,
    });
    const number = { holder: 'hmpps-prisons', type: 'PRISON_NUMBER', value: subject.identifiers['PRISON_NUMBER'] };
    expect((await json(LEAD, ...question, '--names', reference)).people).toMatchObject([{ identifiers: [number] }]);
    const { stdout } = await as(LEAD, ...question, '--names', reference);
    expect(stdout).toContain(`  known to hmpps-prisons as PRISON_NUMBER ${number.value}\n`);
  });
});

describe('audit correction', () => {
  test('lists who received fields of the holders that knew the wrong one', async () => {
    const subject = someone('bothForces');
    const requestId = await asked(PROBATION, subject, 'custody { releaseDate sentenceType }');
    await asked(HOUSING, subject, 'identity { name }');
    const of = (holders: string) =>
      json(
        LEAD,
        'audit',
        'correction',
        '--identifier',
        `CRN:${subject.identifiers['CRN']}`,
        '--holders',
        holders,
        ...SPAN,
      );
    const { recipients } = await of('hmpps-prisons,northmere-police');
    expect(recipients).toMatchObject([
      {
        requestId,
        partner: 'probation-service',
        practitioner: 'PRO-0001',
        fields: [
          { holder: 'hmpps-prisons', field: 'Custody.releaseDate' },
          { holder: 'hmpps-prisons', field: 'Custody.sentenceType' },
        ],
        delivered: true,
      },
      { partner: 'northmere-housing', fields: [{ holder: 'hmpps-prisons', field: 'Identity.name' }] },
    ]);
    expect((await of('health-service')).recipients).toEqual([]);
    const wrong = await as(
      LEAD,
      'audit',
      'correction',
      '--identifier',
      'CRN:X000000',
      '--holders',
      'hmpps-prison',
      ...SPAN,
    );
    expect([wrong.exitCode, wrong.stderr]).toEqual([2, expect.stringContaining('did you mean hmpps-prisons')]);
  });
});

describe('a command that asks the gateway', () => {
  const CRN = ['audit', 'case-file', '--identifier', 'CRN:X000000', ...SPAN];

  test.each([
    ['no token', CRN, 'there is no token'],
    ['no such file', [...CRN, '--token', '/nonexistent'], '--token: there is no such file'],
    ['a file without one', [...CRN, '--token', import.meta.filename], '--token: what is there is no access token'],
    ['plain http elsewhere', [...CRN, '--gateway', 'http://gateway.example'], '--gateway must be an https:// URL'],
    ['no span', ['audit', 'case-file', '--identifier', 'CRN:X000000'], '--from is missing\n--to is missing'],
    [
      'an identifier without a type',
      ['audit', 'case-file', '--identifier', 'Z999999', ...SPAN],
      '--identifier must be',
    ],
    ['no request', ['audit', 'explain'], '--request is missing'],
    ['no practitioner', ['audit', 'incident', ...SPAN], '--practitioner is missing'],
    ['no holders', ['audit', 'correction', '--identifier', 'CRN:X000000', ...SPAN], '--holders is missing'],
  ])('says what is wrong: %s', async (what, argv, expected) => {
    const variables = what === 'no token' ? {} : { THROUGHGATE_TOKEN: 'token' };
    const { exitCode, stderr } = await throughgate(argv, variables);
    expect([exitCode, stderr]).toEqual([1, expect.stringContaining(expected)]);
    expect(stderr).not.toContain('Z999999');
  });

  test('reads the number from standard input, away from the history of a shell', async () => {
    const number = `PRISON_NUMBER:${MERGED.identifiers['PRISON_NUMBER']}\n`;
    const argv = ['audit', 'case-file', '--identifier', '-', ...SPAN, '--gateway', stack.url, '--json'];
    const env = { PATH: process.env['PATH'], THROUGHGATE_TOKEN: await stack.token(LEAD.persona, LEAD) };
    const asking = promisify(execFile)(process.execPath, [BIN, ...argv], { env, timeout: 15_000 });
    asking.child.stdin?.end(number);
    const { stdout } = await asking;
    expect(JSON.parse(stdout).entries.length).toBeGreaterThan(0);
  });

  test('says that the gateway refused, in its words, and which role it takes', async () => {
    const wrong = await as(OFFICER, 'audit', 'case-file', '--identifier', 'PRISON_NUMBER:A0000AA', ...SPAN);
    expect([wrong.exitCode, wrong.stderr]).toEqual([2, expect.stringContaining('CRN')]);
    const practitioner = await as(PROBATION, ...CRN);
    expect([practitioner.exitCode, practitioner.stderr]).toEqual([
      2,
      expect.stringContaining('takes an information governance role'),
    ]);
    const stranger = await throughgate([...CRN, '--gateway', stack.url], { THROUGHGATE_TOKEN: 'x.y.z' });
    expect([stranger.exitCode, stranger.stdout]).toEqual([2, '']);
  });

  test('says that there is no answer to be had', async () => {
    const closed = createServer();
    await new Promise<void>((resolve) => closed.listen(0, '127.0.0.1', resolve));
    const { port } = closed.address() as AddressInfo;
    await new Promise((resolve) => closed.close(resolve));
    const message = `No gateway answers at http://127.0.0.1:${port}: see that it runs there, or give --gateway URL\n`;
    const gone = await throughgate([...CRN, '--gateway', `http://127.0.0.1:${port}`], { THROUGHGATE_TOKEN: 'token' });
    expect([gone.exitCode, gone.stderr]).toEqual([3, message]);
    const usual = await throughgate(CRN, { THROUGHGATE_TOKEN: 'token', PORT: String(port) });
    expect([usual.exitCode, usual.stderr]).toEqual([3, message]);
  });
});
