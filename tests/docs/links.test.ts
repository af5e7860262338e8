import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { expect, test } from 'vitest';

const PROJECT = join(import.meta.dirname, '..', '..');
const documents = globSync(['*.md', 'docs/**/*.md', 'policies/**/*.md', 'examples/**/*.md'], { cwd: PROJECT });

interface Link {
  readonly from: string;
  readonly target: string;
  /** Without the hash; empty for a whole file. */
  readonly heading: string;
}

/** Links to files of this repository, whether in a sentence or as a reference. */
const links = documents.flatMap((from): Link[] =>
  [...readFileSync(join(PROJECT, from), 'utf8').matchAll(/\]\(([^)\s]+)\)|^\[[^\]]+\]:\s*(\S+)/gm)].flatMap((match) => {
    const [path = '', heading = ''] = (match[1] ?? match[2] ?? '').split('#');
    return /^[a-z]+:/.test(path) ? [] : [{ from, heading, target: path ? normalize(join(dirname(from), path)) : from }];
  }),
);

test('the documentation is found', () => {
  expect(documents).toEqual(expect.arrayContaining(['policies/README.md', 'docs/errors.md', 'docs/adr/README.md']));
  expect(links.length).toBeGreaterThan(4);
});

test('every link leads to a file that is there', () => {
  expect(links.filter(({ target }) => !existsSync(join(PROJECT, target)))).toEqual([]);
});

test('every link to a heading leads to one', () => {
  const lost = links.filter(
    ({ target, heading }) => heading !== '' && target.endsWith('.md') && !headingsOf(target).has(heading),
  );
  expect(lost).toEqual([]);
});

test('every decision is in the list of decisions, and the other way round', () => {
  const files = globSync('0*.md', { cwd: join(PROJECT, 'docs', 'adr') });
  const listed = links.filter(({ from }) => from === 'docs/adr/README.md').map(({ target }) => target);
  expect(listed.toSorted()).toEqual(files.map((file) => join('docs', 'adr', file)).toSorted());
});

/** As GitHub makes anchors of headings. */
function headingsOf(file: string): Set<string> {
  const text = readFileSync(join(PROJECT, file), 'utf8');
  return new Set(
    [...text.matchAll(/^#+ (.+)$/gm)].map((match) =>
      (match[1] ?? '')
        .toLowerCase()
        .replace(/[^\p{L}\p{N} _-]/gu, '')
        .replaceAll(' ', '-'),
    ),
  );
}
