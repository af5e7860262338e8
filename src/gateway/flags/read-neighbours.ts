import type { Pseudonyms } from '../../audit/pseudonym.ts';
import type { Access } from '../../flags/types.ts';
import type { KnownNumber } from '../../record/held.ts';
import type { Engine } from '../engine.ts';
import { neighboursOf } from './neighbours.ts';

/** People, or pairs, of whom is read at a time. */
const LOT = 1_000;

/**
 * Pseudonyms of the numbers next to those of whoever was looked up one by one, where so many were on one day, and so many
 * of them for no reason, that they may have been tried in order.
 */
export async function readNeighbours(
  { held, policy }: Pick<Engine, 'held' | 'policy'>,
  pseudonyms: Pseudonyms,
  people: ReadonlyMap<string, string>,
  accesses: readonly Access[],
  isExplained: (access: Access) => boolean,
): Promise<ReadonlyMap<string, readonly string[]>> {
  const run = policy.bundle.flags.rules.get('SEQUENTIAL')?.numbers.get('run') ?? Number.POSITIVE_INFINITY;
  const days = Map.groupBy(
    accesses.filter(({ alone }) => alone),
    ({ day, partner, practitioner }) => [day, partner, practitioner].join('\n'),
  );
  const meant = new Set<string>();
  for (const looks of days.values()) {
    const subjects = new Set(looks.map(({ subject }) => subject));
    if (subjects.size < run) continue;
    const unexplained = new Set(looks.flatMap((look) => (isExplained(look) ? [] : look.subject)));
    if (unexplained.size >= run - 1) for (const subject of subjects) meant.add(subject);
  }
  const refsOf = Map.groupBy(
    [...meant].filter((subject) => people.has(subject)),
    (subject) => people.get(subject) ?? '',
  );
  const found = new Map<string, Set<string>>();
  for (const lot of inLots([...refsOf.keys()])) {
    const numbers = await held.numbersOf(lot);
    const next = numbers.flatMap(({ person, type, value }) => {
      const identifier = policy.bundle.identifiers.get(type);
      return identifier ? neighboursOf(identifier, value).map((each) => ({ of: person, type, value: each })) : [];
    });
    const owners = new Map((await held.peopleOf(next.map(({ type, value }) => ({ type, value })))).map(byNumber));
    for (const { of, type, value } of next) {
      const owner = owners.get(`${type}\n${value}`);
      const names = owner ? pseudonyms.everyOfPerson(owner) : pseudonyms.everyOfIdentifier(type, value);
      for (const subject of refsOf.get(of) ?? []) {
        const beside = found.get(subject) ?? new Set<string>();
        for (const { ref } of names) beside.add(ref);
        found.set(subject, beside);
      }
    }
  }
  return new Map([...found].map(([subject, beside]) => [subject, [...beside]]));
}

export function inLots<T>(items: readonly T[]): T[][] {
  return Array.from({ length: Math.ceil(items.length / LOT) }, (_, index) =>
    items.slice(index * LOT, (index + 1) * LOT),
  );
}

function byNumber({ person, type, value }: KnownNumber): [string, string] {
  return [`${type}\n${value}`, person];
}
