import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readRecord } from '../../src/gateway/read-record.ts';
import { loadBundle } from '../../src/policy/load/load.ts';
import { viewPages } from '../../src/policy/report/view-page.ts';

const VIEWS = join(import.meta.dirname, '..', '..', 'docs', 'views');
const record = await readRecord('schema');
const pages = viewPages({ bundle: await loadBundle('policies', record), record });

test('there is a page for each role, and no other', () => {
  expect(readdirSync(VIEWS).sort(), 'run `npm run docs`').toEqual([...pages.keys()].sort());
});

test.each([...pages])('docs/views/%s says what the policy says', (name, text) => {
  expect(
    readFileSync(join(VIEWS, name), 'utf8') === text,
    `docs/views/${name} is out of date: run \`npm run docs\``,
  ).toBe(true);
});
