import type { Pseudonyms } from '../../audit/pseudonym.ts';
import { covers, type Day } from '../../record/facts.ts';
import type { PlainIdentifier } from '../../record/log-people.ts';
import type { Engine } from '../engine.ts';

/** Who stands apart in what the gateway finds in the log (SHARE-06), by every pseudonym that the log may have for them. */
export interface SetApart {
  /** In no figure: under a restriction, sealed, or somebody to whom a practitioner has a tie. */
  readonly counted: ReadonlySet<string>;
  /** The same, by the gateway's own keys. */
  readonly people: ReadonlySet<string>;
  /** Pseudonym to the partners who restrict the person: they alone are told of flags about them. */
  readonly owners: ReadonlyMap<string, readonly string[]>;
  /** Of whom nobody at all is told. */
  readonly closed: ReadonlySet<string>;
}

export async function setApart(
  { logPeople, held }: Pick<Engine, 'logPeople' | 'held'>,
  pseudonyms: Pseudonyms,
  day: Day,
): Promise<SetApart> {
  const [guarded, sealed, tied] = await Promise.all([logPeople.guarded(NOBODY), logPeople.sealed(), held.tied()]);
  const refsOf = ({ person, identifiers }: { person: string; identifiers: readonly PlainIdentifier[] }) =>
    [
      ...pseudonyms.everyOfPerson(person),
      ...identifiers.flatMap(({ type, value }) => pseudonyms.everyOfIdentifier(type, value)),
    ].map(({ ref }) => ref);
  const restricted = guarded.flatMap(({ restrictions, ...person }) => {
    const inForce = restrictions.filter((restriction) => covers(restriction, day));
    return inForce.length > 0 ? [{ ...person, restrictions: inForce }] : [];
  });
  const owners = new Map<string, readonly string[]>();
  const closed = new Set(sealed);
  for (const { restrictions, ...person } of restricted) {
    const isUnreadable = restrictions.some(({ accounts }) => accounts === null);
    const names = new Set(restrictions.flatMap(({ type, owner }) => (type === 'RESTRICTION' ? [owner] : [])));
    for (const ref of refsOf(person)) {
      // Where two restrict a person, neither reads what the other may.
      if (isUnreadable || names.size > 1) closed.add(ref);
      else if (names.size === 1) owners.set(ref, [...names]);
    }
  }
  const apart = [...restricted, ...tied];
  return {
    counted: new Set([...sealed, ...apart.flatMap(refsOf)]),
    people: new Set(apart.map(({ person }) => person)),
    owners,
    closed,
  };
}

const NOBODY = { partner: '', practitioner: '' };
