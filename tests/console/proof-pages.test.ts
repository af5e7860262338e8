import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { signTree } from '../../src/audit/checkpointer.ts';
import { parseSigner } from '../../src/audit/note.ts';
import { EMPTY, extend, leafHash } from '../../src/audit/tree.ts';
import { askAs, PROBATION } from '../contract/callers.ts';
import { type Subject, subjects } from '../contract/oracle/subject.ts';
import { population, type Stack, startStack } from '../stack/stack.ts';
import { type Officer, signIn } from './officer.ts';

const people = population();
const someone = (trait: Parameters<typeof subjects>[1]) => subjects(people, trait)[0] as Subject;
const SHOWN = 'What was shown, and the rule today';

let stack: Stack;
let own: Officer;
let elsewhere: Officer;
let lead: Officer;
/** Something a probation officer was shown. */
let id: string;

beforeAll(async () => {
  stack = await startStack();
  // Before any officer did anything, so that nothing of theirs lies beside it.
  id = await entryOf('allowed', 'disclosure', 'custody { releaseDate } policing { markers { code } }');
  await signed(id);
  [own, elsewhere, lead] = await Promise.all([
    signIn(stack),
    signIn(stack, { partner: 'southdale-housing' }),
    signIn(stack, { persona: 'ig-lead' }),
  ]);
});

afterAll(() => stack?.close());

async function entryOf(trait: Parameters<typeof subjects>[1], kind: string, selection?: string): Promise<string> {
  const answer = await askAs(stack, PROBATION, someone(trait), selection);
  const entries = await stack.entries(answer.body.extensions.requestId);
  return String(entries.find((entry) => entry['kind'] === kind)?.['id']);
}

async function signed(entry: string): Promise<void> {
  const sql = `select from audit.checkpoint where size > (select index from audit.entry where id = $1) limit 1`;
  await until(async () => (await stack.sql(sql, [entry])).length === 1);
}

async function until(holds: () => Promise<boolean>): Promise<void> {
  for (const end = performance.now() + 10_000; !(await holds()); await sleep(25)) {
    if (performance.now() > end) throw new Error('it never came to be so');
  }
}

describe('an entry', () => {
  test('says what was shown, under which rule, whether it still is, and that it is unaltered', async () => {
    const page = await own.get(`/entry/${id}`);
    expect(page.status).toBe(200);
    expect(page.text).toMatch(/PRO-0001, probation practitioner at .+, was shown 1 field/);
    expect(page.text).toContain('Checked just now: the entry is in the log');
    const [row] = page.rows(SHOWN) ?? [];
    expect(row).toMatchObject({ Fields: 'Custody: release date', Then: expect.stringMatching(/^Shown Under .+\.$/) });
    expect(row?.['Today']).toMatch(/^Shown Today it would be shown of whoever the caller has a relationship with: /);
    expect(page.text).toMatch(/It is the policy in force: the rule is still the rule/);
    expect(page.text).toContain('What each gate said is for the holder of the data and the lead.');
    expect(page.text).toMatch(/Kinds of information .*release/);
    expect(page.text).toContain('--leaf-hash');
    expect(page.html).not.toMatch(/northmere-police|Northmere Police/);
  });

  test('says every gate in its order to the lead, and gives the two files that prove it', async () => {
    const page = await lead.get(`/entry/${id}`);
    const gates = page.rows('Every gate, in order') ?? [];
    expect(gates.map(({ Gate }) => Gate).slice(0, 2)).toEqual(['Partner', 'Client']);
    expect(gates).toContainEqual({ Gate: 'Restriction', 'It said': 'Pass', Why: expect.stringMatching(/\.$/) });
    const [proof, bytes] = await Promise.all([lead.send(`/entry/${id}/proof`), lead.send(`/entry/${id}/bytes`)]);
    expect(proof.headers.get('content-disposition')).toBe(`attachment; filename="entry-${id.slice(0, 8)}.proof"`);
    expect(await proof.text()).toMatch(/^c2sp\.org\/tlog-proof@v1\nindex \d+\n/);
    expect(JSON.parse(await bytes.text())).toMatchObject({ id, kind: 'disclosure' });
  });

  test('of which the exact bytes are the lead’s alone', async () => {
    expect((await own.send(`/entry/${id}/proof`)).status).toBe(200);
    expect((await own.send(`/entry/${id}/bytes`)).status).toBe(404);
  });

  test('that is another’s, closed, or none has one and the same page', async () => {
    const restricted = await entryOf('restrictedListed', 'disclosure');
    const pages = await Promise.all([
      elsewhere.get(`/entry/${id}`),
      lead.get(`/entry/${restricted}`),
      own.get('/entry/0b5a5b06-0000-4000-8000-000000000000'),
      own.get('/entry/%3Cscript%3E'),
      own.get('/entry?id=%27%3B--'),
    ]);
    for (const page of pages) {
      expect(page.status).toBe(404);
      expect(page.text).toBe(pages[0]?.text);
    }
    expect((await own.get(`/entry?id=${id.toUpperCase()}`)).status).toBe(200);
  });

  test('says of a look-up that was refused that nothing was shown, and why to those who may know', async () => {
    const refused = await entryOf('unrelated', 'refusal');
    expect((await own.get(`/entry/${refused}`)).text).toMatch(/asked about somebody, and was shown nothing/);
    const gates = (await lead.get(`/entry/${refused}`)).rows('Every gate, in order');
    expect(gates).toContainEqual(expect.objectContaining({ Gate: 'Relationship', 'It said': 'Refuse' }));
  });
});

describe('whether anybody has altered the log', () => {
  const verify = async (officer: Officer) => {
    const { key = '' } = (await officer.get('/proof')).form('/console/proof/verify') ?? {};
    const { url } = await officer.post('/proof/verify', { key });
    const path = new URL(url).pathname.replace(/^\/console/, '');
    await until(async () => !(await officer.get(path)).text.includes('The log is being checked'));
    return officer.get(path);
  };

  test('a second click finds what the first began', async () => {
    const twice = ['clicked-once', 'clicked-twice'].map((key) => own.post('/proof/verify', { key }));
    for (const { url } of await Promise.all(twice)) expect(url).toContain('/console/proof/check/');
  });

  test('is not known before somebody looked, is checked now, and is said first after that', async () => {
    const before = await own.get('/proof');
    expect(before.text).toMatch(/^Has anyone altered this log\? Nobody has checked the whole log here yet\./);
    expect((await verify(own)).text).toMatch(/Nobody has altered the log: all \d+ entries were checked/);
    const after = await elsewhere.get('/proof');
    expect(after.text).toMatch(
      /^Has anyone altered this log\? Nobody has altered the log: all \d+ entries were checked at/,
    );
    expect((await own.get('/proof/check/none')).status).toBe(404);
  });

  test('can be checked without us: the key, the checkpoint, and one command', async () => {
    const { vkey } = parseSigner(stack.config.auditSigningKey);
    const page = await own.get('/proof');
    expect(page.text).toContain(`npx throughgate audit verify --bundle bundle --key '${vkey}' --since checkpoint.txt`);
    expect(await (await own.send('/proof/key')).text()).toBe(`${vkey}\n`);
    expect(await (await own.send('/proof/checkpoint')).text()).toMatch(/^log\.example\n\d+\n/);
  });

  test('was compared with what somebody outside kept: what was typed stays where it is no checkpoint', async () => {
    const checkpoint = await (await own.send('/proof/checkpoint')).text();
    const { key = '' } = (await own.get('/proof')).form('/console/proof') ?? {};
    const wrong = await own.post('/proof', { key, who: '<b>=1+1</b>', checkpoint: 'nothing' });
    expect([wrong.status, wrong.problems[0]]).toEqual([400, expect.stringMatching(/^That is not a checkpoint/)]);
    expect(wrong.form('/console/proof')).toMatchObject({ who: '<b>=1+1</b>', checkpoint: 'nothing' });
    expect(wrong.html).not.toContain('<b>');
    expect((await own.post('/proof', { key, who: '', checkpoint: '' })).problems).toHaveLength(2);
    const kept = await own.post('/proof', { key, who: 'Audit South West', checkpoint });
    expect(kept.text).toContain('the log goes on from it');
    expect((await lead.get('/proof')).text).toContain('Audit South West (recorded by');
  });

  test('is told first and plainly where it was, with the place', async () => {
    const place = Number(
      (await stack.sql<{ index: string }>('select index from audit.entry where id = $1', [id]))[0]?.index,
    );
    const set = (practitioner: string) =>
      stack.sql('update audit.entry set practitioner = $1 where id = $2', [practitioner, id]);
    await set('PRO-0002');
    expect((await verify(own)).text).toContain(`The first bad entry is at place ${place}, counted from 0.`);
    const told = await lead.get('/proof');
    expect(told.text).toMatch(
      /^Has anyone altered this log\? ! Warning Somebody has altered the log: entry \d+ is searched by/,
    );
    await set('PRO-0001');
    expect((await verify(own)).text).toContain('Nobody has altered the log');
  });

  test('is told to everybody where what somebody outside kept is of another log of the same key', async () => {
    const tree = extend(EMPTY, [leafHash(Buffer.from('another'))]);
    const { note } = signTree(tree, parseSigner(stack.config.auditSigningKey));
    const { key = '' } = (await own.get('/proof')).form('/console/proof') ?? {};
    await own.post('/proof', { key, who: 'Audit North East', checkpoint: note });
    expect((await elsewhere.get('/proof')).text).toContain(
      'The log is not the one that was signed: Audit North East kept a checkpoint of 1 entry',
    );
  });
});
