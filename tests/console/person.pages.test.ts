import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { kindsOf, USUAL_KINDS } from '../../src/console/pages/person/kinds.ts';
import type { KnownAnswers, Row } from '../../src/demo/activity/answers.ts';
import { buildBundle } from '../../src/policy/load/load.ts';
import { londonDay } from '../../src/record/london.ts';
import { askAs, OFFICER, PROBATION } from '../contract/callers.ts';
import { type Subject, subjects } from '../contract/oracle/subject.ts';
import { record, texts } from '../policy/load/real.ts';
import { population, type Stack, startStack } from '../stack/stack.ts';
import { seedYear } from '../stack/year.ts';
import { type Officer, signIn } from './officer.ts';
import type { Page } from './page.ts';

const people = population();
const someone = (trait: Parameters<typeof subjects>[1]) => subjects(people, trait)[0] as Subject;
const WITHDRAWN = someone('permissionWithdrawn');
/** By probation. */
const RESTRICTED = someone('restrictedListed');
const policy = buildBundle(texts, record);
const CAPTION = 'Accesses, those without an open reason first';

let stack: Stack;
let answers: KnownAnswers;
let lead: Officer;
let probation: Officer;
let housing: Officer;

beforeAll(async () => {
  stack = await startStack();
  answers = (await seedYear(stack, 1_500)).answers();
  const barred = `insert into record.manager (partner, practitioner, team, valid_from) values ($1, 'IGO-0002', 'PRO-UNIT', '2020-01-01')`;
  await stack.sql(barred, [PROBATION.partner]);
  await stack.digest();
  [lead, probation, housing] = await Promise.all([
    signIn(stack, { persona: 'ig-lead' }),
    signIn(stack),
    signIn(stack, { partner: 'southdale-housing' }),
  ]);
}, 120_000);

afterAll(() => stack?.close());

const slashed = (day: string) => day.split('-').reverse().map(Number).join('/');
const entriesIn = ({ html }: Page) => [...html.matchAll(/\/entry\/([0-9a-f-]{36})"/g)].map(([, id]) => id);
const numberAt = (holder: string) => {
  const { type = '', value = '' } = answers.person.numbers.find((number) => number.holder === holder) ?? {};
  return { type, value };
};
const asked = (number: { readonly type: string; readonly value: string }, kinds = USUAL_KINDS) => ({
  ...number,
  from: slashed(answers.person.from),
  to: slashed(answers.person.to),
  kinds,
});

describe('Person', () => {
  const classes = new Set(kindsOf(policy).flatMap((kind) => (USUAL_KINDS.includes(kind.code) ? kind.classes : [])));
  const isAsked = (row: Row) => !row.shown || row.classes.some((name) => classes.has(name));
  const newest = (rows: readonly Row[]) => rows.toSorted((one, other) => other.at.getTime() - one.at.getTime());

  test('the lead finds everybody who saw or tried, by any number and a merged one, unexplained first', async () => {
    const known = newest(answers.person.rows.filter(isAsked));
    expect(new Set(known.map(({ explained }) => explained))).toEqual(new Set([true, false]));
    const expected = [...known.filter((row) => !row.explained), ...known.filter((row) => row.explained)];
    for (const number of answers.person.numbers) {
      const page = await lead.post('/person', asked(number));
      expect(page.status, page.text).toBe(200);
      expect(entriesIn(page)).toEqual(expected.map(({ entry }) => entry));
    }
    const rows = (await lead.post('/person', asked(numberAt('probation-service')))).rows(CAPTION) ?? [];
    for (const [index, row] of rows.entries()) {
      expect(row['Who']).toContain(expected[index]?.practitioner);
      expect(row['Open reason that day?']?.startsWith('No open reason')).toBe(!expected[index]?.explained);
    }
  });

  test('an officer finds their own staff and who saw their own partner’s data, and of a refusal no reason', async () => {
    const page = await probation.post('/person', asked(numberAt('probation-service')));
    const found = new Set(entriesIn(page));
    const known = answers.person.rows.filter(isAsked);
    const own = known.filter(({ partner }) => partner === 'probation-service');
    expect(own.filter(({ entry }) => !found.has(entry))).toEqual([]);
    const others = known.filter(({ entry, partner }) => found.has(entry) && partner !== 'probation-service');
    expect(others.length).toBeGreaterThan(0);
    expect(others.filter(({ shown }) => !shown)).toEqual([]);
    const rows = page.rows(CAPTION) ?? [];
    const refused = own.filter(({ shown }) => !shown);
    expect(refused.length).toBeGreaterThan(0);
    for (const { practitioner } of refused) {
      expect(rows.find((row) => row['Who']?.includes(practitioner))?.['Open reason that day?']).toMatch(
        /^You are not told/,
      );
    }
    const elsewhere = new Set(others.map(({ practitioner }) => practitioner));
    for (const id of elsewhere) expect(page.link(id)).toBeNull();
  });

  test('SHARE-04 somebody restricted, somebody whom nobody looked at and nobody are one page', async () => {
    const numbers = [RESTRICTED, someone('unrelated')].map((subject) => subject.numberAt('southdale-housing')?.value);
    const pages: string[] = [];
    for (const value of [...numbers, 'HA-9999999']) {
      const page = await housing.post('/person', asked({ type: 'HOUSING_APPLICATION', value: String(value) }));
      expect([page.status, page.rows(CAPTION)]).toEqual([200, null]);
      expect(page.text).toContain('Nothing was found that you may read.');
      const handle = page.url.split('/').at(-1) ?? '';
      pages.push(page.html.replaceAll(handle, '').replaceAll(String(value), ''));
    }
    expect(pages[1]).toBe(pages[0]);
    expect(pages[2]).toBe(pages[0]);
  });

  test('a number stands in no address, and the address is good for nobody else', async () => {
    const number = numberAt('probation-service');
    const page = await probation.post('/person', asked(number));
    expect(page.url).not.toContain(number.value);
    const path = page.url.slice(page.url.indexOf('/person/'));
    for (const other of [lead, housing]) {
      const theirs = await other.get(path);
      expect([theirs.status, theirs.rows(CAPTION), theirs.problems]).toEqual([
        404,
        null,
        [expect.stringContaining('enter the number again')],
      ]);
    }
    const again = await probation.get((page.link('Ask about somebody else, or about other days') ?? '').slice(8));
    expect(again.form('/console/person')).toMatchObject({ value: number.value, from: slashed(answers.person.from) });
  });

  test('what is wrong is said at its field, and what was typed stays', async () => {
    const none = await lead.post('/person', { type: 'CRN', value: '', from: '31/2/2026', to: '1/3/2026' });
    expect(none.status).toBe(400);
    expect(none.problems).toHaveLength(3);
    expect(none.form('/console/person')).toMatchObject({ type: 'CRN', from: '31/2/2026', to: '1/3/2026' });
    const wrong = await lead.post('/person', asked({ type: 'CRN', value: '"><script>alert(1)</script>' }));
    expect([wrong.status, wrong.problems]).toEqual([400, [expect.stringContaining('One looks like X000000')]]);
    expect(wrong.html).not.toContain('<script');
    expect(wrong.form('/console/person')).toMatchObject({ value: '"><script>alert(1)</script>' });
  });

  test('AUDIT-03 what was withheld is found by whoever may read that it was, and by nobody else', async () => {
    const { body } = await askAs(stack, PROBATION, WITHDRAWN, 'health { riskToLife medication }');
    const query = `query ($input: CaseFileInput!) { caseFile(input: $input) { entries { entry { requestId } } } }`;
    const find = async (caller: Parameters<typeof stack.ask>[1], holder: string, ...dataClasses: string[]) => {
      const identifier = WITHDRAWN.numberAt(holder);
      const input = { identifier, from: '2020-01-01T00:00:00Z', to: '2100-01-01T00:00:00Z', dataClasses };
      const answer = await stack.ask(query, { ...caller, variables: { input } });
      const entries: { entry: { requestId: string } }[] = answer.body.data.caseFile.entries;
      return entries.filter(({ entry }) => entry.requestId === body.extensions.requestId).length;
    };
    const board = { persona: 'ig-lead', partner: 'throughgate-board', purpose: 'IG_ASSURANCE' } as const;
    const medication = policy.classOf.get('Health.medication') ?? '';
    expect(await find(board, 'health-service', medication)).toBe(1);
    expect(await find({ ...OFFICER, partner: 'health-service' }, 'health-service', medication)).toBe(1);
    expect(await find({ ...OFFICER, partner: 'probation-service' }, 'probation-service', medication)).toBe(0);
    expect(await find(board, 'health-service', 'treatment.clinical')).toBe(0);
  });
});

describe('Practitioner', () => {
  const path = (more: object = {}) => {
    const { partner, practitioner, from } = answers.practitioner;
    // Whole days: the first of the thirty began before the oldest of the known rows may have been.
    const first = londonDay(new Date(from.getTime() + 86_400_000));
    return `/practitioner?${new URLSearchParams({ partner, practitioner, from: slashed(first), ...more })}`;
  };
  const known = () => {
    const first = londonDay(new Date(answers.practitioner.from.getTime() + 86_400_000));
    return answers.practitioner.rows.filter(({ at }) => londonDay(at) >= first);
  };

  test.each([
    ['the lead', () => lead],
    ['an officer of their own partner', () => probation],
  ])('%s finds what nothing explains and what was refused in full, the rest folded by person', async (_, who) => {
    const page = await who().get(path());
    expect(page.status, page.text).toBe(200);
    const rows = known();
    const unexplained = rows.filter(({ shown, explained }) => shown && !explained);
    const refused = rows.filter(({ shown }) => !shown);
    const explained = rows.filter((row) => row.explained && row.shown);
    expect(unexplained.length * refused.length * explained.length).toBeGreaterThan(0);
    expect(page.rows('No open reason that day')).toHaveLength(unexplained.length);
    expect(page.rows('Refused')).toHaveLength(refused.length);
    expect(page.rows('With an open reason, by person')).toHaveLength(new Set(explained.map((row) => row.subject)).size);
    expect(new Set(entriesIn(page))).toEqual(new Set(rows.map(({ entry }) => entry)));
    const summary = `${rows.length} accesses of ${new Set(rows.map((row) => row.subject)).size} people. ${unexplained.length} had no open reason that day`;
    expect(page.text).toContain(summary);
    expect(page.html).toContain('<details class="govuk-details" id="explained">');
  });

  test('asks about thirty days where nothing is said', async () => {
    const { partner, practitioner } = answers.practitioner;
    const page = await lead.get(`/practitioner?${new URLSearchParams({ partner, practitioner })}`);
    const day = londonDay(new Date(stack.clock.now().getTime() - 29 * 86_400_000));
    expect(page.form('/console/practitioner')).toMatchObject({ from: slashed(day), practitioner, partner });
  });

  test('another partner’s officer is told whom they may ask about, whoever it is', async () => {
    const pages: string[] = [];
    for (const practitioner of [answers.practitioner.practitioner, 'PRO-9999']) {
      const page = await housing.get(path({ practitioner }));
      expect([page.status, page.problems]).toEqual([400, [expect.stringContaining('your own partner')]]);
      pages.push(page.html.replaceAll(practitioner, ''));
    }
    expect(pages[1]).toBe(pages[0]);
    const own = await housing.get(`/practitioner?practitioner=${answers.practitioner.practitioner}`);
    expect(own.text).toContain('No access was found that you may read.');
  });

  test('an id that is none is told at its field', async () => {
    const page = await probation.get('/practitioner?practitioner=%3Cscript%3E');
    expect([page.status, page.problems]).toEqual([400, [expect.stringContaining('such as PRO-0001')]]);
    expect(page.html).not.toContain('<script');
  });
});

describe('Flags', () => {
  const OPEN = 'Open cases, those that say most first';
  const TEXT = 'Spoke to the practitioner and to their manager.';
  const caseOf = async (officer: Officer, about = answers.practitioner.practitioner) => {
    const list = await officer.get('/flags?about=practitioner');
    const link = list.link(`${about}, Probation Service`);
    return link?.replace('/console', '') ?? '';
  };

  test('lists what the officer may know, in sentences, and another partner’s officer finds none of it', async () => {
    const all = (await lead.get('/flags')).rows(OPEN) ?? [];
    const own = (await probation.get('/flags')).rows(OPEN) ?? [];
    expect(all.length).toBeGreaterThan(own.filter(({ About }) => !About?.includes('Probation Service')).length);
    expect(own.length).toBeGreaterThan(0);
    for (const row of own) expect(row['About']).toMatch(/Probation Service|^Person /);
    for (const row of all) expect(row['What was found']).toMatch(/^[^{}]+\. \d+ access(es)? in all$/);
    const path = await caseOf(probation);
    const theirs = await housing.get(path);
    const nobody = await housing.get('/flags/00000000-0000-4000-8000-000000000000');
    expect([theirs.status, theirs.text]).toEqual([404, nobody.text]);
    expect((await housing.get('/flags')).html).not.toContain(answers.practitioner.practitioner);
  });

  test('a case tells its flags in sentences, with what was considered, and leads to the entries', async () => {
    const page = await probation.get(await caseOf(probation));
    expect(page.text).toContain('What could have explained it, and did not No allocation, duty');
    const unexplained = answers.practitioner.rows.filter(({ shown, explained }) => shown && !explained);
    const linked = new Set(entriesIn(page));
    expect(unexplained.some(({ entry }) => linked.has(entry))).toBe(true);
  });

  test('whoever is of the line may not handle it, and is told why', async () => {
    const inLine = await signIn(stack, { practitioner: 'IGO-0002' });
    const path = await caseOf(inLine);
    const page = await inLine.get(path);
    expect(page.text).toContain('it is about somebody in your own line');
    expect(page.form(`/console${path}`)).toBeNull();
    const sent = await inLine.post(path, { do: 'close', version: '1', outcome: 'NO_CONCERN', text: TEXT });
    expect([sent.status, sent.problems]).toEqual([400, [expect.stringContaining('own line')]]);
  });

  test('what is missing is told, and what was typed stays', async () => {
    const path = await caseOf(probation);
    const note = await probation.post(path, { do: 'note', note: 'short', key: 'a-key-of-tests' });
    expect([note.status, note.problems]).toEqual([400, [expect.stringContaining('10 to 500 characters')]]);
    expect(note.html).toContain('>short</textarea>');
    const close = await probation.post(path, { do: 'close', version: '1', text: TEXT });
    expect(close.problems).toEqual(['Select what you found']);
    expect(close.html).toContain(`>${TEXT}</textarea>`);
    const assign = await probation.post(path, { do: 'assign', version: '1', to: 'no body' });
    expect(assign.problems).toEqual([expect.stringContaining('such as IGO-0001')]);
  });

  test('a case is taken, noted and closed, and a stale answer changes nothing', async () => {
    const path = await caseOf(probation);
    const form = (page: Page) => page.html.match(/name="version" value="(\d+)"/)?.[1] ?? '';
    const first = await probation.get(path);
    const taken = await probation.post(path, { do: 'assign', version: form(first), to: '' });
    expect(taken.text).toContain('With IGO-0001');
    expect(
      (await probation.get('/flags?list=mine')).link(`${answers.practitioner.practitioner}, Probation Service`),
    ).toBe(`/console${path}`);
    const stale = await probation.post(path, { do: 'close', version: form(first), outcome: 'LEARNING', text: TEXT });
    expect([stale.status, stale.problems]).toEqual([400, [expect.stringContaining('A colleague changed the case')]]);
    const noted = await probation.post(path, {
      do: 'note',
      note: `<script>=1+1</script> ${TEXT}`,
      key: 'a-key-of-tests',
    });
    expect(noted.text).toContain(`IGO-0001, `);
    expect(noted.html).not.toContain('<script');
    const closed = await probation.post(path, { do: 'close', version: form(noted), outcome: 'LEARNING', text: TEXT });
    expect(closed.text).toContain('Closed: learning');
    expect(closed.form(`/console${path}`)).toBeNull();
    expect(
      (await probation.get('/flags?list=closed')).link(`${answers.practitioner.practitioner}, Probation Service`),
    ).toBe(`/console${path}`);
  });
});
