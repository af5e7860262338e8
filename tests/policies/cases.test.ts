import { describe, expect, test } from 'vitest';
import { uncovered } from '../../src/policy/cases/coverage.ts';
import { mutantsOf, mutate } from '../../src/policy/cases/mutate.ts';
import { runCases } from '../../src/policy/cases/run.ts';
import { formatProblem } from '../../src/record/problem.ts';
import { bundle, cases, territory } from './real.ts';
import { sample } from './sample.ts';

const SAMPLE = 400;
const seed = Date.now() % 1_000_000;
const mutants = mutantsOf(bundle, territory);

describe('the worked cases of the repository', () => {
  test('come out as they say, and show nothing that they do not list', () => {
    expect(runCases(bundle, territory, cases).map(formatProblem)).toEqual([]);
  });

  test('show everything that the policy can open', () => {
    expect(uncovered(bundle, territory, cases).map(formatProblem)).toEqual([]);
  });

  test(`notice a change of any gate, and of policy: npm run mutate -- --sample ${SAMPLE} --seed ${seed}`, {
    timeout: 60_000,
  }, () => {
    const gates = mutants.filter((mutant) => mutant.gates);
    expect(gates.length).toBeGreaterThan(50);
    const { survivors } = mutate(bundle, territory, cases, [...gates, ...sample(mutants, SAMPLE, seed)]);
    expect(survivors.map(({ where, what }) => `${where}: ${what}`)).toEqual([]);
  });
});
