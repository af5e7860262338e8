import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parseSigner, parseVkey } from '../../src/audit/note.ts';
import { openExport } from '../../src/audit/signed-export.ts';
import { leafHash } from '../../src/audit/tree.ts';
import { openStore } from '../../src/store/client.ts';
import { createLogExports } from '../../src/store/exports.ts';
import { type AskOptions, population, type Stack, startStack } from '../stack/stack.ts';
import { askAs, HOUSING, OFFICER, PROBATION } from './callers.ts';
import { type Subject, subjects } from './oracle/subject.ts';

const people = population();
const someone = (trait: Parameters<typeof subjects>[1], index = 0) => subjects(people, trait)[index] as Subject;
const ALLOWED = someone('allowed');
const OTHER = someone('allowed', 1);
const LEAD = { persona: 'ig-lead', partner: 'throughgate-board', purpose: 'IG_ASSURANCE' } as const;
const SECOND_LEAD = { ...LEAD, practitioner: 'IGL-0002' };
const officerAt = (partner: string) => ({ ...OFFICER, partner });
const SPAN = { from: '2020-01-01T00:00:00Z', to: '2100-01-01T00:00:00Z' };
const crn = (subject: Subject) => ({ type: 'CRN', value: subject.identifiers['CRN'] });

let stack: Stack;

beforeAll(async () => {
  stack = await startStack();
  for (const subject of [ALLOWED, OTHER]) await askAs(stack, PROBATION, subject, 'custody { releaseDate }');
  await askAs(stack, HOUSING, ALLOWED);
});

afterAll(() => stack?.close());

async function send(caller: AskOptions, query: string, variables: object = {}) {
  const answer = await stack.ask(query, { ...caller, variables: { ...variables } });
  expect(answer.status, answer.text).toBe(200);
  const [value] = Object.values(answer.body.data as Record<string, unknown>);
  // biome-ignore lint/suspicious/noExplicitAny: answers are read by path
  return { value: value as any, requestId: String(answer.body.extensions.requestId) };
}

let keys = 0;
const START = `mutation ($input: StartLogExportInput!) {
  startLogExport(input: $input) { ok code allowedNow export { reference state format entries filters } }
}`;
const start = (caller: AskOptions, filter: object, format = 'NDJSON', idempotencyKey = `exports-${++keys}`) =>
  send(caller, START, { input: { filter: { ...SPAN, ...filter }, format, idempotencyKey } });

const LIST =
  'query ($reference: ID) { logExports(reference: $reference) { reference state format entries progress filters } }';
const PART = 'query ($reference: ID!, $part: Int!) { logExportPart(reference: $reference, part: $part) { text done } }';

async function fileOf(caller: AskOptions, reference: string): Promise<string> {
  let file = '';
  for (let part = 0; ; part += 1) {
    const { value } = await send(caller, PART, { reference, part });
    file += value.text;
    if (value.done) return file;
  }
}

async function exported(caller: AskOptions, filter: object, format?: string): Promise<string> {
  const { value } = await start(caller, filter, format);
  expect(value.ok, JSON.stringify(value)).toBe(true);
  return fileOf(caller, value.export.reference);
}

async function logged(caller: AskOptions, filter: object) {
  const query = `query ($filter: LogFilter!) { logEntries(filter: $filter, first: 500) { entries { id kind outcome partner } } }`;
  return (await send(caller, query, { filter: { ...SPAN, ...filter } })).value.entries as {
    id: string;
    kind: string;
  }[];
}

describe('AUDIT-01 an export', () => {
  test('is an entry before anything is found, and each part that is given out is one', async () => {
    const { value, requestId } = await start(OFFICER, { kind: 'disclosure', practitioner: 'PRO-0001' }, 'CSV');
    const { reference } = value.export;
    expect(await stack.entries(requestId)).toMatchObject([
      { kind: 'request', deed: { field: 'startLogExport', ok: true, reference } },
      { kind: 'export', processing: 'disclosure', format: 'CSV', what: 'log', reference, entries: null },
    ]);
    const [, made] = await stack.entries(requestId);
    expect(made?.['filters']).toEqual(['kind', 'practitioner']);
    const part = await send(OFFICER, PART, { reference, part: 0 });
    expect(await stack.entries(part.requestId)).toMatchObject([
      { kind: 'request' },
      { kind: 'search', field: 'logExportPart', reference, found: part.value.text.split('\r\n').length - 2 },
    ]);
  });

  test('of one person leaves what a look into the log for them leaves, and no number of theirs', async () => {
    const { value, requestId } = await start(OFFICER, { subjectOf: crn(ALLOWED) });
    const entries = await stack.entries(requestId);
    const [{ subject } = { subject: null }] = (
      await send(OFFICER, 'query ($f: LogFilter!) { logEntries(filter: $f, first: 1) { entries { subject } } }', {
        f: { ...SPAN, subjectOf: crn(ALLOWED) },
      })
    ).value.entries;
    expect(entries).toMatchObject([
      { kind: 'request' },
      { kind: 'export', filters: ['person'] },
      { kind: 'search', field: 'startLogExport', subject: { ref: subject } },
    ]);
    expect(value.export.filters).toEqual(['person']);
    const kept = JSON.stringify(await stack.sql('select * from record.log_export'));
    expect(kept + JSON.stringify(entries)).not.toContain(ALLOWED.identifiers['CRN']);
  });

  test('holds exactly what the officer reads on the page, as NDJSON and as CSV', async () => {
    const filter = { kind: 'disclosure' };
    for (const caller of [OFFICER, officerAt('hmpps-prisons'), LEAD]) {
      const ids = (await logged(caller, filter)).map(({ id }) => id);
      const lines = (await exported(caller, filter)).trimEnd().split('\n');
      expect(ids.length).toBeGreaterThan(0);
      expect(lines.map((line) => JSON.parse(line).id)).toEqual(ids);
      const rows = (await exported(caller, filter, 'CSV')).trimEnd().split('\r\n');
      expect(rows.slice(1).map((row) => row.split(',').at(-1))).toEqual(ids);
    }
  });

  test('has nothing of another partner, whichever filter asks for it', async () => {
    const housing = officerAt('southdale-housing');
    for (const filter of [
      {},
      { partner: 'probation-service' },
      { practitioner: 'PRO-0001' },
      { dataClass: 'custody.release' },
    ]) {
      const lines = (await exported(housing, filter)).split('\n').filter(Boolean);
      expect(lines.filter((line) => JSON.parse(line).partner !== 'southdale-housing')).toEqual([]);
    }
  });

  test('is its officer’s alone: to a colleague, another partner and the lead there is none', async () => {
    const { value } = await start(OFFICER, { kind: 'refusal' });
    const { reference } = value.export;
    expect((await send(OFFICER, LIST, { reference })).value).toMatchObject([{ state: 'READY', progress: 100 }]);
    for (const other of [{ ...OFFICER, practitioner: 'IGO-0002' }, officerAt('hmpps-prisons'), LEAD]) {
      expect((await send(other, LIST, { reference })).value).toEqual([]);
      expect((await send(other, PART, { reference, part: 0 })).value).toBeNull();
    }
  });

  test('sent again is the same export; another under its key is refused; a second waits for the first', async () => {
    const first = (await start(OFFICER, {}, 'CSV', 'exports-again')).value.export.reference;
    expect((await start(OFFICER, {}, 'CSV', 'exports-again')).value.export.reference).toBe(first);
    expect((await start(OFFICER, {}, 'NDJSON', 'exports-again')).value.code).toBe('IDEMPOTENCY_KEY_REUSED');
    await stack.sql(`update record.log_export set state = 'RUNNING', beat_at = now() where id = $1`, [first]);
    expect((await start(OFFICER, {})).value).toMatchObject({ ok: false, code: 'EXPORT_RUNNING', export: null });
    // One of a gateway that is gone stands in nobody's way.
    await stack.sql(`update record.log_export set beat_at = now() - interval '1 minute' where id = $1`, [first]);
    expect((await send(OFFICER, LIST, { reference: first })).value).toMatchObject([{ state: 'INTERRUPTED' }]);
    expect((await start(OFFICER, {})).value.ok).toBe(true);
  });

  test('is one at a time, however many are asked for at once', async () => {
    const store = openStore(stack.config.databaseUrl, { poolSize: 8 });
    const exports = createLogExports(store.db);
    const [now, from] = [new Date(), new Date(Date.now() - 60_000)];
    const begin = (idempotencyKey: string) =>
      exports.begin({
        ...{ id: randomUUID(), idempotencyKey, partner: 'a-partner', practitioner: 'IGO-0001', format: 'CSV' },
        ...{ from, to: now, filters: [], state: 'RUNNING', entries: 0, reachedAt: now, startedAt: now },
      });
    const begun = await Promise.all(Array.from({ length: 8 }, (_, index) => begin(`at-once-${index}`)));
    await store.close();
    expect(begun.filter(Boolean)).toHaveLength(1);
  });

  test('SHARE-06 SHARE-07 leaves out whoever was restricted after it was found and before it left', async () => {
    const subject = someone('allowed', 3);
    await askAs(stack, PROBATION, subject, 'custody { releaseDate }');
    const prison = officerAt('hmpps-prisons');
    const subjectOf = { type: 'PRISON_NUMBER', value: subject.identifiers['PRISON_NUMBER'] };
    await logged({ ...prison, practitioner: 'IGO-0002' }, { subjectOf });
    const { value } = await start(prison, { subjectOf }, 'SIGNED');
    const before = await fileOf(prison, value.export.reference);
    expect(before).toContain('"kind":"disclosure"');
    expect(before).toContain('"kind":"search"');
    await stack.sql(
      `insert into record.restriction (person, type, owner, reference, accounts, desks, unresolved, valid_from)
       values ($1, 'RESTRICTION', 'probation-service', 'EX-1', '{}', '{}', '{}', '2020-01-01')`,
      [subject.uuid],
    );
    const after = await fileOf(prison, value.export.reference);
    expect(after.startsWith('\n')).toBe(true);
    expect(openExport(Buffer.from(after), [verifier()]).lines).toEqual([]);
  });
});

const verifier = () => parseVkey(parseSigner(stack.config.auditSigningKey).vkey);

describe('a signed export', () => {
  test('is what the key of the log signed, and names the leaf of what others did, and of nothing of the officer’s own', async () => {
    const file = Buffer.from(await exported(OFFICER, {}, 'SIGNED'));
    const { text, lines } = openExport(file, [verifier()]);
    expect(text).toMatch(/^Throughgate log export v1\nExport /);
    expect(text).toContain('For probation-service, ig-officer\n');
    const rows = await stack.sql<{ id: string; body: Buffer }>('select id::text, body from audit.entry');
    const leaves = new Map(rows.map(({ id, body }) => [id, Buffer.from(leafHash(body)).toString('base64')]));
    const read = lines.map((line) => JSON.parse(line) as { leaf: string | null; entry: { id: string; own: boolean } });
    expect(read.filter(({ leaf }) => leaf !== null).length).toBeGreaterThan(2);
    for (const { leaf, entry } of read) {
      if (entry.own) expect(leaf).toBeNull();
      else if (leaf !== null) expect(leaf).toBe(leaves.get(entry.id));
    }
    expect(read.some(({ entry }) => entry.own)).toBe(true);
    // A gap between the places of two would tell of a third between them.
    expect(lines.join()).not.toMatch(/"(index|place)":/);
  });

  test.each([
    ['a line changed', (file: string) => file.replace('"kind":"disclosure"', '"kind":"disclosurf"')],
    ['a line taken out', (file: string) => file.slice(file.indexOf('\n') + 1)],
    ['a line added', (file: string) => `{}\n${file}`],
    ['a count changed', (file: string) => file.replace(/\nEntries \d+/, '\nEntries 0')],
    ['no note', (file: string) => file.slice(0, file.indexOf('\n\n') + 1)],
  ])('does not open with %s', async (_, change) => {
    const file = await exported(OFFICER, { kind: 'disclosure' }, 'SIGNED');
    expect(() => openExport(Buffer.from(change(file)), [verifier()])).toThrow();
    expect(openExport(Buffer.from(file), [verifier()]).lines.length).toBeGreaterThan(0);
  });
});

describe('what leaves a page as a file', () => {
  const RECORD = 'mutation ($input: RecordExportInput!) { recordExport(input: $input) { ok code reference } }';

  test('is an entry of the officer’s', async () => {
    const input = { ...SPAN, what: 'incident', format: 'CSV', entries: 3, partner: 'northmere-police' };
    const { value, requestId } = await send(OFFICER, RECORD, { input });
    expect(await stack.entries(requestId)).toMatchObject([
      { kind: 'request' },
      { kind: 'export', what: 'incident', entries: 3, filters: ['for=northmere-police'], reference: value.reference },
    ]);
    const query = `query ($filter: LogFilter!) { logEntries(filter: $filter) { entries { what format entries reference side } } }`;
    const { value: page } = await send(OFFICER, query, { filter: { ...SPAN, requestId, kind: 'export' } });
    expect(page.entries).toEqual([
      { what: 'incident', format: 'CSV', entries: 3, reference: value.reference, side: 'RECIPIENT' },
    ]);
  });

  test.each([
    ['a page that there is not', { what: 'x' }],
    ['a partner that there is not', { partner: 'x' }],
    ['fewer than none', { entries: -1 }],
    ['a signed one', { format: 'SIGNED' }],
  ])('is refused for %s', async (_, wrong) => {
    const input = { ...SPAN, what: 'incident', format: 'CSV', entries: 3, ...wrong };
    const { body } = await stack.ask(RECORD, { ...OFFICER, variables: { input } });
    expect(body.errors[0].extensions.code).toBe('BAD_USER_INPUT');
  });
});

describe('how long a search takes', () => {
  test.each([
    ['another partner’s practitioner', { practitioner: 'PRO-0001' }],
    ['a practitioner that there is not', { practitioner: 'XXX-0001' }],
    ['another partner', { partner: 'probation-service' }],
  ])('tells an officer nothing of %s: it takes as long as what there is not', async (_, filter) => {
    const started = performance.now();
    expect(await logged(officerAt('southdale-police'), filter)).toEqual([]);
    expect(performance.now() - started).toBeGreaterThan(49);
  });
});

describe('the log asked by an agreement', () => {
  test('has what was released under it, as far as the reader may know', async () => {
    const query = `query ($filter: LogFilter!) { logEntries(filter: $filter) { entries { agreements } } }`;
    const of = async (caller: AskOptions, agreement: string) =>
      (await send(caller, query, { filter: { ...SPAN, agreement } })).value.entries as { agreements: string[] }[];
    const [{ agreements } = { agreements: [] }] = await of(OFFICER, 'nothing').then(async (none) => {
      expect(none).toEqual([]);
      return (await send(OFFICER, query, { filter: { ...SPAN, kind: 'disclosure' } })).value.entries;
    });
    const [reference = ''] = agreements;
    const found = await of(OFFICER, reference);
    expect(found.length).toBeGreaterThan(0);
    for (const entry of found) expect(entry.agreements).toContain(reference);
    expect(await of(officerAt('southdale-police'), reference)).toEqual([]);
  });
});

describe('a saved search', () => {
  const SAVED = '{ savedSearches { reference name days partner kind } }';
  const SAVE = 'mutation ($input: SaveSearchInput!) { saveSearch(input: $input) { ok code reference } }';
  const DELETE = 'mutation ($input: DeleteSavedSearchInput!) { deleteSavedSearch(input: $input) { ok } }';

  test('is its officer’s alone, is replaced by its name, and is gone when deleted', async () => {
    const save = (caller: AskOptions, days: number) =>
      send(caller, SAVE, { input: { name: ' <b>Refused</b> ', days, kind: 'refusal' } });
    const { value } = await save(OFFICER, 7);
    expect((await save(OFFICER, 30)).value.reference).toBe(value.reference);
    const own = [{ reference: value.reference, name: '<b>Refused</b>', days: 30, partner: null, kind: 'refusal' }];
    expect((await send(OFFICER, SAVED)).value).toEqual(own);
    const colleague = { ...OFFICER, practitioner: 'IGO-0002' };
    expect((await send(colleague, SAVED)).value).toEqual([]);
    await send(colleague, DELETE, { input: { reference: value.reference } });
    expect((await send(OFFICER, SAVED)).value).toEqual(own);
    await send(OFFICER, DELETE, { input: { reference: value.reference } });
    expect((await send(OFFICER, SAVED)).value).toEqual([]);
  });

  test.each([
    ['no name', { name: ' ' }],
    ['a name of two lines', { name: 'a\nb' }],
    ['a name that turns round', { name: 'a\u202eb' }],
    ['no days', { days: 0 }],
    ['too many days', { days: 367 }],
    ['a kind that is not seen', { kind: '\u0007' }],
  ])('is refused for %s', async (_, wrong) => {
    const { body } = await stack.ask(SAVE, { ...OFFICER, variables: { input: { name: 'x', days: 7, ...wrong } } });
    expect(body.errors[0].extensions.code).toBe('BAD_USER_INPUT');
  });
});

describe('a hold', () => {
  const HOLDS = '{ logHolds { reference from until placedBy releaseAskedBy releasedAt releasedBy } }';
  const PLACE = 'mutation ($input: PlaceLogHoldInput!) { placeLogHold(input: $input) { ok code released } }';
  const RELEASE = 'mutation ($input: ReleaseLogHoldInput!) { releaseLogHold(input: $input) { ok code released } }';

  test('is placed by the lead, and takes two of them to release; each step is an entry', async () => {
    const input = { reference: 'COR-2026/1', from: '2026-10', until: '2026-12' };
    const outcome = async (requestId: string) => (await stack.entries(requestId)).at(-1);
    const placed = await send(LEAD, PLACE, { input });
    expect(placed.value).toEqual({ ok: true, code: null, released: false });
    expect(await outcome(placed.requestId)).toMatchObject({
      kind: 'review',
      outcome: 'HOLD_PLACED',
      reference: 'COR-2026/1',
      from: '2026-10',
      to: '2026-12',
    });
    // Sent again it changes nothing; the reference is not to be had for other months.
    expect((await send(LEAD, PLACE, { input })).value.ok).toBe(true);
    const other = { ...input, until: '2027-01' };
    expect((await send(LEAD, PLACE, { input: other })).value).toMatchObject({ ok: false, code: 'REFERENCE_USED' });
    const release = async (caller: AskOptions) => {
      const { value, requestId } = await send(caller, RELEASE, { input: { reference: input.reference } });
      return [value.code, value.released, (await outcome(requestId))?.['outcome']];
    };
    expect(await release(LEAD)).toEqual([null, false, 'HOLD_RELEASE_ASKED']);
    expect(await release(LEAD)).toEqual(['OWN_REQUEST', false, 'OWN_REQUEST']);
    expect((await send(LEAD, HOLDS)).value).toMatchObject([{ releaseAskedBy: 'IGL-0001', releasedAt: null }]);
    expect(await release(SECOND_LEAD)).toEqual([null, true, 'HOLD_RELEASED']);
    expect(await release(SECOND_LEAD)).toEqual(['NOT_OPEN', false, 'NOT_OPEN']);
    expect((await send(LEAD, HOLDS)).value).toEqual([
      {
        ...input,
        placedBy: 'IGL-0001',
        releaseAskedBy: 'IGL-0001',
        releasedBy: 'IGL-0002',
        releasedAt: expect.any(String),
      },
    ]);
  });

  test('is nothing that an officer sees or places', async () => {
    expect((await send(OFFICER, HOLDS)).value).toBeNull();
    const input = { reference: 'COR-2026/2', from: '2026-10', until: '2026-12' };
    expect((await send(OFFICER, PLACE, { input })).value).toBeNull();
    expect(await stack.sql(`select from audit.hold where reference = 'COR-2026/2'`)).toEqual([]);
  });

  test.each([
    ['a reference with a space', { reference: 'A B' }],
    ['months in the wrong order', { from: '2027-01' }],
    ['no month', { until: '2026-13' }],
  ])('is refused for %s', async (_, wrong) => {
    const input = { reference: 'COR-2026/3', from: '2026-10', until: '2026-12', ...wrong };
    const { body } = await stack.ask(PLACE, { ...LEAD, variables: { input } });
    expect(body.errors[0].extensions.code).toBe('BAD_USER_INPUT');
  });
});

describe('a sample', () => {
  const SAMPLE = `query ($filter: LogFilter!, $size: Int!, $seed: ID) {
    logSample(filter: $filter, size: $size, seed: $seed) { seed entries { id kind partner } }
  }`;
  const month = () => ({
    from: new Date(Date.now() - 86_400_000).toISOString(),
    to: new Date(Date.now() + 86_400_000).toISOString(),
  });
  const draw = (caller: AskOptions, filter: object, size: number, seed?: string) =>
    send(caller, SAMPLE, { filter: { ...month(), ...filter }, size, ...(seed && { seed }) });

  test('is drawn again by its seed, which its entry has; another seed draws others', async () => {
    const { value, requestId } = await draw(LEAD, { kind: 'request' }, 5);
    const [, search] = await stack.entries(requestId);
    expect(search).toMatchObject({ kind: 'search', field: 'logSample', reference: value.seed, found: 5 });
    const until = search?.['at'] as string;
    const again = await draw(LEAD, { kind: 'request', to: until }, 5, value.seed);
    // Later entries are not among those that it was drawn from.
    expect(again.value).toEqual((await draw(LEAD, { kind: 'request', to: until }, 5, value.seed)).value);
    const seeds = ['0', '1', '2', '3', '4'].map((digit) => digit.repeat(32));
    const drawn = await Promise.all(
      seeds.map(async (seed) =>
        JSON.stringify((await draw(LEAD, { kind: 'request', to: until }, 5, seed)).value.entries),
      ),
    );
    expect(new Set(drawn).size).toBeGreaterThan(1);
  });

  test('is of what the reader may read: all of it where it is asked for more, and none of anybody else’s', async () => {
    const filter = { kind: 'disclosure' };
    for (const caller of [officerAt('hmpps-prisons'), officerAt('southdale-police'), LEAD]) {
      const ids = (await logged(caller, filter)).map(({ id }) => id).sort();
      const { value } = await draw(caller, filter, 100);
      expect(value.entries.map(({ id }: { id: string }) => id).sort()).toEqual(ids);
    }
  });

  test('takes those with the smallest numbers, so that closed entries change nobody’s chance', async () => {
    const seed = 'ab'.repeat(16);
    const all = (await draw(LEAD, { kind: 'request' }, 100, seed)).value.entries.map(({ id }: { id: string }) => id);
    const few = (await draw(LEAD, { kind: 'request' }, 3, seed)).value.entries.map(({ id }: { id: string }) => id);
    const { createHash } = await import('node:crypto');
    const rank = (id: string) => createHash('sha256').update(`${seed}${id}`).digest('hex');
    const smallest = (ids: string[]) => ids.toSorted((a, b) => (rank(a) < rank(b) ? -1 : 1)).slice(0, 3);
    expect(few.toSorted()).toEqual(smallest([...new Set([...all, ...few])] as string[]).toSorted());
  });

  test.each([
    ['too many', { size: 101 }, {}],
    ['a seed that is none', { seed: 'x' }, {}],
    ['more than a month', {}, SPAN],
  ])('is refused for %s', async (_, wrong, span) => {
    const variables = { filter: { ...month(), ...span }, size: 5, ...wrong };
    const { body } = await stack.ask(SAMPLE, { ...OFFICER, variables });
    expect(body.errors[0].extensions.code).toBe('BAD_USER_INPUT');
  });
});
