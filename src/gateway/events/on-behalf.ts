import { type Actor, NOBODY } from '../../audit/entry.ts';
import { type Reason, refuse } from '../../policy/gates.ts';
import { restrictionReasons } from '../../policy/restriction.ts';
import type { View } from '../../policy/view.ts';
import { addDays } from '../../record/day.ts';
import { covers, type SubjectFacts } from '../../record/facts.ts';
import type { Principal } from '../../record/principal.ts';
import type { Standing } from '../../record/standings.ts';
import type { Accepted, Engine } from '../engine.ts';
import { type NamedSubject, subjectsOf } from '../subjects-of.ts';

/** What the gateway does by itself, it does as the view's role at the view's partner. */
export function systemActor({ partner, role }: View): Actor {
  return { ...NOBODY, name: 'system', partner, role: role.name };
}

/**
 * Who could look at these people in the view, by their relationships.
 * @param people null for everybody
 * @param endedDays how long after its end a relationship is named all the same
 */
export function standingsIn(
  { standings, policy }: Engine,
  { partner, purpose, day }: View,
  people: readonly string[] | null,
  endedDays = 0,
): Promise<readonly Standing[]> {
  const types = purpose.relationships;
  const grace = types.map((type) => policy.bundle.relationships.get(type)?.graceDays ?? 0);
  return standings.atPartner(partner, types, { day, endedSince: addDays(day, -Math.max(endedDays, ...grace)) }, people);
}

/**
 * Decides about people as whoever holds the relationship would be decided: what restricts a person binds them here too
 * (SHARE-06). Each person once: of several holders, for the first for whom it is open.
 * @returns everybody, whether or not it is open to anybody
 */
export async function decideOnBehalf(
  engine: Engine,
  { view, now }: Pick<Accepted, 'view' | 'now'>,
  standings: readonly Standing[],
  isOpen = ({ decision }: NamedSubject): boolean => decision.permitted,
): Promise<readonly NamedSubject[]> {
  const decided = new Map<string, NamedSubject>();
  for (const [practitioner, held] of Map.groupBy(standings, (standing) => standing.practitioner)) {
    const people = held.map(({ person }) => person).filter((person) => !isDone(decided.get(person)));
    const principal: Principal = { ...SYSTEM, partner: view.partner, role: view.role.name, practitioner };
    const found = await subjectsOf({ engine, request: { principal, view, now } }, people);
    people.forEach((person, index) => {
      const subject = found[index];
      if (subject) decided.set(person, subject);
    });
  }
  return [...decided.values()];

  function isDone(subject: NamedSubject | undefined): boolean {
    return subject !== undefined && isOpen(subject);
  }
}

/**
 * SHARE-06: why a partner's system may not be told of somebody, though one of its people may. Nobody knows who reads
 * there: it is on no list, and whoever is excluded may be among them.
 */
export function closedToSystems({ restrictions }: SubjectFacts, { partner, day }: View): readonly Reason[] {
  const judged = restrictionReasons({ restrictions, interests: [] }, { partner, account: null, teams: [] }, day);
  const named = restrictions.filter(
    (each) =>
      each.type === 'EXCLUSION' && covers(each, day) && each.accounts?.some((it) => it.startsWith(`${partner}/`)),
  );
  return [
    ...judged.filter(({ outcome }) => outcome === 'refuse'),
    ...named.map(({ owner }) => refuse('restriction', 'EXCLUDED', owner)),
  ];
}

const SYSTEM = { name: 'system', client: '', issuer: '', subject: '', tokenId: '' } as const;
