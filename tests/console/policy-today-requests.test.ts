import { rmSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { addDays } from '../../src/record/day.ts';
import { londonDay } from '../../src/record/london.ts';
import { askAs, PRISON, PROBATION } from '../contract/callers.ts';
import { type ChangedPolicies, changedPolicies } from '../contract/changed-policies.ts';
import { type Subject, subjects } from '../contract/oracle/subject.ts';
import { population, type Stack, startStack } from '../stack/stack.ts';
import { type Officer, signIn } from './officer.ts';

const people = population();
const KNOWN = subjects(people, 'allowed')[0] as Subject;
const CRN = KNOWN.identifiers['CRN'] as string;
const ENDING = 'PRI-PRB-01';

let stack: Stack;
let policies: ChangedPolicies;
let proposed: ChangedPolicies;
let officer: Officer;
let lead: Officer;
let ends: string;
let requestId: string;

beforeAll(async () => {
  policies = changedPolicies();
  proposed = changedPolicies();
  ends = addDays(londonDay(new Date()), 9);
  const file = `agreements/${ENDING}.yaml`;
  policies.write(file, policies.read(file).replace(/until: .*/, `until: ${ends}`));
  // What is proposed ends it at once: nothing of it is given any more.
  proposed.write(file, proposed.read(file).replace(/from: .*\nuntil: .*/, 'from: 2026-01-01\nuntil: 2026-01-02'));
  stack = await startStack({ policiesDir: policies.folder, proposedPoliciesDir: proposed.folder });
  const answer = await askAs(stack, PROBATION, KNOWN, 'custody { releaseDate }');
  requestId = String(answer.body.extensions.requestId);
  await stack.digest();
  [officer, lead] = await Promise.all([signIn(stack), signIn(stack, { persona: 'ig-lead' })]);
});

afterAll(async () => {
  await stack?.close();
  for (const each of [policies, proposed]) if (each) rmSync(each.home, { recursive: true, force: true });
});

describe('Agreements and policy', () => {
  test('says what ends in 30 days, who loses what on that morning, and what passed under it', async () => {
    const page = await lead.get('/policy');
    expect(page.status).toBe(200);
    expect(page.text).toContain('1 agreement ends in the next 30 days.');
    const caption = page.html.match(/<caption[^>]*>(Last day of 1 agreement, [^<]*)</)?.[1] ?? '';
    const [row, ...others] = page.rows(caption) ?? [];
    expect(others).toEqual([]);
    expect(row?.['Agreement']).toBe(ENDING);
    expect(row?.['Passed under it in the last 30 days']).toMatch(
      /^1 access under PRI-PRB-01, .* When and how the person is released/,
    );
    expect(page.text).toMatch(/Probation practitioners at Probation Service no longer see, from HM Prison Service for/);
    expect(page.text).toContain('is not on the list of approvals');
  });

  test('an officer of neither side reads no count of it', async () => {
    const police = await signIn(stack, { partner: 'northmere-police' });
    const page = await police.get('/policy');
    expect(page.text).toContain('Nothing that you may read');
    expect(page.text).not.toContain('When and how the person is released');
  });

  test('looks further ahead when asked to, and says so when nothing ends', async () => {
    const page = await officer.get('/policy?days=365');
    expect(page.text).toMatch(/agreements are due to be looked at again/);
    expect((await officer.get('/policy?days=nonsense')).text).toContain('in the next 30 days');
  });

  test('shows who may see what, role by role, and no role that there is not', async () => {
    const href = (await officer.get('/policy/matrix')).link('Work coach') ?? '';
    const page = await officer.get(href.replace('/console', ''));
    const rows = page.rows('What the role Work coach sees, by class of data and purpose') ?? [];
    const release = rows.find((row) => row['Class of data']?.includes('custody.release,'));
    expect(release?.['Benefits and work']).toMatch(/^Shown .*From HM Prison Service under PRI-DWP-01/);
    expect((await officer.get('/policy/matrix/nobody')).status).toBe(404);
  });

  test('tells the proposed policy from the one in force in plain language', async () => {
    const page = await officer.get('/policy/proposed');
    expect(page.text).toMatch(/Probation practitioners at Probation Service could see .*, and now could/);
    expect(page.text).toContain('The proposed one is not on the list of approvals.');
  });

  test('replays what was asked under it: to the source, the recipient and the lead, and to nobody else', async () => {
    const caption = 'Probation practitioner at Probation Service: Preparing a release and the weeks after it';
    const refused = async (reader: Officer) => (await reader.get('/policy/replay')).rows(caption);
    const prison = await signIn(stack, { partner: 'hmpps-prisons' });
    const [entry] = (await stack.entries(requestId)).filter(({ kind }) => kind === 'disclosure');
    for (const reader of [lead, officer, prison]) {
      expect(await refused(reader)).toMatchObject([
        {
          Field: 'Custody.releaseDate',
          Whose: 'HM Prison Service',
          Entries: '1',
          Examples: expect.stringMatching(/^Entry 1/),
        },
      ]);
    }
    const page = await lead.get('/policy/replay');
    expect(page.html).toContain(`/console/entry/${entry?.['id']}`);
    expect(page.text).toMatch(/Newly allowed Nothing\. Newly refused Probation practitioner at/);
    expect(await refused(await signIn(stack, { partner: 'northmere-police' }))).toBeNull();
  });

  test('SHARE-06 a replay counts nothing of whoever is closed to its reader', async () => {
    const restricted = subjects(people, 'restrictedListed')[0] as Subject;
    const entries = async (reader: Officer) => /Of (\d+) entr/.exec((await reader.get('/policy/replay')).text)?.[1];
    const [leads, owners] = [await entries(lead), await entries(officer)];
    await askAs(stack, PROBATION, restricted, 'custody { releaseDate }');
    expect(await entries(lead)).toBe(leads);
    expect(await entries(officer)).toBe(String(Number(owners) + 1));
  });

  test('a proposed policy that is wrong is shown as its check shows it', async () => {
    const file = 'roles/work-coach.yaml';
    const text = proposed.read(file);
    proposed.write(file, text.replace('BENEFITS_EMPLOYMENT:', 'BENEFITS_EMPLOYMNT:'));
    const page = await officer.get('/policy/proposed');
    expect(page.text).toContain('The proposed policy cannot be read');
    expect(page.text).toMatch(/roles\/work-coach\.yaml:\d+:\d+ /);
    expect((await officer.get('/policy/replay')).text).toContain('no proposed policy that could be replayed');
    proposed.write(file, text);
    expect((await officer.get('/policy/proposed')).text).toContain('Somebody would see less');
  });
});

describe('Requests of people', () => {
  const note = (fields: Record<string, string>) =>
    officer.post('/requests', {
      kind: 'ACCESS',
      type: 'CRN',
      value: CRN,
      receivedOn: '',
      key: 'page-test-1',
      ...fields,
    });
  const slashed = (day: string) => day.split('-').reverse().join('/');

  test('what is wrong is said at its field, and what was typed stays', async () => {
    const page = await note({ kind: '', value: 'nonsense' });
    expect(page.status).toBe(400);
    expect(page.problems).toEqual([
      'Choose what the person asked for',
      expect.stringContaining('The day it came must be today'),
    ]);
    expect(page.form('/console/requests')).toMatchObject({ value: 'nonsense', key: 'page-test-1' });
    const wrong = await note({ value: 'nonsense', receivedOn: slashed(londonDay(new Date())) });
    expect(wrong.problems).toEqual([expect.stringContaining('One looks like')]);
  });

  test('one is noted once, listed with its clock, extended and closed', async () => {
    const receivedOn = addDays(londonDay(stack.clock.now()), -3);
    for (const _ of ['first', 'again']) {
      const page = await note({ receivedOn: slashed(receivedOn) });
      expect([page.status, page.url]).toEqual([200, `${stack.url}/console/requests?done=opened`]);
      expect(page.html).not.toContain(CRN);
    }
    const listed = async () => (await officer.get('/requests')).rows('Open, soonest due first') ?? [];
    expect(await listed()).toHaveLength(1);
    const [row] = await listed();
    expect(row?.['Clock']).toMatch(/^2[5-8] days left$/);
    const [{ id } = { id: '' }] = await stack.sql<{ id: string }>('select id from record.subject_request');
    expect((await officer.post(`/requests/${id}`, { do: 'extend', version: '1' })).problems).toEqual([
      'Choose why it takes longer',
    ]);
    await officer.post(`/requests/${id}`, { do: 'extend', version: '1', reason: 'COMPLEX' });
    expect((await listed())[0]?.['Clock']).toMatch(/^8[5-9] days left \(extended: it is complex\)$/);
    const stale = await officer.post(`/requests/${id}`, { do: 'close', version: '1', outcome: 'GRANTED' });
    expect(stale.problems).toEqual([expect.stringContaining('Somebody else changed it')]);
    await officer.post(`/requests/${id}`, { do: 'close', version: '2', outcome: 'GRANTED' });
    expect(await listed()).toEqual([]);
    const other = await signIn(stack, { partner: 'hmpps-prisons' });
    expect((await other.get(`/requests/${id}`)).status).toBe(404);
  });

  test('the report is drawn up for a number that stands in no address, and reads alike for nobody', async () => {
    const report = async (value: string) => {
      const page = await officer.post('/requests/report', { type: 'CRN', value, from: '1/1/2026', to: '31/12/2026' });
      expect([page.status, page.url.includes(value)]).toEqual([200, false]);
      return page;
    };
    const [known, nobody] = [await report(CRN), await report('X999999')];
    expect(known.text).toContain('Who used your information');
    expect(nobody.text).toContain('Uses shown: 0');
    const wrong = await officer.post('/requests/report', { type: 'CRN', value: 'nonsense', from: 'x', to: '' });
    expect(wrong.problems).toHaveLength(2);
    expect((await officer.get('/requests/report/not-a-handle')).form('/console/requests/report')).not.toBeNull();
  });

  test('what waits for a decision about telling is read, and kept back only on a ground', async () => {
    expect((await officer.get('/requests/tellings')).text).toContain('Nothing waits for a decision.');
    expect((await lead.get('/requests/tellings')).text).toContain('Nothing is kept back.');
    const page = await officer.post('/requests/tellings', { entry: 'x', decision: 'WITHHOLD', version: '0' });
    expect(page.problems).toEqual([
      'Choose the ground on which it is kept back',
      'Enter the day on which it is looked at again',
    ]);
  });
});

describe('Today', () => {
  test('what waits stands with its age and deadline, and where it is done', async () => {
    const receivedOn = addDays(londonDay(stack.clock.now()), -40).split('-').reverse().join('/');
    await officer.post('/requests', { kind: 'OBJECTION', value: 'X100009', receivedOn, key: 'page-test-2' });
    const page = await officer.get('/today');
    const [first] = page.rows('What waits, overdue first') ?? [];
    expect(first?.['What']).toBe('Request of a person: objection to sharing');
    expect(first?.['Deadline']).toMatch(/^\d+ days overdue/);
    expect(page.link('Request of a person: objection to sharing')).toMatch(/^\/console\/requests\/[0-9a-f-]{36}$/);
    expect(page.text).toMatch(/waits? for you, \d+ overdue/);
  });

  test('lists of restrictions: an owner’s officer reads what wants putting right, the lead no number of people', async () => {
    const own = (await officer.get('/today')).rows('How lists of restrictions come') ?? [];
    expect(own.map((row) => row['Owner'])).toEqual(['Probation Service']);
    expect(own[0]).toHaveProperty('What wants putting right');
    const all = (await lead.get('/today')).rows('How lists of restrictions come') ?? [];
    expect(all.length).toBeGreaterThan(1);
    expect(all[0]).not.toHaveProperty('What wants putting right');
    const { body } = await stack.ask('{ restrictionHealth { owner unreadable unresolved } }', {
      persona: 'ig-lead',
      partner: 'throughgate-board',
      purpose: 'IG_ASSURANCE',
    });
    for (const { unreadable, unresolved } of body.data.restrictionHealth)
      expect([unreadable, unresolved]).toEqual([null, null]);
    const housing = await signIn(stack, { partner: 'northmere-housing' });
    expect((await housing.get('/today')).text).toContain('Your partner sends no list of restrictions.');
  });

  test('a list that is too old, or of which a newer one was refused, says so and since when', async () => {
    const states = async () =>
      ((await lead.get('/today')).rows('How lists of restrictions come') ?? []).map((row) => row['Health']);
    await stack.sql(
      `insert into record.restriction_list (owner, as_of, received_at) values ('probation-service', now(), now())
       on conflict (owner) do update set as_of = now(), problem = null`,
    );
    expect(await states()).toContain('As agreed');
    await stack.sql(
      `update record.restriction_list set as_of = now() - interval '30 hours' where owner = 'probation-service'`,
    );
    expect(await states()).toContain('Too old The last good one stays in force.');
    expect((await officer.get('/today')).text).toContain('Too old since');
    await stack.sql(`update record.restriction_list set problem = 'SHRUNK' where owner = 'probation-service'`);
    expect((await states()).join()).toContain('SHRUNK');
  });

  test('each chart stands with the same as a table', async () => {
    const page = await lead.get('/today?charts=12-months');
    expect(page.rows('Accesses by partner')).toContainEqual({
      Partner: 'Probation Service',
      Accesses: expect.any(String),
    });
    expect(page.html.match(/<svg /g)?.length).toBe(
      page.html.match(/role="img" aria-label="[^"]*: the table that follows/g)?.length,
    );
    expect(page.html).not.toMatch(/ style=/);
  });

  test('what only wants to be read is taken off the list, and is no other partner’s to take off', async () => {
    // Of a visit to the console, so that the link leads to something.
    const [{ reference }] = (await stack.sql<{ reference: string }>(
      `insert into record.work_item (kind, partner, reference, opened_at, due_at)
       select 'RESTRICTION_APPROACHED', 'probation-service', request_id::text, now(), now() + interval '1 day'
       from audit.entry where kind = 'request' and partner = 'probation-service' order by index limit 1
       returning reference`,
    )) as [{ reference: string }];
    const fields = { kind: 'RESTRICTION_APPROACHED', reference };
    const found = (await officer.get(`/log?request=${reference}`)).rows('Entries of the log') ?? [];
    expect(found.length).toBeGreaterThan(0);
    expect(found.length).toBeLessThan(5);
    const prison = await signIn(stack, { partner: PRISON.partner });
    expect((await prison.post('/today', fields)).problems).toEqual(['It is not on your list any more.']);
    const waiting = async () => (await officer.get('/today')).html.includes(`/console/log?request=${reference}`);
    expect(await waiting()).toBe(true);
    await officer.post('/today', fields);
    expect(await waiting()).toBe(false);
  });
});
