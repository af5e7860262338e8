import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { throughgate } from './program.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'throughgate-matrix-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const OUT = () => join(folder, 'matrix');

test('prints JSON rows of exactly six keys', async () => {
  const { exitCode } = await throughgate(['policy', 'matrix', '--json', '--as-of', '2026-11-22', '--out', OUT()]);
  expect(exitCode).toBe(0);
  const rows = JSON.parse(readFileSync(OUT(), 'utf8')) as Record<string, string>[];
  const keys = new Set(rows.map((row) => Object.keys(row).join()));
  expect(keys).toEqual(new Set(['role,purpose,partner,field,class,effect']));
  expect(new Set(rows.map(({ effect }) => effect))).toEqual(new Set(['SHOW', 'NEEDS_PERMISSION', 'DENY']));
  expect(rows).toContainEqual({
    role: 'work-coach',
    purpose: 'BENEFITS_EMPLOYMENT',
    partner: 'benefits-department',
    field: 'Custody.releaseDate',
    class: 'custody.release',
    effect: 'SHOW',
  });
});

test('prints CSV, or writes it', async () => {
  const { exitCode, stderr } = await throughgate(['policy', 'matrix', '--format', 'csv', '--out', OUT()]);
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
  expect(readFileSync(OUT(), 'utf8')).toMatch(/^role,purpose,partner,field,class,effect,reason,.*\r\n/);
});

test('writes one page of HTML', async () => {
  await throughgate(['policy', 'matrix', '--format', 'html', '--as-of', '2026-11-22', '--out', OUT()]);
  const html = readFileSync(OUT(), 'utf8');
  expect(html).toMatch(/^<!doctype html>/);
  expect(html).toContain('Who may see what on 2026-11-22');
});

test('writes the pages of the roles, takes away those of roles that are gone, and leaves other files', async () => {
  const docs = join(folder, 'views');
  await throughgate(['policy', 'matrix', '--docs', docs]);
  const pages = readdirSync(docs);
  expect(pages).toEqual(expect.arrayContaining(['README.md', 'work-coach.md']));
  const [generated = ''] = readFileSync(join(docs, 'work-coach.md'), 'utf8').split('\n');
  writeFileSync(join(docs, 'gone.md'), `${generated}\n`);
  writeFileSync(join(docs, 'mine.md'), '# Mine\n');
  const { exitCode } = await throughgate(['policy', 'matrix', '--docs', docs]);
  expect(exitCode).toBe(0);
  expect(readdirSync(docs)).toEqual([...pages, 'mine.md'].sort());
});

test.each([
  [['--format', 'pdf'], '--format must be html or csv'],
  [['--format', 'csv', '--json'], '--json and --format each say what to print: give one'],
  [['--docs', 'x', '--json'], '--docs and --json do not go together'],
  [['--as-of', 'today'], '--as-of must be a day, YYYY-MM-DD'],
  [['--out', '/no/such/folder/file'], '/no/such/folder/file cannot be written (ENOENT)'],
])('policy matrix %j is refused: %s', async (argv, message) => {
  const { exitCode, stdout, stderr } = await throughgate(['policy', 'matrix', ...argv]);
  expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: '' });
  expect(stderr).toBe(`${message}\n`);
});
