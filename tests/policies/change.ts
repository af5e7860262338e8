import { buildCases, type Cases } from '../../src/policy/cases/load.ts';
import { PolicyError } from '../../src/policy/load/error.ts';
import { formatProblem } from '../../src/record/problem.ts';
import { bundle, territory } from './real.ts';

/** A file with one case, in which a piece of text is replaced. */
export const TEXT = `role: work-coach
may:
  partnerTypes: [benefits-department]
  lookups: [NINO, PRISON_NUMBER]
  actions: []
  queues: []
  peoplePerDay: 300
  purposes: [BENEFITS_EMPLOYMENT]
cases:
  - case: A work coach sees nothing of somebody else's claim
    purpose: BENEFITS_EMPLOYMENT
    at: [benefits-department]
    on: 2026-06-15
    person:
      relationship: HOUSING_REFERRAL
    sees: nothing
`;

/** The file with one piece of its text replaced. A piece that is not there once is a mistake in the test. */
export function textWith(piece: string, replacement: string): string {
  if (TEXT.split(piece).length !== 2) throw new Error(`not there once: ${piece}`);
  return TEXT.replace(piece, replacement);
}

export function read(text: string, name = 'cases/work-coach.yaml'): Cases[] {
  return buildCases([{ name, text }], bundle, territory);
}

/** Every problem of a file, as its author reads it. */
export function problemsOf(text: string, name?: string): string[] {
  try {
    read(text, name);
    return [];
  } catch (error) {
    if (error instanceof PolicyError) return error.problems.map(formatProblem);
    throw error;
  }
}
