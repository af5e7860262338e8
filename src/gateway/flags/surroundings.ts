import type { Pseudonyms } from '../../audit/pseudonym.ts';
import { explain } from '../../flags/explain.ts';
import { talliesOf } from '../../flags/tally.ts';
import type { Access, Account, Held, Surroundings, Tally } from '../../flags/types.ts';
import { addDays } from '../../record/day.ts';
import { covers, type Day } from '../../record/facts.ts';
import type { Engine } from '../engine.ts';
import { inLots, readNeighbours } from './read-neighbours.ts';

/** What is known around the accesses of some days: enough for every rule, and read once for all of them. */
export interface Known {
  /** Pseudonym to the gateway's own key. */
  readonly people: ReadonlyMap<string, string>;
  /** Whether a partner has, or had, a number or a reason of its own for somebody. */
  isKnownTo(subject: string, partner: string): boolean;
  /** @param others whether baselines may be told beside these accesses */
  around(day: Day, others: boolean): Surroundings;
}

type Store = Pick<Engine, 'held' | 'flagDigest' | 'policy'>;

/** A reason that ended longer ago is in no sentence. */
const REACH_DAYS = 400;

/** @param days each of which all accesses and tallies are given, in order */
export async function readKnown(
  store: Store,
  pseudonyms: Pseudonyms,
  people: ReadonlyMap<string, string>,
  accesses: readonly Access[],
  tallies: readonly Tally[],
  days: readonly Day[],
): Promise<Known> {
  const { held, policy } = store;
  const { flags } = policy.bundle;
  const [first = '', last = ''] = [days[0], days.at(-1)];
  const reach = { from: addDays(first, -REACH_DAYS), until: last };
  const pairs = new Map(
    accesses.flatMap(({ partner, practitioner, subject }) => {
      const person = people.get(subject);
      return person ? [[`${partner}\n${practitioner}\n${person}`, { partner, practitioner, person }] as const] : [];
    }),
  );
  const reasons = new Map<string, Held[]>();
  for (const lot of inLots([...pairs.values()])) {
    for (const reason of await held.ofPairs(lot, reach)) push(reasons, `${nameOf(reason)}\n${reason.person}`, reason);
  }
  const parties = new Set<string>();
  for (const lot of inLots([...new Set(people.values())])) {
    for (const { partner, person } of await held.knownTo(lot)) parties.add(`${partner}\n${person}`);
  }
  const duty = await held.onDuty({ from: first, until: last });
  const past = new Map<string, Tally[]>();
  const given = new Set(days);
  for (const partner of new Set(accesses.map((access) => access.partner))) {
    const kept = await store.flagDigest.tallies(partner, addDays(first, -flags.baselineDays), last);
    const others = kept.filter(({ day }) => !given.has(day));
    past.set(partner, [...others, ...tallies.filter((tally) => tally.partner === partner)]);
  }
  const heldBy = (access: Access): readonly Held[] =>
    reasons.get(`${nameOf(access)}\n${people.get(access.subject)}`) ?? [];
  const isExplained = (access: Access) => explain(access, heldBy(access), flags).explained;
  const beside = await readNeighbours(store, pseudonyms, people, accesses, isExplained);

  return {
    people,
    isKnownTo: (subject, partner) => parties.has(`${partner}\n${people.get(subject)}`),
    around(day, others) {
      const before = addDays(day, -flags.baselineDays);
      const usual = (partner: string) =>
        others ? (past.get(partner) ?? []).filter((tally) => tally.day >= before && tally.day < day) : [];
      const byAccount = new Map<string, Tally[]>();
      const byRole = new Map<string, Tally[]>();
      for (const partner of past.keys()) {
        for (const tally of usual(partner)) {
          push(byAccount, nameOf(tally), tally);
          push(byRole, `${partner}\n${tally.role}`, tally);
        }
      }
      const onDuty = new Set(duty.filter((turn) => covers(turn, day)).map(nameOf));
      return {
        day,
        held: heldBy,
        onDuty: (account) => onDuty.has(nameOf(account)),
        past: (account) => byAccount.get(nameOf(account)) ?? [],
        peers: (partner, role) => byRole.get(`${partner}\n${role}`) ?? [],
        neighbours: (subject) => beside.get(subject) ?? [],
      };
    },
  };
}

/** What practitioners did on these days, by which they and their peers are measured. */
export function talliesOn(accesses: readonly Access[], isApart: (subject: string) => boolean): Tally[] {
  return talliesOf(accesses.filter(({ subject }) => !isApart(subject)));
}

function push<T>(map: Map<string, T[]>, key: string, item: T): void {
  const known = map.get(key);
  if (known) known.push(item);
  else map.set(key, [item]);
}

function nameOf({ partner, practitioner }: Account): string {
  return `${partner}\n${practitioner}`;
}
