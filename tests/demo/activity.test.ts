import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Logged, parseLogged } from '../../src/audit/logged.ts';
import { parseSigner, parseVkey } from '../../src/audit/note.ts';
import { createPseudonyms } from '../../src/audit/pseudonym.ts';
import { verifyLog } from '../../src/audit/verify.ts';
import type { Activity } from '../../src/demo/activity/activity.ts';
import type { KnownAnswers } from '../../src/demo/activity/answers.ts';
import { knownSurroundings } from '../../src/demo/activity/surroundings.ts';
import { accessesOf } from '../../src/flags/access.ts';
import { explain } from '../../src/flags/explain.ts';
import type { Access } from '../../src/flags/types.ts';
import { readRecord } from '../../src/gateway/read-record.ts';
import { loadBundle } from '../../src/policy/load/load.ts';
import { londonTime } from '../../src/record/london.ts';
import { checkLog } from '../../src/store/fsck.ts';
import { type Stack, startStack } from '../stack/stack.ts';
import { seedYear } from '../stack/year.ts';

let stack: Stack;
let year: Activity;
let rows: Buffer[];
let entries: Map<string, Logged>;
let answers: KnownAnswers;

beforeAll(async () => {
  stack = await startStack();
  year = await seedYear(stack, 2_000);
  answers = year.answers();
  rows = (await stack.sql<{ body: Buffer }>('select body from audit.entry order by index')).map(({ body }) => body);
  entries = new Map(rows.flatMap((body) => parseLogged(body) ?? []).map((entry) => [entry.id, entry]));
});

afterAll(() => stack.close());

const entry = (id: string): Logged => {
  const found = entries.get(id);
  if (!found) throw new Error(`no entry ${id}`);
  return found;
};

describe('the log that it makes', () => {
  it('is good where it lies, and as a copy, to the end that is signed', async () => {
    const key = parseVkey(parseSigner(stack.config.auditSigningKey).vkey);
    const found = await checkLog(stack.config.auditReaderUrl ?? '', [key]);
    expect(found).toMatchObject({ ok: true, entries: rows.length });
    const checkpoints = await stack.sql<{ size: string; note: string }>(
      'select size, note from audit.checkpoint order by size',
    );
    const newest = checkpoints.at(-1);
    const verdict = await verifyLog({
      entries: rows.map((body) => Buffer.concat([body, Buffer.from('\n')])),
      checkpoint: newest?.note ?? '',
      earlier: checkpoints.slice(0, -1).map(({ size, note }) => ({ name: size, note })),
      keys: [key],
    });
    expect(verdict).toMatchObject({ ok: true, size: rows.length });
  });

  it('has every entry in the form of those that the gateway makes', async () => {
    const [person] = answers.person.numbers.filter(({ type }) => type === 'CRN');
    await stack.ask(
      'query Q($crn: String!) { person(identifier: {type: "CRN", value: $crn}) { id custody { releaseDate } } }',
      {
        variables: { crn: person?.value },
      },
    );
    const real = (
      await stack.sql<{ body: Buffer }>(
        `select body from audit.entry where kind = 'disclosure' order by index desc limit 1`,
      )
    )[0];
    const shape = (body: unknown) => Object.keys(JSON.parse(String(body))).sort();
    const made = rows.filter((body) => parseLogged(body)?.kind === 'disclosure');
    expect(new Set(made.map((body) => shape(body).join()))).toEqual(new Set([shape(real?.body).join()]));
    expect(entries.size).toBe(rows.length);
  });

  it('runs through a year, in order', () => {
    const times = rows
      .flatMap((body) => parseLogged(body) ?? [])
      .filter(({ node }) => node === 'seeded')
      .map(({ at }) => at);
    expect(times).toEqual([...times].sort());
    const days = (Date.parse(times.at(-1) ?? '') - Date.parse(times[0] ?? '')) / 86_400_000;
    expect(days).toBeGreaterThan(355);
  });
});

describe('what is known of it beforehand', () => {
  it('agrees with what explains an access', async () => {
    const { flags } = await policyOf();
    const pseudonyms = createPseudonyms(stack.config.auditHmacKeys);
    const on = knownSurroundings(year.world, pseudonyms, flags);
    const accesses = new Map(accessesOf([...entries.values()]).map((access) => [access.id, access]));
    const all = [...answers.person.rows, ...answers.practitioner.rows, ...answers.joined.recipients];
    const told = all.map(({ entry: id, explained }) => {
      const access = accesses.get(id) as Access;
      return [explain(access, on.on(access.day).held(access), flags).explained, explained];
    });
    expect(told.filter(([one, other]) => one !== other)).toEqual([]);
    expect(new Set(told.map(([one]) => one))).toEqual(new Set([true, false]));
  });

  it('has a person seen by several partners, by a number since merged too, for reasons and for none', () => {
    const { rows: about, numbers } = answers.person;
    expect(new Set(about.map(({ partner }) => partner)).size).toBeGreaterThan(4);
    expect(about.some(({ classes }) => classes.some((name) => name.startsWith('policing.')))).toBe(true);
    expect(about.some(({ classes }) => classes.some((name) => name.startsWith('childrens.')))).toBe(true);
    expect(new Set(about.map(({ subject }) => subject)).size).toBe(2);
    expect(numbers.filter(({ type }) => type === 'PRISON_NUMBER')).toHaveLength(2);
    for (const row of about) expect(entry(row.entry).subject?.ref).toBe(row.subject);
  });

  it('has an answer at 14:07 with something shown and something withheld', () => {
    const { entry: id, shown, withheld } = answers.entry;
    expect(londonTime(new Date(entry(id).at))).toBe('14:07');
    expect(entry(id).released).toEqual(shown);
    expect(Math.min(shown.length, withheld.length)).toBeGreaterThan(0);
  });

  it('has an account misused for a morning', () => {
    const { practitioner, partner, from, to, people, refused } = answers.incident;
    const within = [...entries.values()].filter(
      ({ actor, at, subject }) =>
        actor?.practitioner === practitioner &&
        actor.partner === partner &&
        subject &&
        new Date(at) >= from &&
        new Date(at) < to,
    );
    expect([londonTime(from), londonTime(to)]).toEqual(['09:10', '11:40']);
    expect(within).toHaveLength(people.length + refused);
    expect(people.length).toBeGreaterThan(5);
  });

  it('has break-glass that is overdue, due, one’s own line’s and closed', async () => {
    const { overdue, due, ownLine, closed } = answers.breakGlass;
    const kept = await stack.sql<{ id: string; closed: boolean; late: boolean }>(
      'select id, closed_at is not null as closed, due_at < now() as late from record.break_glass where id = any($1)',
      [[overdue, due, ownLine, closed]],
    );
    const of = (id: string) => kept.find((each) => each.id === id);
    expect(of(overdue)).toMatchObject({ closed: false, late: true });
    expect(of(due)).toMatchObject({ closed: false, late: false });
    expect(of(ownLine)).toMatchObject({ closed: false });
    expect(of(closed)).toMatchObject({ closed: true });
  });

  it('has a practitioner’s month, explained, unexplained and refused, and two people joined', () => {
    const { rows: month } = answers.practitioner;
    expect(month.filter(({ explained }) => explained).length).toBeGreaterThan(2);
    expect(month.filter(({ explained, shown }) => !explained && shown).length).toBeGreaterThan(1);
    expect(month.filter(({ shown }) => !shown).length).toBeGreaterThan(1);
    expect(new Set(answers.joined.recipients.map(({ partner }) => partner)).size).toBeGreaterThan(1);
    expect(answers.agreements.size).toBeGreaterThan(10);
  });
});

async function policyOf() {
  return loadBundle('policies', await readRecord('schema'));
}
