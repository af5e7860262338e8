import { describe, expect, test } from 'vitest';
import { parseSources, SourcesError } from '../../src/sources/registry.ts';

const KNOWN = ['prison', 'police'];

function problemsOf(text: string): readonly string[] {
  try {
    parseSources('sources.yaml', text, KNOWN);
  } catch (error) {
    if (error instanceof SourcesError) return error.problems;
    throw error;
  }
  return [];
}

test('a line says where one holder is', () => {
  const text = `
# The demonstration.
- { holder: hmpps-prisons, source: prison, url: "http://127.0.0.1:4101/graphql" }
- holder: northmere-police
  source: police
  url: https://police.example/graphql?tenant=1
`;
  expect(parseSources('sources.yaml', text, KNOWN)).toEqual([
    { holder: 'hmpps-prisons', source: 'prison', url: 'http://127.0.0.1:4101/graphql' },
    { holder: 'northmere-police', source: 'police', url: 'https://police.example/graphql?tenant=1' },
  ]);
});

const good = '- { holder: a, source: prison, url: "http://a.example" }\n';

describe('every problem has a place and says what would be right', () => {
  test.each<[string, string, string[]]>([
    ['an empty file', '', ['1:1 expected a list']],
    ['an empty list', '[]', ['1:1 no holder is listed']],
    ['a mapping', 'a: 1', ['1:1 expected a list']],
    ['a line that is no mapping', `${good}- 7`, ['2:3 holder: expected', '2:3 source: expected', '2:3 url: expected']],
    ['a missing key', `${good}- { holder: b, source: prison }`, ['2:3 url: expected an http or https URL']],
    [
      'an unknown key',
      `${good}- { holder: b, source: prison, ulr: "http://b.example" }`,
      ['2:37 unknown key "ulr"; a line has holder, source and url; did you mean url', '2:3 url: expected'],
    ],
    [
      'an unknown source type',
      `${good}- { holder: b, source: prisons, url: "http://b.example" }`,
      ['2:24 source: expected one of prison, police'],
    ],
    ['a holder listed twice', `${good}${good}`, ['2:13 holder "a" is listed twice']],
    [
      'a code that is none',
      `- { holder: A_b, source: prison, url: "http://a.example" }`,
      ['1:13 holder: expected a code'],
    ],
    [
      'a key given twice',
      `- { holder: a, source: prison, url: "http://a.example", holder: b }`,
      ['1:57 this key is in the line already'],
    ],
    [
      'an anchor and its alias',
      `- { holder: &x a, source: prison, url: "http://a.example" }\n- { holder: *x, source: police, url: "http://b.example" }`,
      ['1:16 an anchor or alias', '2:13 an anchor or alias'],
    ],
    ['an alias of nothing', `- *x`, ['1:3 an anchor or alias']],
    ['two documents', `${good}---\n${good}`, ['2:1 ']],
    ['no YAML', '- { holder: a, source: prison\n- "', ['2:1 ', '2:4 ']],
  ])('%s', (_what, text, expected) => {
    const problems = problemsOf(text);
    expect(problems).toHaveLength(expected.length);
    expected.forEach((start, index) => {
      expect(problems[index]).toContain(`sources.yaml:${start}`);
    });
  });

  test.each([
    'ftp://a.example',
    'file:///etc/passwd',
    'a.example',
    '//a.example',
    'javascript:alert(1)',
    'http://',
    '',
    7,
    null,
    ['http://a.example'],
  ])('%j is no place to ask', (url) => {
    expect(problemsOf(`- { holder: a, source: prison, url: ${JSON.stringify(url)} }`)).toEqual([
      expect.stringContaining('url: expected an http or https URL without credentials'),
    ]);
  });

  test.each(['http://clerk@a.example', 'https://clerk:s3cret@a.example/'])(
    'credentials in a URL are refused and not repeated: %s',
    (url) => {
      const problems = problemsOf(`- { holder: a, source: prison, url: "${url}" }`);
      expect(problems).toHaveLength(1);
      expect(problems[0]).not.toMatch(/clerk|s3cret|a\.example/);
    },
  );
});

test('every problem of every line is told at once', () => {
  const text = `- { holder: A, source: prison, url: "http://a.example" }
- { holder: b, source: gaol, url: "ftp://b.example" }
- { holder: c, source: prison, url: "http://c.example", note: x }
- { holder: c, source: prison, url: "http://c.example", url: "http://d.example" }
`;
  const found = problemsOf(text).map((problem) => problem.split(' ')[0]);
  expect(new Set(found)).toEqual(
    new Set([
      'sources.yaml:1:13',
      'sources.yaml:2:24',
      'sources.yaml:2:35',
      'sources.yaml:3:63',
      'sources.yaml:4:13',
      'sources.yaml:4:57',
    ]),
  );
});

test('a file that would unfold without end is refused, not unfolded', () => {
  const layers = Array.from({ length: 40 }, (_, n) => `- &n${n} [${n === 0 ? 'x' : `*n${n - 1}, *n${n - 1}`}]`);
  const began = performance.now();
  expect(problemsOf(layers.join('\n')).length).toBeGreaterThan(40);
  expect(performance.now() - began).toBeLessThan(10_000);
});
