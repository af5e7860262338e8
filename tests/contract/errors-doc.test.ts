import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { CODES } from '../../src/errors.ts';
import { nothingToShow } from '../../src/gateway/extensions.ts';
import { publicReason } from '../../src/gateway/person.ts';

const PROJECT = join(import.meta.dirname, '..', '..');
const text = readFileSync(join(PROJECT, 'docs', 'errors.md'), 'utf8');

/** The rows of every table: the cells, without white space around them. */
const rows = [...text.matchAll(/^\|(.+)\|$/gm)].map((match) => (match[1] ?? '').split('|').map((cell) => cell.trim()));

test('docs/errors.md lists exactly the codes that an answer can carry, each with its status', () => {
  const listed = rows.flatMap(([first = '', status = '']) => {
    const code = /^`([A-Z_]+)`$/.exec(first)?.[1];
    return code ? [[code, Number(/^\d+/.exec(status)?.[0])] as const] : [];
  });
  expect(listed.map(([code]) => code)).toEqual([...new Set(listed.map(([code]) => code))]);
  expect(Object.fromEntries(listed)).toEqual(CODES);
});

test('no code is written in src/ that the list does not hold', () => {
  const thrown = globSync('src/**/*.ts', { cwd: PROJECT, exclude: ['src/store/generated/**', 'src/demo/**'] }).flatMap(
    (path) =>
      [...readFileSync(join(PROJECT, path), 'utf8').matchAll(/new GatewayError\(\s*'([A-Z_]+)'/g)].map(
        (match) => match[1] ?? '',
      ),
  );
  expect(thrown.length).toBeGreaterThan(10);
  expect([...new Set(thrown)].filter((code) => !(code in CODES))).toEqual([]);
});

test('docs/errors.md explains exactly the public reasons, and the code of the constant answer', () => {
  const explained = rows.flatMap(([first = '']) => /^reason `([A-Z_]+)`$/.exec(first)?.[1] ?? []);
  const gates = ['view', 'relationship', 'restriction', 'agreement', 'permission', 'link', 'a gate yet to come'];
  expect(explained.toSorted()).toEqual([...new Set(gates.map(publicReason))].toSorted());
  expect(text).toContain(`code \`${nothingToShow(null).code}\``);
});
