import { formatProblem } from '../../record/problem.ts';
import type { Bundle } from '../bundle.ts';
import type { Territory } from '../view.ts';
import { uncovered } from './coverage.ts';
import { differ } from './effect.ts';
import type { Cases } from './load.ts';
import { agreementMutants } from './mutants/agreements.ts';
import { gateMutants } from './mutants/gates.ts';
import type { Mutant } from './mutants/mutant.ts';
import { roleMutants } from './mutants/roles.ts';
import { vocabularyMutants } from './mutants/vocabulary.ts';
import { type Trial, trialOf } from './observe.ts';
import { agrees, mayProblems } from './run.ts';
import { type Run, runsOf } from './runs.ts';

export interface MutationScore {
  readonly tried: number;
  /** Noticed by a case, or by the coverage gate. */
  readonly noticed: number;
  /** Mutants that no decision about anybody can tell from the policy. */
  readonly withoutEffect: number;
  /** Changed decisions that nothing noticed. */
  readonly survivors: readonly Mutant[];
}

/** Every change of one thing in the policy or in a gate. */
export function mutantsOf(bundle: Bundle, territory: Territory): Mutant[] {
  return [
    ...roleMutants(bundle, territory),
    ...agreementMutants(bundle, territory),
    ...vocabularyMutants(bundle),
    ...gateMutants(bundle, territory),
  ];
}

/** Tries each mutant against the cases. They must all pass, and cover the policy, before it is changed. */
export function mutate(
  bundle: Bundle,
  territory: Territory,
  files: readonly Cases[],
  mutants: readonly Mutant[],
): MutationScore {
  const base = trialOf(bundle, territory);
  const runs = runsOf(bundle, territory, files).filter((run) => agrees(base, run));
  const known = new Set(files.flatMap((file) => mayProblems(bundle, file)).map(formatProblem));
  const open = new Set(uncovered(bundle, territory, files).map(formatProblem));
  const survivors: Mutant[] = [];
  let withoutEffect = 0;
  for (const mutant of mutants) {
    const changed = mutant.bundle();
    const trial = trialOf(changed, territory, mutant.gates);
    if (noticed(trial, mutant, runs, files, known)) continue;
    if (!mutant.gates && !differ(base, trial, mutant.touches)) withoutEffect++;
    else if (!uncovered(changed, territory, files).some((problem) => !open.has(formatProblem(problem)))) {
      survivors.push(mutant);
    }
  }
  return {
    tried: mutants.length,
    noticed: mutants.length - withoutEffect - survivors.length,
    withoutEffect,
    survivors,
  };
}

function noticed(
  trial: Trial,
  { touches, needs }: Mutant,
  runs: readonly Run[],
  files: readonly Cases[],
  known: ReadonlySet<string>,
): boolean {
  return (
    files.some((file) => mayProblems(trial.bundle, file).some((problem) => !known.has(formatProblem(problem)))) ||
    runs.some((run) => touches(run) && needs?.(run) !== false && !agrees(trial, run))
  );
}
