import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parseSigner, parseVkey } from '../../src/audit/note.ts';
import { openExport } from '../../src/audit/signed-export.ts';
import { askAs, HOUSING, PROBATION } from '../contract/callers.ts';
import { type Subject, subjects } from '../contract/oracle/subject.ts';
import { population, type Stack, startStack } from '../stack/stack.ts';
import { type Officer, signIn } from './officer.ts';

const people = population();
const ALLOWED = subjects(people, 'allowed')[0] as Subject;
const RESTRICTED = subjects(people, 'restrictedListed')[0] as Subject;
const CRN = String(ALLOWED.identifiers['CRN']);
const CAPTION = 'Entries of the log';

let stack: Stack;
let probation: Officer;
let housing: Officer;
let lead: Officer;

beforeAll(async () => {
  stack = await startStack();
  await askAs(stack, PROBATION, ALLOWED, 'custody { releaseDate }');
  await askAs(stack, PROBATION, RESTRICTED, 'custody { releaseDate }');
  await askAs(stack, HOUSING, ALLOWED, 'custody { releaseDate }');
  probation = await signIn(stack);
  housing = await signIn(stack, { partner: 'southdale-housing' });
  lead = await signIn(stack, { persona: 'ig-lead' });
});

afterAll(() => stack?.close());

describe('the access log', () => {
  test('shows the newest entries at once, and what was asked of them stands in the address', async () => {
    const page = await probation.get('/log');
    expect(page.status, page.text).toBe(200);
    expect(page.rows(CAPTION)?.length).toBeGreaterThan(3);
    const shown = await probation.get('/log?kind=disclosure&purpose=RELEASE_PLANNING');
    const rows = shown.rows(CAPTION) ?? [];
    expect(rows.length).toBeGreaterThan(0);
    for (const row of rows) expect(row['What']).toMatch(/^Information shown/);
    expect(shown.text).toContain('Kind: Information shown');
    expect(shown.form('/console/log')).toMatchObject({ kind: 'disclosure', purpose: 'RELEASE_PLANNING' });
  });

  test('a person’s number is sent as a form, and is in no address; another officer’s visit cannot use what stands there', async () => {
    const page = await probation.post('/log/person', { type: 'CRN', value: CRN, kind: 'disclosure' });
    expect(page.rows(CAPTION)?.length).toBeGreaterThan(0);
    expect(page.url).toMatch(/who=/);
    expect(page.url + page.html).not.toContain(CRN);
    expect(page.text).toContain('About one person');
    const path = page.url.slice(page.url.indexOf('/log'));
    for (const other of [housing, lead]) {
      const theirs = await other.get(path);
      expect([theirs.status, theirs.rows(CAPTION)]).toEqual([400, null]);
      expect(theirs.problems[0]).toContain('type it again');
    }
  });

  test('a number that is none keeps what was asked besides, and says what one looks like', async () => {
    const page = await probation.post('/log/person', { type: 'CRN', value: 'nonsense', kind: 'disclosure' });
    expect([page.status, page.problems]).toEqual([400, [expect.stringContaining('One looks like')]]);
    expect(page.form('/console/log')).toMatchObject({ kind: 'disclosure' });
  });

  test('what was typed when the session ended is there for the same officer, and is in no address', async () => {
    const officer = await signIn(stack, { practitioner: 'IGO-0003' });
    await officer.get('/log');
    await stack.sql(`update console.session set ends_at = now() where practitioner = 'IGO-0003'`);
    await officer.post('/log/person', { type: 'CRN', value: CRN, kind: 'disclosure' });
    const again = await signIn(stack, { practitioner: 'IGO-0003' });
    const page = await again.get('/log');
    expect(page.text).toContain('We kept what you typed');
    expect(page.form('/console/log/person')).toMatchObject({ type: 'CRN', value: CRN, kind: 'disclosure' });
    expect(page.url).not.toContain(CRN);
  });

  test('somebody restricted and nobody look alike to whoever may not know', async () => {
    const prison = await signIn(stack, { partner: 'hmpps-prisons' });
    const numbers = [RESTRICTED.identifiers['PRISON_NUMBER'], 'A0000AA'];
    const pages = [];
    for (const value of numbers)
      pages.push(await prison.post('/log/person', { type: 'PRISON_NUMBER', value: String(value) }));
    expect(pages.map(({ text }) => text)[0]).toContain('No entries');
    const same = pages.map(({ html, url }) => {
      const who = new URL(url).searchParams.get('who') ?? '';
      return html.replaceAll(who, '').replaceAll(/name="key" value="[^"]*"/g, '');
    });
    expect(same[1]).toBe(same[0]);
  });

  test.each([
    ['a filter for another partner', '/log?partner=probation-service'],
    ['its practitioner', '/log?practitioner=PRO-0001'],
    ['a kind of information', '/log?class=custody.release'],
    ['everything there is, up to another century', '/log?from=1/1/1999&to=1/1/2099'],
    ['an order that there is not', '/log?sort=partner&order=desc&first=500'],
  ])('shows another partner nothing of probation’s by %s', async (_, path) => {
    const page = await housing.get(path);
    expect(page.status).toBe(200);
    expect(page.html).not.toMatch(/PRO-0001<\/a>/);
  });

  test('nor by a cursor of somebody else’s', async () => {
    const [{ id } = { id: '' }] = await stack.sql<{ id: string }>(
      `select id::text from audit.entry where practitioner = 'PRO-0001' and kind = 'disclosure' limit 1`,
    );
    const page = await housing.get(`/log?after=${id}`);
    expect([page.status, page.rows(CAPTION)]).toEqual([400, null]);
  });

  test('is paged to what is older, and back to the newest', async () => {
    await stack.sql(
      `insert into audit.entry (index, id, at, kind, partner, practitioner, body, period)
       select 5000000 + each, id, at, 'request', 'probation-service', 'PRO-0099',
         convert_to(json_build_object('v', 2, 'id', id, 'at', to_char(at, 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'), 'kind', 'request',
           'outcome', 'answered', 'actor', json_build_object('partner', 'probation-service', 'practitioner', 'PRO-0099',
           'role', '=HYPERLINK("x")<script>alert(1)</script>'))::text, 'UTF8'), date_trunc('month', now())
       from (select each, gen_random_uuid() as id, now() at time zone 'UTC' - make_interval(mins => each) as at
             from generate_series(1, 120) as each) as made`,
    );
    await stack.sql(
      `insert into audit.leaf (index, entry_id, hash)
       select index, id, sha256(body) from audit.entry where practitioner = 'PRO-0099'`,
    );
    const sizes: number[] = [];
    let page = await probation.get('/log?practitioner=PRO-0099');
    expect(page.html).not.toContain('<script');
    for (;;) {
      sizes.push(page.rows(CAPTION)?.length ?? 0);
      const older = page.link('Older');
      if (older === null) break;
      page = await probation.get(older.replace('/console', ''));
    }
    expect(sizes).toEqual([50, 50, 20]);
    const newest = await probation.get((page.link('Back to the newest') ?? '').replace('/console', ''));
    expect(newest.rows(CAPTION)?.length).toBe(50);
    expect(newest.text).toContain('50 entries, newest first, and there are more');
  });

  test('what is wrong is said at its field, and what was typed stays', async () => {
    const page = await probation.get('/log?from=31/2/2026&to=x&request=7&practitioner=PRO-0001');
    expect(page.status).toBe(400);
    expect(page.problems).toHaveLength(3);
    expect(page.form('/console/log')).toMatchObject({
      from: '31/2/2026',
      to: 'x',
      request: '7',
      practitioner: 'PRO-0001',
    });
  });

  test('every look is an entry of the visit', async () => {
    const page = await probation.get('/log?kind=refusal');
    const [, trace] = /Reference of this visit: (?:<[^>]*>)?([0-9a-f]{32})/.exec(page.html) ?? [];
    const [{ looks } = { looks: 0 }] = await stack.sql<{ looks: number }>(
      `select count(*)::int as looks from audit.entry where kind = 'search' and convert_from(body, 'UTF8')::jsonb ->> 'trace' = $1`,
      [trace],
    );
    expect(looks).toBeGreaterThan(3);
  });
});

describe('a saved search', () => {
  test('keeps days and filters, and nobody’s name; only its officer has it', async () => {
    await probation.post('/log/saved', {
      name: '"><script>x</script>',
      from: '1/11/2026',
      to: '30/11/2026',
      kind: 'refusal',
      practitioner: 'PRO-0001',
    });
    const page = await probation.get('/log/saved');
    expect(page.html).not.toContain('<script');
    expect(page.rows('Your saved searches')).toMatchObject([
      { Name: '"><script>x</script>', 'What it asks': 'The last 30 days. Kind: Look-up refused' },
    ]);
    const run = page.link('"><script>x</script>') ?? '';
    expect(run).toContain('kind=refusal');
    expect(run).not.toContain('PRO-0001');
    expect((await probation.get(run.replace('/console', ''))).status).toBe(200);
    expect((await lead.get('/log/saved')).text).toContain('You have saved no search');
    await probation.post('/log/saved/delete', {
      reference: page.form('/console/log/saved/delete')?.['reference'] ?? '',
    });
    expect((await probation.get('/log/saved')).text).toContain('You have saved no search');
  });

  test('without a name is asked for one, and what it was stays', async () => {
    const page = await probation.post('/log/saved', { name: '', kind: 'refusal' });
    expect([page.status, page.problems]).toEqual([400, ['Give the search a name of 1 to 60 characters']]);
    expect(page.form('/console/log/saved')).toMatchObject({ kind: 'refusal' });
  });
});

describe('an export', () => {
  const newest = (html: string) => /href="\/console([^"]*\/file)"/.exec(html)?.[1] ?? '';

  test('is ready for its officer alone, safe to open, and signed where that was asked', async () => {
    const search = { practitioner: 'PRO-0099' };
    const page = await probation.post('/log/exports', { ...search, format: 'CSV' });
    expect(page.rows('Your exports')).toMatchObject([{ Entries: '120', State: 'Ready' }]);
    const path = newest(page.html);
    const file = await probation.send(path);
    expect(file.headers.get('content-disposition')).toMatch(/^attachment; filename="throughgate-log-[\w.-]+\.csv"$/);
    const rows = (await file.text()).split('\r\n');
    expect(rows).toHaveLength(122);
    expect(rows[1]).toContain(`"'=HYPERLINK(""x"")<script>`);
    for (const other of [housing, lead, await signIn(stack, { practitioner: 'IGO-0002' })]) {
      expect((await other.send(path)).status).toBe(404);
    }
    const signed = await probation.post('/log/exports', { ...search, format: 'SIGNED' });
    expect(signed.text).toContain('throughgate audit verify-export');
    const evidence = await probation.send(newest(signed.html));
    const key = parseVkey(parseSigner(stack.config.auditSigningKey).vkey);
    expect(openExport(Buffer.from(await evidence.arrayBuffer()), [key]).lines).toHaveLength(120);
  });

  test('of a form that is not whole is asked for again', async () => {
    const page = await probation.post('/log/exports', { format: 'PDF' });
    expect([page.status, page.problems]).toEqual([400, ['Choose what kind of file it is']]);
  });
});

describe('a sample', () => {
  test('is drawn, and drawn again the same', async () => {
    const page = await probation.get('/log/sample?size=5&kind=request&practitioner=PRO-0099');
    const drawn = page.rows('Sample of the log');
    expect(drawn).toHaveLength(5);
    const again = await probation.get((page.link('the same is drawn again') ?? '').replace('/console', ''));
    expect(again.rows('Sample of the log')).toEqual(drawn);
  });

  test('of nothing says so, and of too much what would be right', async () => {
    expect((await housing.get('/log/sample?size=5&practitioner=PRO-0099')).text).toContain('Nothing to draw from');
    const page = await probation.get('/log/sample?size=0&from=1/1/2020');
    expect(page.problems).toEqual(['How many must be a number from 1 to 100', 'A sample is of at most 31 days']);
  });
});

describe('legal holds', () => {
  test('are the lead’s, and take two to release', async () => {
    expect((await probation.get('/log/holds')).text).toContain('Ask the oversight board');
    const placed = await lead.post('/log/holds', { reference: 'COR-2026/9', from: '10/2026', until: '12/2026' });
    expect(placed.rows('Holds')).toMatchObject([
      { Reference: 'COR-2026/9', Months: '2026-10 to 2026-12', State: 'In force' },
    ]);
    const asked = await lead.post('/log/holds/release', { reference: 'COR-2026/9' });
    expect(asked.rows('Holds')).toMatchObject([{ State: 'In force. IGL-0001 asked to release it' }]);
    expect(asked.form('/console/log/holds/release')).toBeNull();
    const second = await signIn(stack, { persona: 'ig-lead', practitioner: 'IGL-0002' });
    const released = await second.post('/log/holds/release', { reference: 'COR-2026/9' });
    expect(released.rows('Holds')?.[0]?.['State']).toMatch(/^Released .* by IGL-0001 and IGL-0002$/);
    const again = await lead.post('/log/holds', { reference: 'COR-2026/9', from: '1/2026', until: '13/2026' });
    expect(again.problems).toEqual(['Last month must be a month, such as 11/2026']);
    expect(again.form('/console/log/holds')).toMatchObject({ reference: 'COR-2026/9', from: '1/2026' });
  });
});
