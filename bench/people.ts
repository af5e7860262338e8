import { personUuid } from '../src/demo/population/facts.ts';
import type { Population } from '../src/demo/population/population.ts';
import type { Fact } from '../src/record/fact-file.ts';

export const LIST = 200;
/** As many as one operation may ask about. */
export const CASELOAD = 500;

/**
 * A caseload of 500 people for the first probation practitioner, so that a list can be asked for: people known everywhere,
 * with treatment as a licence condition, so that the class that waits for a permission is shown for all of them.
 */
export function* caseload(population: Population): Generator<Fact> {
  for (const person of peopleOf(population, CASELOAD)) {
    const span = { from: '2020-01-01', until: null };
    yield {
      kind: 'relationship',
      person,
      type: 'SUPERVISION_ALLOCATION',
      partner: 'probation-service',
      practitioner: 'PRO-0001',
      team: null,
      assertedBy: 'bench',
      evidence: 'bench',
      ...span,
    };
    yield { kind: 'permission', person, type: 'TREATMENT_CONDITION', holder: null, recipientType: null, ...span };
  }
}

/** The first so many of whom nothing special is made, and whom nobody restricts. */
export function peopleOf(population: Population, count: number): string[] {
  const restricted = new Set<string>();
  for (const fact of population.facts()) if (fact.kind === 'restriction') restricted.add(fact.person);
  return population.people
    .filter(({ trait }) => trait === null)
    .map(({ index }) => personUuid(population.seed, index))
    .filter((person) => !restricted.has(person))
    .slice(0, count);
}
