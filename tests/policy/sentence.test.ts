import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { GATES, type Gate, type Reason } from '../../src/policy/gates.ts';
import { sentence } from '../../src/policy/sentence.ts';

/** Every `gate CODE` that the decision's own code can produce, read off its text. */
const produced = readdirSync('src/policy')
  .filter((name) => name.endsWith('.ts') && name !== 'gates.ts')
  .flatMap((name) => {
    const text = readFileSync(`src/policy/${name}`, 'utf8');
    return [...text.matchAll(/\b(pass|refuse)\(\s*'([a-z-]+)',([^;]*?)\)(?=[\s,;:\])])/g)].flatMap(
      ([, outcome, gate, rest = '']) =>
        [...rest.matchAll(/'([A-Z][A-Z_]+)'/g)].map(([, code = '']) => ({
          gate: gate as Gate,
          outcome: outcome as Reason['outcome'],
          code,
        })),
    );
  });
const interests = (['OWN_RECORD', 'DECLARED_INTEREST'] as const).map((code) => ({
  gate: 'restriction' as const,
  outcome: 'refuse' as const,
  code,
}));
const silent = GATES.map((gate) => ({ gate, outcome: 'refuse' as const, code: 'NO_VIEW' }));
const all = [...produced, ...interests, ...silent];

test('the text tells of every gate', () => {
  expect(produced.length).toBeGreaterThan(40);
  expect(new Set(produced.map(({ gate }) => gate))).toEqual(new Set(GATES));
});

describe('each code has a sentence', () => {
  test.each([...new Map(all.map((each) => [`${each.gate} ${each.code}`, each])).values()])('$gate $code', (reason) => {
    for (const ref of ['AGR-01', null]) {
      const text = sentence({ ...reason, ref });
      expect(text).toMatch(/^[A-Z].*\.$/);
      expect(text).not.toContain(reason.code);
      expect(text).not.toContain('%');
    }
  });
});

test('a relationship passes under the name of its type', () => {
  expect(sentence({ gate: 'relationship', outcome: 'pass', code: 'OPEN_CHECK', ref: 'CHK-1' })).toBe(
    'A relationship of the type OPEN_CHECK carries the purpose (CHK-1).',
  );
});

test('no sentence is left over', () => {
  const known = new Set(all.map(({ gate, code }) => `${gate} ${code}`));
  const written = [...readFileSync('src/policy/sentence.ts', 'utf8').matchAll(/^ {2}'([a-z-]+ [A-Z_]+)':/gm)];
  expect(written.length).toBeGreaterThan(40);
  expect(written.flatMap(([, key = '']) => (known.has(key) ? [] : [key]))).toEqual([]);
});
