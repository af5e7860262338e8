import { describe, expect, test } from 'vitest';
import { generateCosigningKey } from '../../../src/audit/cosignature.ts';
import { generateKey } from '../../../src/audit/note.ts';
import { parseWitnesses, WitnessListError } from '../../../src/gateway/witness-list.ts';

const { vkey } = generateCosigningKey('witness.example/w1');
const other = generateCosigningKey('witness.example/w2').vkey;

function problemsOf(text: string): readonly string[] {
  try {
    parseWitnesses('witnesses.yaml', text);
  } catch (error) {
    if (error instanceof WitnessListError) return error.problems;
    throw error;
  }
  return [];
}

test('a list names each witness, or calls it by its key', () => {
  const policy = parseWitnesses(
    'witnesses.yaml',
    `need: 1
within: 3600
witnesses:
  - { name: northmere-police, url: "https://witness.northmere-police.example/log/", vkey: "${vkey}" }
  - { url: "http://127.0.0.1:4300/log", vkey: "${other}" }
`,
  );
  expect(policy).toMatchObject({
    need: 1,
    withinSeconds: 3600,
    witnesses: [
      { name: 'northmere-police', url: 'https://witness.northmere-police.example/log', vkey },
      { name: 'witness.example/w2', url: 'http://127.0.0.1:4300/log', vkey: other },
    ],
  });
});

describe('a wrong list', () => {
  test('is refused with everything that is wrong with it, and where', () => {
    const text = `need: 4
withhin: 3600
witnesses:
  - { name: "a b", url: "http://witness.example/log", vkey: "${generateKey('log.example').vkey}" }
  - { url: "https://one.example/log", vkey: "${vkey}", prefix: /log }
  - { name: again, url: "https://two.example/log", vkey: "${vkey}" }
`;
    const at = (line: number, value: string) =>
      `witnesses.yaml:${line}:${(text.split('\n')[line - 1]?.indexOf(value) ?? -1) + 1}`;
    expect(problemsOf(text).map((problem) => problem.replace(/ (expected|a key).*/, ''))).toEqual([
      `${at(2, '3600')} unknown key "withhin"; did you mean within`,
      `${at(1, '4')} need:`,
      'witnesses.yaml:1:1 within:',
      `${at(4, '"http')} url:`,
      `${at(4, '"log')} vkey:`,
      `${at(4, '"a b')} name:`,
      `${at(5, '/log }')} unknown key "prefix"`,
      `${at(6, '"witness')} vkey: this one is in the list already`,
    ]);
  });

  test.each([
    ['', ['witnesses', 'need', 'within']],
    ['[]', ['witnesses', 'need', 'within']],
    ['need: 0\nwithin: 1.5\nwitnesses: {}', ['witnesses', 'need', 'within']],
  ])('is refused: %j', (text, keys) => {
    expect(problemsOf(text).map((problem) => /^\S+ (\w+):/.exec(problem)?.[1])).toEqual(keys);
  });

  test.each(['need: [', 'need: 1\nneed: 2'])('is refused that is no YAML: %j', (text) => {
    expect(problemsOf(text)[0]).toMatch(/^witnesses\.yaml:\d+:\d+ /);
  });

  test.each(['ftp://w.example', 'https://a:b@w.example', 'https://w.example/?x', 'http://w.example', 'w.example', '7'])(
    'is refused for the URL %s, without repeating it',
    (url) => {
      const problems = problemsOf(`need: 1\nwithin: 60\nwitnesses: [{ url: "${url}", vkey: "${vkey}" }]`);
      expect(problems).toEqual([expect.stringMatching(/ url: expected an https URL/)]);
      expect(problems[0]).not.toContain(url);
    },
  );
});
