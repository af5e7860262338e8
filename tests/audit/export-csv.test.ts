import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { csvHead, csvRow } from '../../src/audit/export/csv.ts';
import { FORMATS } from '../../src/audit/export/formats.ts';
import type { Logged } from '../../src/audit/logged.ts';
import { FULL, SAMPLES } from './export-samples.ts';

/** RFC 4180, section 2, read by its grammar. */
function parse(text: string): string[][] {
  const rows: string[][] = [];
  let rest = text;
  for (let row: string[] = []; rest !== ''; ) {
    const [all, quoted, plain = '', end] = /^(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r\n)/.exec(rest) ?? [];
    if (all === undefined) throw new Error(`no cell: ${rest.slice(0, 40)}`);
    row.push(quoted === undefined ? plain : quoted.replaceAll('""', '"'));
    rest = rest.slice(all.length);
    if (end === '\r\n') {
      rows.push(row);
      row = [];
    }
  }
  return rows;
}

const named = (name: string): Logged => ({ ...FULL, actor: { ...(FULL.actor as NonNullable<Logged['actor']>), name } });
const nameIn = (row: string) => parse(row)[0]?.[parse(csvHead)[0]?.indexOf('name') ?? -1];

test('every row has a cell for each column', () => {
  const columns = parse(csvHead)[0]?.length ?? 0;
  expect(columns).toBeGreaterThan(50);
  for (const entry of Object.values(SAMPLES)) {
    expect(parse(csvRow(entry, 9)).map(({ length }) => length)).toEqual([columns]);
  }
});

describe('a cell that a spreadsheet would take for a formula', () => {
  test.each([
    '=1+1',
    '+1',
    '-1',
    '@SUM(1)',
    '\t=1',
    '\r=1',
    '\n=1',
    '=HYPERLINK("http://x","y")',
    '＝1',
    '＋1',
    '－1',
    '＠A1',
  ])('%j is none', (text) => {
    expect(nameIn(csvRow(named(text), 0))).toBe(`'${text}`);
  });

  test.each(['1+1', 'a=b', "O'Hara", '"quoted"', 'one, two', 'two\r\nlines', ''])('%j is as it was', (text) => {
    expect(nameIn(csvRow(named(text), 0))).toBe(text);
  });
});

test('whatever a name is, one row comes of it, of which no cell is a formula', () => {
  const text = fc.string({ unit: fc.constantFrom('=', '+', '-', '@', '\t', '\r', '\n', '"', ',', "'", 'a', 'é') });
  fc.assert(
    fc.property(text, (name) => {
      const rows = parse(csvRow(named(name), 0));
      expect(rows).toHaveLength(1);
      expect(rows[0]?.filter((cell) => /^[=+\-@\t\r\n]/.test(cell))).toEqual([]);
      expect([name, `'${name}`]).toContain(nameIn(csvRow(named(name), 0)));
    }),
    { numRuns: 100 },
  );
});

test('what is no entry is not passed over', () => {
  for (const format of ['csv', 'fhir', 'ocsf'] as const) {
    expect(() => FORMATS[format].line(Buffer.from('{"id":1}'), 7)).toThrow('what stands at 7 is no entry');
  }
  expect(FORMATS.ndjson.line(Buffer.from('é'), 7)).toBe('é\n');
});
