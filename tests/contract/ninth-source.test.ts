import { cpSync, globSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parse, stringify } from 'yaml';
import { type PartnerServer, serveSubgraph } from '../../src/demo/partners/server.ts';
import { createSubgraph } from '../../src/demo/partners/subgraph.ts';
import { readRecord } from '../../src/gateway/read-record.ts';
import { startGateway } from '../../src/main.ts';
import { loadBundle } from '../../src/policy/load/load.ts';
import { importFacts } from '../../src/store/facts.ts';
import { population, type Stack, startStack } from '../stack/stack.ts';

const PROJECT = join(import.meta.dirname, '..', '..');
const FIXTURE = join(import.meta.dirname, 'courts');
const CASE = 'T20260417';

/** What the ninth holder knows. Synthetic. */
const HELD = {
  asOf: new Date().toISOString(),
  nextHearing: { kind: 'BREACH', on: '2027-02-03', court: 'Northmere Crown Court' },
  orders: [{ code: 'COMPENSATION', until: null }],
  sentencingRemarks: 'Said in court, and not for this reader.',
};
const COURT = `court { nextHearing { kind on court } orders { code until } sentencingRemarks }`;
const SECTIONS = 'sections { section holder status }';

let folder: string;
let courts: PartnerServer;
let stack: Stack;
let crn: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'throughgate-courts-'));
  cpSync(join(PROJECT, 'schema'), join(folder, 'schema'), { recursive: true });
  cpSync(join(FIXTURE, 'schema'), join(folder, 'schema', 'sources'), { recursive: true });
  addPolicies(join(folder, 'policies'));
  courts = await serveSubgraph(
    createSubgraph(readFileSync(join(FIXTURE, 'schema', 'courts.graphql'), 'utf8'), (value) =>
      value === CASE ? { courtCase: CASE, court: () => HELD } : null,
    ),
    '127.0.0.1',
    0,
  );
  stack = await startStack({
    schemaDir: join(folder, 'schema'),
    policiesDir: join(folder, 'policies'),
    extraHolders: [{ code: 'courts-service', source: 'courts', url: courts.url }],
  });

  crn = String(population().traits().allowed[0]?.identifiers['CRN']);
  const [row] = await stack.sql<{ person: string }>('select person from record.link where type = $1 and value = $2', [
    'CRN',
    crn,
  ]);
  await importFacts(stack.ownerUrl, [
    {
      kind: 'link',
      person: row?.person ?? '',
      holder: 'courts-service',
      type: 'COURT_CASE',
      value: CASE,
      confidence: 1,
      current: true,
    },
  ]);
});

afterAll(async () => {
  await stack?.close();
  await courts?.close();
  rmSync(folder, { recursive: true, force: true });
});

/** Copies the real policies, adds the fixture's files, and the fixture's lines where a file is there already. */
function addPolicies(target: string): void {
  cpSync(join(PROJECT, 'policies'), target, { recursive: true });
  for (const path of globSync('**/*.yaml', { cwd: join(FIXTURE, 'policies') })) {
    const added = parse(readFileSync(join(FIXTURE, 'policies', path), 'utf8'));
    const file = join(target, path);
    mkdirSync(dirname(file), { recursive: true });
    const present = globSync(path, { cwd: target }).length > 0 ? parse(readFileSync(file, 'utf8')) : {};
    writeFileSync(file, stringify(merged(present, added), { aliasDuplicateObjects: false }));
  }
}

function merged(present: unknown, added: unknown): unknown {
  if (Array.isArray(present) && Array.isArray(added)) return [...present, ...added];
  if (!isTable(present) || !isTable(added)) return added;
  const keys = Object.keys({ ...present, ...added });
  return Object.fromEntries(keys.map((key) => [key, key in added ? merged(present[key], added[key]) : present[key]]));
}

function isTable(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

describe('a ninth source, added by files alone', () => {
  test('answers its section, asked by its own identifier and for what both keys open', async () => {
    const before = stack.recorder.calls.length;
    const { status, body } = await stack.ask(
      `{ person(identifier: {type: "CRN", value: "${crn}"}) { ${COURT} ${SECTIONS} } }`,
      {
        purpose: 'COURT_REPORT',
      },
    );
    expect(status).toBe(200);
    expect(body.data.person).toEqual({
      court: { nextHearing: HELD.nextHearing, orders: HELD.orders, sentencingRemarks: null },
      sections: [{ section: 'court', holder: 'courts-service', status: 'AVAILABLE' }],
    });
    expect(body.extensions.withheld).toMatchObject([
      {
        section: 'court',
        fields: ['CourtRecord.sentencingRemarks'],
        reason: 'NOT_IN_VIEW',
        contact: { name: 'Courts information desk' },
      },
    ]);
    const [call, ...more] = stack.recorder.calls.slice(before);
    expect(more).toEqual([]);
    expect(call?.holder).toBe('courts-service');
    expect(call?.representations).toEqual([{ __typename: 'Person', courtCase: CASE }]);
    expect(call?.query).not.toContain('sentencingRemarks');

    const entries = await stack.entries(body.extensions.requestId);
    expect(entries.find(({ kind }) => kind === 'disclosure')).toMatchObject({
      agreements: ['CRT-PRB-01'],
      released: [
        'courts-service|CourtOrder.code',
        'courts-service|CourtOrder.until',
        'courts-service|CourtRecord.nextHearing',
        'courts-service|CourtRecord.orders',
        'courts-service|Hearing.court',
        'courts-service|Hearing.kind',
        'courts-service|Hearing.on',
      ],
    });
  });

  test('finds people by its own identifier, where the role may look up by it', async () => {
    const query = `{ person(identifier: {type: "COURT_CASE", value: "${CASE}"}) { identifiers { type value } } }`;
    const { body } = await stack.ask(query, { purpose: 'COURT_REPORT' });
    expect(body.data.person.identifiers).toContainEqual({ type: 'COURT_CASE', value: CASE });
    const refused = await stack.ask(query, { persona: 'work-coach', purpose: 'BENEFITS_EMPLOYMENT' });
    expect(refused.body.errors).toMatchObject([{ extensions: { code: 'BAD_IDENTIFIER' } }]);
  });

  test('is asked nothing for a role, or a purpose, that has no key to it', async () => {
    const before = stack.recorder.calls.length;
    const nino = String(population().traits().allowed[0]?.identifiers['NINO']);
    const others = [
      { persona: 'work-coach', purpose: 'BENEFITS_EMPLOYMENT', identifier: `{type: "NINO", value: "${nino}"}` },
      { persona: 'probation-practitioner', purpose: 'RELEASE_PLANNING', identifier: `{type: "CRN", value: "${crn}"}` },
    ];
    for (const { identifier, ...caller } of others) {
      const { body } = await stack.ask(`{ person(identifier: ${identifier}) { ${COURT} ${SECTIONS} } }`, caller);
      expect(body.data.person).toEqual({ court: null, sections: [] });
      expect(body.extensions.withheld).toMatchObject([{ section: 'court', reason: 'NOT_IN_VIEW' }]);
    }
    expect(stack.recorder.calls.slice(before)).toEqual([]);
  });

  test('is told apart by agreement: a role may need what no agreement gives', async () => {
    const { body } = await stack.ask(`{ person(identifier: {type: "CRN", value: "${crn}"}) { ${COURT} } }`, {
      persona: 'probation-manager',
      purpose: 'COURT_REPORT',
    });
    expect(body.data.person.court).toMatchObject({ nextHearing: HELD.nextHearing, sentencingRemarks: null });
    expect(body.extensions.withheld).toMatchObject([
      { fields: ['CourtRecord.sentencingRemarks'], reason: 'NO_AGREEMENT' },
    ]);
  });

  test('stands in introspection for the view that can hold it, and for no other', async () => {
    const query = '{ __type(name: "CourtRecord") { fields { name } } }';
    const seen = await stack.ask(query, { purpose: 'COURT_REPORT' });
    expect(seen.body.data.__type.fields).toEqual([{ name: 'nextHearing' }, { name: 'orders' }]);
    const unseen = await stack.ask(query, { purpose: 'RELEASE_PLANNING' });
    expect(unseen.body.data.__type).toBeNull();
  });

  test('needed no line of TypeScript', () => {
    const files = globSync('src/**/*.ts', { cwd: PROJECT });
    expect(files.length).toBeGreaterThan(100);
    const words = /courts-service|courtCase|COURT_CASE|CourtRecord/;
    expect(files.filter((path) => words.test(readFileSync(join(PROJECT, path), 'utf8')))).toEqual([]);
  });
});

describe('SHARE-01: the start is refused, naming every field or class that is forgotten', () => {
  async function problemsAfter(file: string, change: (text: string) => string): Promise<string> {
    const policies = join(folder, 'broken');
    cpSync(join(folder, 'policies'), policies, { recursive: true });
    try {
      const path = join(policies, file);
      const before = readFileSync(path, 'utf8');
      const after = change(before);
      expect(after).not.toBe(before);
      writeFileSync(path, after);
      const record = await readRecord(join(folder, 'schema'));
      return await loadBundle(policies, record).then(
        () => 'it was accepted',
        (error: Error) => error.message,
      );
    } finally {
      rmSync(policies, { recursive: true });
    }
  }

  test('a field in no class', async () => {
    const problems = await problemsAfter('data-classes.yaml', (text) => text.replace(/^ *- Hearing\.court\n/m, ''));
    expect(problems).toMatch(/^data-classes\.yaml:\d+:\d+ .*Hearing\.court .*is in no class/m);
  });

  test('a class that no role needs', async () => {
    const problems = await problemsAfter('roles/probation-manager.yaml', (text) =>
      text.replace(/^ *- court\.remarks\n/m, ''),
    );
    expect(problems).toMatch(/no role needs court\.remarks/);
  });

  test('a source without a desk', async () => {
    const problems = await problemsAfter('desks.yaml', (text) => text.replace(/^ {2}courts:\n( {4}.*\n)+/m, ''));
    expect(problems).toMatch(/source type courts has no desk/);
  });

  test('a whole gateway does not come up on it', async () => {
    const schemaDir = join(folder, 'unclassified');
    cpSync(join(folder, 'schema'), schemaDir, { recursive: true });
    const path = join(schemaDir, 'sources', 'courts.graphql');
    writeFileSync(path, readFileSync(path, 'utf8').replace('  court: String\n', '  court: String\n  judge: String\n'));
    await expect(startGateway({ config: { ...stack.config, schemaDir, console: null } })).rejects.toThrow(
      /Hearing\.judge/,
    );
  });
});
