import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { londonDay, londonInstant, londonTime } from '../../src/record/london.ts';
import { askAs, PROBATION } from '../contract/callers.ts';
import { attempt, breakGlass, policiesWithEmergency } from '../contract/glass.ts';
import { type Subject, subjects } from '../contract/oracle/subject.ts';
import { population, type Stack, startStack } from '../stack/stack.ts';
import { type Officer, signIn } from './officer.ts';

const people = population();
const someone = (trait: Parameters<typeof subjects>[1], index = 0) => subjects(people, trait)[index] as Subject;
const [ANN, BOB] = [someone('allowed'), someone('allowed', 1)];
const RESTRICTED = someone('restrictedListed');
const policies = policiesWithEmergency({ 'PRI-PRB-01': { 'probation-practitioner': ['custody.release'] } });

let stack: Stack;
let officer: Officer;
let colleague: Officer;
let prisons: Officer;
let lead: Officer;
/** The account, day and minute in which everything below was shown. */
let asked: Record<string, string>;

beforeAll(async () => {
  stack = await startStack({ policiesDir: policies.folder });
  // At noon, so that no midnight comes between what is shown and what is asked.
  stack.clock.set(londonInstant(people.anchor, '12:00'));
  const began = stack.clock.now();
  await askAs(stack, PROBATION, ANN, 'custody { releaseDate } risk { overall }');
  await askAs(stack, PROBATION, BOB, 'custody { releaseDate }');
  await askAs(stack, PROBATION, RESTRICTED, 'custody { releaseDate }');
  await askAs(stack, PROBATION, someone('unrelated'), 'custody { releaseDate }');
  const [year, month, day] = londonDay(began).split('-');
  const ended = stack.clock.now();
  asked = { account: 'PRO-0001', partner: 'probation-service', day: `${day}/${month}/${year}` };
  asked = { ...asked, from: londonTime(began), to: londonTime(ended) };
  [officer, colleague, prisons, lead] = await Promise.all([
    signIn(stack),
    signIn(stack, { practitioner: 'IGO-0002' }),
    signIn(stack, { partner: 'hmpps-prisons' }),
    signIn(stack, { persona: 'ig-lead' }),
  ]);
});

afterAll(async () => {
  await stack?.close();
  policies.remove();
});

const at = (more: Record<string, string> = {}) => `/incident?${new URLSearchParams({ ...asked, ...more })}`;
const CONTROLLERS = 'Whom to tell';
const PEOPLE = 'People whose information was shown';

describe('the page Incident', () => {
  test('says in its first sentence how many people and whom to tell, and lists each person once', async () => {
    const page = await officer.get(at());
    expect(page.status, page.text).toBe(200);
    // The officer's own partner restricts one of them: its officer may know, and nobody else.
    expect(page.text).toContain('information about 3 people, held by 2 controllers. 0 of 2 have been told.');
    expect(page.text).toContain('Nobody has said when it became known');
    expect(page.rows(CONTROLLERS)).toMatchObject([
      { Controller: 'HM Prison Service', People: '3', Told: 'Not yet' },
      { Controller: 'Probation Service', People: '1', Told: 'Not yet' },
    ]);
    expect(page.rows(PEOPLE)).toHaveLength(3);
    const others = await prisons.get(at());
    expect(others.text).toContain('information about 2 people, held by 1 controller.');
    expect(others.rows(PEOPLE)).toHaveLength(2);
    expect(others.text).toContain('keep the clock');
    expect((await lead.get(at())).rows(PEOPLE)).toHaveLength(2);
  });

  test('keeps the clock from when the officer says, and who was told', async () => {
    const clock = { ...asked, do: 'aware', version: '0', awareDay: asked['day'] as string };
    const early = await officer.post('/incident', { ...clock, awareDay: '1/1/2020', awareTime: '09:00' });
    expect(early.problems).toEqual(['It cannot have been known before it began']);
    const ended = londonTime(stack.clock.now());
    const started = await officer.post('/incident', { ...clock, awareTime: ended });
    expect(started.text).toContain('The time at which you became aware is kept.');
    expect(started.text).toMatch(/Running 7[12] hours left: tell the Commissioner by/);
    const again = await colleague.post('/incident', { ...clock, awareTime: ended });
    expect(again.problems[0]).toContain('A colleague changed it');
    const form = { ...asked, do: 'told', key: 'incident-page-1', how: 'TELEPHONE' };
    const when = { toldDay: asked['day'] as string, toldTime: londonTime(stack.clock.now()) };
    const told = await officer.post('/incident', { ...form, ...when, whom: 'hmpps-prisons' });
    expect(told.text).toContain('1 of 2 have been told.');
    // Whoever waits to be told comes first.
    expect(told.rows(CONTROLLERS)?.map((row) => row['Controller'])).toEqual(['Probation Service', 'HM Prison Service']);
    expect(told.rows(CONTROLLERS)?.[1]?.['Told']).toMatch(/^told at .* by telephone, recorded by IGO-0001$/);
    const done = await officer.post('/incident', { ...form, ...when, key: 'incident-page-2', whom: 'COMMISSIONER' });
    expect(done.text).toContain('The Commissioner was told at');
    const [kept] = (await officer.get('/incident')).rows('Incidents that are kept') ?? [];
    expect(kept).toMatchObject({ Account: 'PRO-0001, Probation Service' });
    expect(kept?.['Told']).toBe('HM Prison Service, the Information Commissioner');
  });

  test('leads to each controller’s own numbers by two people, and saves its list', async () => {
    const wanted = await lead.post('/incident', { ...asked, do: 'ask', reason: 'BREACH', key: 'incident-names' });
    expect(wanted.text).toContain('Another officer of your partner must now agree');
    const other = await signIn(stack, { persona: 'ig-lead', practitioner: 'IGL-0002' });
    const waits = await other.get('/incident');
    expect(waits.text).toContain('IGL-0001 asked for 2 names');
    const [, reference] = /name="reference" value="([^"]+)"/.exec(waits.html) ?? [];
    const own = await lead.post('/incident', { do: 'agree', reference: reference as string });
    expect(own.problems[0]).toContain('another officer of your partner must agree');
    expect((await other.post('/incident', { do: 'agree', reference: reference as string })).text).toContain(
      'You agreed.',
    );

    const hidden = await lead.get(at());
    expect(hidden.html).not.toContain(ANN.identifiers['PRISON_NUMBER']);
    const shown = await lead.get(at({ names: 'shown' }));
    expect(shown.text).toContain(ANN.identifiers['PRISON_NUMBER']);
    const saved = await lead.post('/incident', { ...asked, do: 'export', controller: 'hmpps-prisons', names: 'shown' });
    expect(saved.headers.get('content-disposition')).toMatch(/^attachment; filename="incident-hmpps-prisons-.*\.csv"$/);
    const lines = saved.html.trim().split('\r\n');
    expect(lines).toHaveLength(3);
    expect(saved.html).toContain(`Prison number,${ANN.identifiers['PRISON_NUMBER']},`);
    // What probation holds of them is not the prison's to be told.
    expect(saved.html).not.toMatch(/harm|CRN/);
    const [entry] = await stack.sql<{ body: Buffer }>(
      `select body from audit.entry where kind = 'export' order by index desc limit 1`,
    );
    expect(JSON.parse(String(entry?.body))).toMatchObject({ actor: { practitioner: 'IGL-0001' }, entries: 2 });
  });

  test('with nothing to show says so, and with what cannot be read keeps what was typed', async () => {
    const none = await officer.get(at({ account: 'PRO-0009' }));
    expect(none.text).toContain('was shown nobody’s information');
    const wrong = await officer.get('/incident?account=PRO-0001&day=31/2/2026&from=9&to=11:40');
    expect(wrong.status).toBe(400);
    expect(wrong.problems).toEqual([
      'Enter a real date, such as 3/11/2026',
      'Enter when it began in hours and minutes, such as 09:10',
    ]);
    expect(wrong.html).toContain('value="31/2/2026"');
    const script = await officer.get(at({ account: '"><script>alert(1)</script>' }));
    expect(script.html).not.toContain('<script>');
  });
});

describe('the page Correction', () => {
  const search = (from = '1/1/2020') => ({
    ...{ type: 'PRISON_NUMBER', value: ANN.identifiers['PRISON_NUMBER'] as string },
    ...{ holders: ['hmpps-prisons'], from, to: '1/1/2100' },
  });
  const TABLE = 'Recipients, those who have not been told first';

  test('lists who received it and whether they have been told, with no number in the address', async () => {
    const page = await prisons.post('/correction', search());
    expect(page.url).not.toContain(ANN.identifiers['PRISON_NUMBER']);
    expect(page.text).toContain('1 answer went to 1 practitioner of 1 partner. Nobody has been told');
    expect(page.rows(TABLE)).toMatchObject([
      { Recipient: expect.stringMatching(/^Probation Service, PRO-0001/), Told: 'Not yet' },
    ]);
    const path = new URL(page.url).pathname.replace('/console', '');
    const form = page.form(`/console${path}`);
    expect(form).not.toBeNull();
    const [, seen = ''] = /name="seen" value="([^"]+)"/.exec(page.html) ?? [];
    const told = await prisons.post(path, {
      ...{ do: 'told', key: 'correction-page-1', seen, whom: 'probation-service', how: 'LETTER' },
      ...{ toldDay: asked['day'] as string, toldTime: asked['from'] as string },
    });
    expect(told.text).toContain('It has been put right with whoever received it.');
    expect(told.rows(TABLE)?.[0]?.['Told']).toMatch(/by letter, recorded by IGO-0001$/);
    const saved = await prisons.post(path, { do: 'export' });
    expect(saved.html.split('\r\n')).toHaveLength(3);
    expect((await officer.get(path)).url).toMatch(/\/console\/correction$/);
  });

  test('somebody of whom the officer may not know is answered like nobody', async () => {
    const texts = await Promise.all(
      [RESTRICTED.identifiers['PRISON_NUMBER'] as string, 'A0000AA'].map(
        async (value) => (await prisons.post('/correction', { ...search(), value })).text,
      ),
    );
    expect(texts[0]).toBe(texts[1]);
    expect(texts[0]).toContain('Nobody received anything of theirs');
  });

  test('a number of a kind that is not the officer’s is a problem at its field, and what was typed stays', async () => {
    const page = await prisons.post('/correction', { ...search(), value: 'nonsense' });
    expect(page.problems[0]).toMatch(/^That is not a Prison number/);
    expect(page.html).toContain('value="nonsense"');
    const empty = await prisons.post('/correction', { type: 'PRISON_NUMBER', value: '' });
    expect(empty.problems).toHaveLength(2);
  });
});

describe('the page Break-glass', () => {
  let reference: string;
  const stranger = someone('unrelated', 1);
  const QUEUE = 'Reviews that wait, overdue ones first';

  beforeAll(async () => {
    const answer = await breakGlass(stack, PROBATION, attempt('CRN', stranger.identifiers['CRN'] as string));
    reference = answer.body.extensions.requestId;
    await askAs(stack, PROBATION, stranger, 'custody { releaseDate }');
  });

  test('says what waits, whose data was shown and whether one may close it, and closes it once', async () => {
    const page = await officer.get('/break-glass');
    expect(page.text).toContain('1 review waits, none overdue; you may close it.');
    expect(page.rows(QUEUE)).toMatchObject([
      {
        'Reason given': "The person's life is at risk now",
        'Whose data was shown': 'HM Prison Service',
        'May you close it?': 'Yes',
      },
    ]);
    const path = `/break-glass/${reference}`;
    const review = await officer.get(path);
    expect(review.text).toContain('The person rang the desk in distress.');
    const short = await officer.post(path, { outcome: 'JUSTIFIED', text: 'fine', version: '1' });
    expect(short.problems).toEqual(['Say in 10 to 500 characters what you found']);
    expect(short.html).toMatch(/>fine<\/textarea>/);
    const words = { outcome: 'JUSTIFIED', text: 'The desk confirmed the call.' };
    const stale = await officer.post(path, { ...words, version: '9' });
    expect(stale.problems[0]).toContain('It changed while you were reading');
    const closed = await officer.post(path, { ...words, version: '1' });
    expect(closed.text).toContain('The review is closed.');
    expect(closed.rows('Closed in the last 30 days')).toMatchObject([
      { Found: 'Justified: The desk confirmed the call.' },
    ]);
    expect((await colleague.post(path, { ...words, version: '1' })).problems[0]).toContain('It is closed already');
    expect((await officer.get(path)).status).toBe(404);
  });

  test('shows a holder what was read of its own, to be acknowledged', async () => {
    const page = await prisons.get('/break-glass');
    expect(page.rows('Your own data that was read')).toMatchObject([
      {
        'By whom': expect.stringMatching(/^PRO-0001.*Probation practitioner of Probation Service$/),
        'What of yours': 'Custody and release',
      },
    ]);
    const [, item = ''] = /name="reference" value="([^"]+)"/.exec(page.html) ?? [];
    const done = await prisons.post('/break-glass', { reference: item });
    expect(done.text).toContain('It is off your list.');
    expect(done.text).toContain('Nothing waits to be acknowledged.');
    expect((await prisons.post('/break-glass', { reference: item })).problems[0]).toContain(
      'not on your list any more',
    );
  });
});

describe('the page of declared interests', () => {
  test('lists what waits under the log’s name, and takes the employer’s word', async () => {
    const input = { identifier: { type: 'CRN', value: BOB.identifiers['CRN'] }, kind: 'OWN_RECORD' };
    await stack.ask('mutation ($input: DeclareInterestInput!) { declareInterest(input: $input) { ok } }', {
      ...PROBATION,
      variables: { input: { ...input, idempotencyKey: 'interests-page' } },
    });
    const page = await officer.get('/interests');
    expect(page.text).toContain('1 declaration waits for you to confirm.');
    expect(page.html).not.toContain(BOB.identifiers['CRN']);
    const [, reference = ''] = /name="reference" value="([^"]+)"/.exec(page.html) ?? [];
    const done = await officer.post('/interests', { reference, version: '1', do: 'confirm' });
    expect(done.rows('Decided')).toMatchObject([
      { Practitioner: 'PRO-0001', Tie: 'Their own record', Decision: expect.stringMatching(/^Confirmed by IGO-0001/) },
    ]);
    const again = await colleague.post('/interests', { reference, version: '1', do: 'refuse' });
    expect(again.problems).toEqual(['It waits no more: a colleague decided about it']);
    expect((await lead.get('/interests')).text).toContain('There is nothing here for the lead to confirm.');
  });

  test('takes an officer’s own, which closes the log to them and to no colleague', async () => {
    const number = { type: 'CRN', value: ANN.identifiers['CRN'] as string };
    const wrong = await officer.post('/interests', { do: 'declare', ...number, value: 'nonsense', until: '40/1/2026' });
    expect(wrong.problems).toEqual(['Enter a real date, such as 3/11/2026, or leave it empty']);
    expect(wrong.html).toContain('value="nonsense"');
    const before = (await officer.get(at())).rows(PEOPLE) ?? [];
    const key = 'interests-own-page';
    const done = await officer.post('/interests', { do: 'declare', ...number, kind: 'DECLARED_INTEREST', key });
    expect(done.text).toContain('It is declared.');
    expect(done.text).toContain('Another officer must say: it is your own, or of your own line');
    expect((await officer.get(at())).rows(PEOPLE)).toHaveLength(before.length - 1);
    expect((await colleague.get(at())).rows(PEOPLE)).toHaveLength(before.length);
    const unknown = { ...number, value: 'nonsense', kind: 'OWN_RECORD', key: 'interests-own-none' };
    expect((await officer.post('/interests', { do: 'declare', ...unknown })).problems[0]).toMatch(
      /^That is not a Probation/,
    );
  });
});
