import { formatProblem, type Problem, sortProblems } from '../../record/problem.ts';

/** Everything wrong with the files of a policy folder, at once, for the people who write them. */
export class PolicyError extends Error {
  override readonly name = 'PolicyError';
  readonly problems: readonly Problem[];

  constructor(problems: readonly Problem[]) {
    const sorted = sortProblems(problems);
    super(sorted.map(formatProblem).join('\n'));
    this.problems = sorted;
  }
}
