import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { csvHead, csvRow } from '../../src/audit/export/csv.ts';
import { auditEvent } from '../../src/audit/export/fhir.ts';
import { apiActivity } from '../../src/audit/export/ocsf.ts';
import { FULL } from './export-samples.ts';

const INDEX = 700;
const columns = csvHead.trimEnd().split(',');
const cells = csvRow(FULL, INDEX).trimEnd().split(',');
const FORMS = [
  Object.fromEntries(columns.map((column, place) => [column, cells[place]])),
  auditEvent(FULL, INDEX),
  apiActivity(FULL, INDEX),
];

/** The rows of the table: a part of an entry, and where each form has it. */
const rows = readFileSync(join(import.meta.dirname, '../../docs/log-formats.md'), 'utf8')
  .split('\n')
  .map((line) => line.split(' | ').map((cell) => cell.replace(/^\| | \|$/g, '')))
  .filter(([part = '', ...places]) => /^(`[\w.]+`|\(its place\))$/.test(part) && places.length === 3)
  .map(([part = '', ...places]) => [part.replaceAll('`', ''), ...places] as const);

/** All that lies at a path, in whichever items of lists. */
function at(node: unknown, path: string): unknown[] {
  const [, place = '', type] = /^([\w.]+)(?: "(\w+)")?$/.exec(path) ?? [];
  const found = place
    .split('.')
    .reduce<unknown[]>(
      (nodes, key) => nodes.flatMap((one) => (one as Record<string, unknown>)?.[key] ?? []),
      [node].flat(),
    );
  const detail = found as { readonly type?: string; readonly valueString?: string }[];
  return type === undefined ? found : detail.filter((one) => one.type === type).map(({ valueString }) => valueString);
}

function partsOf(value: unknown, path = ''): string[] {
  if (Array.isArray(value)) return [...new Set(value.flatMap((item) => partsOf(item, path)))];
  if (typeof value !== 'object' || value === null) return [path];
  return Object.entries(value).flatMap(([key, item]) => partsOf(item, path === '' ? key : `${path}.${key}`));
}

test('the table has every part of an entry, and every column', () => {
  expect(rows.map(([part]) => part).sort()).toEqual(['(its place)', ...partsOf(FULL)].sort());
  const named = new Set(rows.flatMap(([, csv = '']) => /`(\w+)`/.exec(csv)?.[1] ?? []));
  expect([...named].sort()).toEqual([...columns].sort());
});

test.each(rows)('%s is where the table says', (part, ...places) => {
  const wanted = String(part === '(its place)' ? INDEX : at(FULL, part)[0]);
  for (const [form, place] of places.entries()) {
    if (place.startsWith('(')) continue;
    expect(at(FORMS[form], place.replaceAll('`', '')).map(String)).toContainEqual(expect.stringContaining(wanted));
  }
});
