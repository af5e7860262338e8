import { globSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { buildSchema, parse, validate } from 'graphql';
import { expect, test } from 'vitest';
import { readRecord } from '../../src/gateway/read-record.ts';

const ROOT = join(import.meta.dirname, '..', '..');
const CONSOLE = join(ROOT, 'src', 'console');
const CONSTANT = /\bconst (\w+) =\s*(?:`([^`]*)`|'([^'\n]*)')/g;
const IMPORTED = /import \{([^}]*)\} from '(\.[^']*)'/g;
/** A text that begins as an operation does, wherever it stands. */
const OPERATION = /`(\s*(?:query|mutation)\s+\w+[^`]*)`|'((?:query|mutation)\s+\w+[^'\n]*)'/g;

/** With the constants that stand in it. */
function filled(file: string, template: string): string {
  return template.replaceAll(/\$\{(\w+)\}/g, (_, name: string) => constantOf(file, name));
}

function constantOf(file: string, name: string): string {
  const source = readFileSync(file, 'utf8');
  for (const [, constant, template, plain] of source.matchAll(CONSTANT)) {
    if (constant === name) return plain ?? filled(file, template ?? '');
  }
  for (const [, names = '', from = ''] of source.matchAll(IMPORTED)) {
    if (names.split(',').some((each) => each.trim() === name)) return constantOf(join(dirname(file), from), name);
  }
  throw new Error(`${file} has no constant text ${name}`);
}

test('every operation that the console sends is one that the gateway has', async () => {
  const schema = buildSchema((await readRecord(join(ROOT, 'schema'))).publicSdl);
  const operations = globSync('**/*.ts', { cwd: CONSOLE }).flatMap((path) => {
    const file = join(CONSOLE, path);
    const found = readFileSync(file, 'utf8').matchAll(OPERATION);
    return [...found].map(([, template, plain]) => ({ path, text: filled(file, template ?? plain ?? '') }));
  });
  expect(operations.length).toBeGreaterThan(20);
  const wrong = operations.flatMap(({ path, text }) =>
    validate(schema, parse(text)).map(({ message }) => `${path}: ${message}`),
  );
  expect(wrong).toEqual([]);
});
