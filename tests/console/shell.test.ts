import { connect } from 'node:net';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { PAGES } from '../../src/console/pages.ts';
import { type Stack, startStack } from '../stack/stack.ts';
import { browse, type Officer, signIn } from './officer.ts';

const NOBODY = '00000000-0000-4000-8000-000000000000';
/** Every page that is opened by a link, with a reference to nothing where it has one. */
const PATHS = PAGES.flatMap(({ path, get }) => (get ? [path.replaceAll(/:\w+/g, NOBODY)] : []));

const POLICY =
  /^default-src 'none'; style-src 'self'; img-src 'self'; font-src 'self'; form-action 'self' http:\/\/127\.0\.0\.1:\d+; base-uri 'none'; frame-ancestors 'none'; script-src 'none'$/;

let stack: Stack;
let officer: Officer;
let reference: string;

beforeAll(async () => {
  stack = await startStack();
  officer = await signIn(stack);
  reference = await referenceOf(officer);
});

afterAll(() => stack.close());

/** Entries with the trace of the officer's visit. */
async function entriesOfVisit(of: string): Promise<number> {
  const [row] = await stack.sql<{ count: number }>(
    `select count(*)::int as count from audit.entry where kind = 'request' and convert_from(body, 'utf8') like $1`,
    [`%"trace":"${of}"%`],
  );
  return row?.count ?? 0;
}

async function referenceOf(someone: Officer): Promise<string> {
  const { html } = await someone.get('/visit');
  return /Reference of this visit: <span[^>]*>([0-9a-f]{32})</.exec(html)?.[1] ?? '';
}

describe('every page', () => {
  test.each(PATHS)('%s is an entry of the visit, and lets nothing in from elsewhere', async (path) => {
    const evil = '"><script>alert(1)</script><img src=x onerror=alert(1)>\u0000\u202e=cmd';
    const names = ['from', 'to', 'practitioner', 'partner', 'purpose', 'requestId', 'name', 'day', 'done', 'outcome'];
    const query = new URLSearchParams([
      ...names.map((name) => [name, ['done', 'outcome'].includes(name) ? '__proto__' : evil]),
      ['kind', 'constructor'],
    ]);
    const before = await entriesOfVisit(reference);
    const response = await officer.send(`${path}?${query}`);
    expect([200, 303, 400, 404]).toContain(response.status);
    expect(await entriesOfVisit(reference)).toBeGreaterThan(before);
    expect(response.headers.get('content-security-policy')).toMatch(POLICY);
    expect(Object.fromEntries(response.headers)).toMatchObject({
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
      'cross-origin-opener-policy': 'same-origin',
      'cross-origin-resource-policy': 'same-origin',
    });
    const isPage = response.headers.get('content-type')?.startsWith('text/html') ?? false;
    const html = await response.text();
    // What stands in an address is text, and stays inside what it is the value of.
    expect(isPage ? html : '').not.toMatch(/\[object|native code/);
    const tags = isPage ? html.replaceAll(/"[^"]*"/g, '""') : '';
    expect(tags).not.toMatch(/<(script|style|img|iframe|object)|<[^>]*\s(style|on[a-z]+)=/i);
    expect(isPage ? html : '').not.toMatch(/\s(href|src|action)="(?![/#]|tel:)/i);
  });

  test('is for those alone who signed in and said what for', async () => {
    const stranger = await fetch(`${stack.url}/console${PATHS[0]}`, { redirect: 'manual' });
    expect(stranger.status).toBe(303);
    expect(stranger.headers.get('location')).toMatch(/^\/console\/sign-in\?next=/);
    const unsaid = await signIn(stack, { use: null });
    const response = await unsaid.send(PATHS[0] ?? '');
    expect(response.headers.get('location')).toMatch(/^\/console\/visit\?next=/);
  });
});

describe('a visit', () => {
  test('is recorded with what it is for, before anything is looked at', async () => {
    const someone = await signIn(stack, { persona: 'ig-lead', use: 'SUBJECT_RIGHTS' });
    const its = await referenceOf(someone);
    const rows = await stack.sql<{ body: Buffer }>('select body from audit.entry order by index desc limit 5');
    const entries = rows.map(({ body }) => JSON.parse(body.toString()));
    expect(entries.find(({ trace }) => trace === its)).toMatchObject({
      purpose: 'SUBJECT_RIGHTS',
      deed: { field: 'beginVisit', ok: true, code: 'SUBJECT_RIGHTS', reference: its },
      actor: { practitioner: 'IGL-0001', role: 'ig-lead', client: 'throughgate-console' },
    });
  });

  test('for something else is another visit', async () => {
    const someone = await signIn(stack);
    const first = await referenceOf(someone);
    await someone.post('/visit?next=/console/visit', { use: 'SECURITY' });
    expect(await referenceOf(someone)).not.toBe(first);
    expect((await someone.get('/visit')).html).toContain('Visit for: Ensuring the integrity and security');
  });

  test.each([
    [
      'SUBJECT_RIGHTS',
      'a'.repeat(32),
      '"use" needs one of: LAWFULNESS, SELF_MONITORING, SECURITY, CRIMINAL_PROCEEDINGS.',
    ],
    ['SECURITY', '0'.repeat(32), '"reference" needs 32 lower-case hexadecimal digits, not all of them 0.'],
  ])('for %s as %s is not taken from a client either', async (use, of, message) => {
    const { body } = await stack.ask(`mutation { beginVisit(input: {use: "${use}", reference: "${of}"}) { ok } }`, {
      persona: 'ig-officer',
      purpose: 'IG_ASSURANCE',
    });
    expect(body.errors).toMatchObject([{ message, extensions: { code: 'BAD_USER_INPUT' } }]);
  });

  test('for what no law allows, or nothing, is not begun', async () => {
    const someone = await signIn(stack, { use: null });
    for (const use of ['CURIOSITY', '']) {
      const page = await someone.post('/visit', { use });
      expect(page.status).toBe(400);
      expect(page.title).toMatch(/^Error: /);
      expect(page.problems).toEqual(['Select what this visit is for']);
    }
  });
});

test('of a page that the browser did not wait for, the log says that it was not delivered', async () => {
  const someone = await signIn(stack, { practitioner: 'IGO-0007' });
  const its = await referenceOf(someone);
  const { host, hostname, port } = new URL(stack.url);
  const cookie = [...someone.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
  const socket = connect(Number(port), hostname);
  socket.write(`GET /console/today HTTP/1.1\r\nhost: ${host}\r\ncookie: ${cookie}\r\n\r\n`, () => socket.destroy());
  await vi.waitFor(
    async () => {
      const [row] = await stack.sql<{ count: number }>(
        `select count(*)::int as count from audit.entry where convert_from(body, 'utf8') like $1`,
        [`%"outcome":"not-delivered"%"trace":"${its}"%`],
      );
      expect(row?.count).toBeGreaterThan(0);
    },
    { timeout: 10_000, interval: 50 },
  );
});

describe('a form', () => {
  const fields = { type: 'CRN', value: 'X000001', holders: 'probation-service', from: '1/11/2026', to: '2/11/2026' };
  const body = (token: string) => new URLSearchParams({ _csrf: token, ...fields });

  test.each<[string, () => RequestInit]>([
    ['without its token', () => ({ body: new URLSearchParams(fields) })],
    ['with a token of nobody', () => ({ body: body('x'.repeat(43)) })],
    ['from another site', () => ({ body: body(officer.csrf()), headers: { 'sec-fetch-site': 'cross-site' } })],
    ['from another origin', () => ({ body: body(officer.csrf()), headers: { origin: 'https://elsewhere.example' } })],
  ])('%s is refused, and says how to go on', async (_, init) => {
    const response = await officer.send('/correction', { method: 'POST', ...init() });
    expect(response.status).toBe(403);
    expect(await response.text()).toContain('send it again');
  });

  test('that is no form is refused', async () => {
    const init = { method: 'POST', body: '{}', headers: { 'content-type': 'application/json' } };
    expect((await officer.send('/correction', init)).status).toBe(415);
  });

  test('that is too long is refused', async () => {
    const long = new URLSearchParams({ _csrf: officer.csrf(), value: 'x'.repeat(300_000) });
    expect((await officer.send('/correction', { method: 'POST', body: long })).status).toBe(413);
  });

  test.each(['seen_at', 'ends_at'])(
    'sent when the session was over (%s) is kept, and sent by nobody',
    async (column) => {
      const someone = await signIn(stack, { practitioner: 'IGO-0002' });
      const kept = await someone.post('/correction', fields);
      await someone.get('/correction');
      await stack.sql(
        `update console.session set ${column} = ${column} - interval '61 minutes' where practitioner = 'IGO-0002'`,
      );
      const value = '<b>typed words</b>';
      const choice = await someone.post('/correction', { ...fields, value });
      expect(choice.url).toContain('/console/visit?next=');
      const other = await signIn(stack, { practitioner: 'IGO-0003' });
      expect((await other.get('/correction')).html).not.toContain('typed words');

      const page = await someone.post(choice.url.replace(`${stack.url}/console`, ''), { use: 'LAWFULNESS' });
      expect(page.url).toBe(`${stack.url}/console/correction`);
      expect(page.form('/console/correction')).toMatchObject({ ...fields, value, holders: 'probation-service' });
      expect(page.text).toContain('We kept what you typed');
      expect(page.html).not.toContain(value);
      // What the session had kept for its addresses goes on too.
      expect((await someone.get(new URL(kept.url).pathname.replace('/console', ''))).url).toBe(kept.url);

      const [row] = await stack.sql<{ text: string }>(`select encode(sealed, 'escape') as text from console.draft`);
      expect(row?.text).not.toContain('typed words');
      await someone.post('/forget', { path: '/correction' });
      expect((await someone.get('/correction')).text).not.toContain('We kept');
    },
  );

  test('of a session before this one is kept too, but for nobody else', async () => {
    const before = await signIn(stack, { practitioner: 'IGO-0004' });
    const init = { method: 'POST', body: body(before.csrf()), headers: { 'sec-fetch-site': 'same-origin' } };
    const other = await signIn(stack, { practitioner: 'IGO-0003' });
    expect((await other.send('/correction', init)).status).toBe(403);
    expect((await other.get('/correction')).text).not.toContain('We kept');

    const someone = await signIn(stack, { practitioner: 'IGO-0004' });
    const response = await someone.send('/correction', init);
    expect(response.headers.get('location')).toBe('/console/correction');
    expect((await someone.get('/correction')).form('/console/correction')).toMatchObject({ value: 'X000001' });
  });

  test('that would lead to an address which no browser sends is kept', async () => {
    const someone = await signIn(stack, { practitioner: 'IGO-0008' });
    const page = await someone.post('/log/person', { practitioner: 'x'.repeat(9_000) });
    expect([page.status, page.headers.get('location')]).toEqual([413, null]);
    expect(page.text).toContain('What you typed is kept');
  });

  test.each([
    ['/today', { kind: 'BREAK_GLASS_DISCLOSED', reference: NOBODY }],
    ['/requests/tellings', { decision: 'TELL', entry: NOBODY, version: '1' }],
  ])('of %s that the role has no part in is refused, and is no fault', async (path, sent) => {
    const lead = await signIn(stack, { persona: 'ig-lead' });
    const page = await lead.post(path, sent);
    expect(page.status).toBe(400);
    expect(page.problems).toHaveLength(1);
  });

  test('with what the store could not keep is answered like any other', async () => {
    const page = await officer.post('/today', { kind: 'BREAK_GLASS_DISCLOSED', reference: 'a\u0000b' });
    expect(page.problems).toEqual(['It is not on your list any more.']);
  });
});

test('a handle is for the session that it was given to', async () => {
  const [mine, another] = [await signIn(stack, { practitioner: 'IGO-0005' }), await signIn(stack)];
  const fields = { type: 'CRN', value: 'X000001', holders: 'probation-service', from: '1/11/2026', to: '2/11/2026' };
  const { url } = await mine.post('/correction', fields);
  const path = new URL(url).pathname.replace('/console', '');
  expect(path).toMatch(/^\/correction\/[0-9a-f-]{36}$/);
  expect((await another.get(path)).url).not.toBe(url);
});

test('signing out ends the session, here and at the provider', async () => {
  const someone = await signIn(stack, { practitioner: 'IGO-0006' });
  const cookie = [...someone.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
  const form = new URLSearchParams({ _csrf: someone.csrf() });
  const response = await someone.send('/sign-out', { method: 'POST', body: form });
  expect(response.headers.get('location')).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/session\/end\?/);
  expect(response.headers.get('set-cookie')).toMatch(/^throughgate-session=;/);
  const after = await fetch(`${stack.url}/console${PATHS[0]}`, { headers: { cookie }, redirect: 'manual' });
  expect(after.headers.get('location')).toMatch(/^\/console\/sign-in/);
});

test('the development provider signs in nobody but officers', async () => {
  const jars = new Map();
  const browser = browse(jars);
  const { url } = await browser(`${stack.url}/console/sign-in`);
  const body = new URLSearchParams({ account: 'work-coach:benefits-department:BEN-0001' });
  const page = await browser(url, { method: 'POST', body });
  expect([page.status, page.url]).toEqual([400, url]);
  expect(page.text).toContain('Choose an officer from the list');
});

test('assets are kept by browsers for as long as they are the same', async () => {
  const { html } = await officer.get('/visit');
  const [, path = ''] = /href="\/console(\/assets\/console\.[0-9a-f]{16}\.css)"/.exec(html) ?? [];
  const response = await officer.send(path);
  expect(response.headers.get('cache-control')).toBe('public, max-age=31536000, immutable');
  const css = await response.text();
  expect(css).not.toMatch(/@font-face|GDS Transport|govuk-crest|Calvert|@import|url\(['"]?https?:/);
  for (const [, name] of css.matchAll(/url\(([a-z0-9.-]+)\)/g)) {
    expect((await officer.send(`/assets/${name}`)).headers.get('content-type')).toBe('image/svg+xml');
  }
  expect((await officer.send('/assets/..%2fserver.ts')).status).toBe(404);
});

test.each<[number, string, RequestInit]>([
  [400, '/entry/%ff', {}],
  [400, `/entry/${'x'.repeat(101)}`, {}],
  [431, '/today', { headers: { 'x-long': 'x'.repeat(17_000) } }],
])('what cannot be read (%i, %s) brings nothing with it either', async (status, path, init) => {
  const response = await officer.send(path, init);
  expect(response.status).toBe(status);
  expect(Object.fromEntries(response.headers)).toMatchObject({
    'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
    'referrer-policy': 'no-referrer',
  });
});

test('where there is nothing, a page says so', async () => {
  const page = await officer.get('/nothing-here');
  expect([page.status, page.title]).toEqual([404, 'Page not found - Throughgate']);
  expect((await officer.send('/visit', { method: 'DELETE' })).status).toBe(404);
});

test('with a dead database it says so, and whom to ring', async () => {
  const url = new URL(stack.ownerUrl);
  const database = url.pathname.slice(1);
  url.pathname = '/postgres';
  const elsewhere = new pg.Client({ connectionString: url.href });
  await elsewhere.connect();
  await elsewhere.query(`alter database ${database} with allow_connections false`);
  await elsewhere.query(
    `select pg_terminate_backend(pid) from pg_stat_activity where datname = $1 and usename = 'throughgate_gateway_login'`,
    [database],
  );
  try {
    const page = await officer.get(PATHS[0] ?? '');
    expect([page.status, page.headers.get('retry-after')]).toEqual([503, '5']);
    expect(page.link('Whom to ring')).toBe('/urgent');
    expect(page.text).not.toMatch(/postgres|sql|connect|127\.0\.0\.1/i);
    // What was typed can be kept nowhere: it is sent again from the page that says so.
    const sent = { type: 'CRN', value: '"><b>typed words</b>', holders: 'probation-service' };
    const told = await officer.post('/correction', sent);
    expect([told.status, told.link('Whom to ring')]).toEqual([503, '/urgent']);
    expect(told.form('/console/correction')).toEqual({ _csrf: officer.csrf(), ...sent });
    expect(told.html).not.toContain('<b>');
  } finally {
    await elsewhere.query(`alter database ${database} with allow_connections true`);
    await elsewhere.end();
  }
});
