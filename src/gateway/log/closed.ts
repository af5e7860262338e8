import type { Pseudonyms } from '../../audit/pseudonym.ts';
import type { Bounds } from '../../audit/reading.ts';
import { covers, type Day, type Restriction } from '../../record/facts.ts';
import type { Guarded, LogPeople } from '../../record/log-people.ts';
import type { Principal } from '../../record/principal.ts';

/**
 * Whom a restriction, a seal or the reader's own tie sets apart for this reader of the log (SHARE-06): by their own key,
 * and by every number under which somebody may have asked for them. Whoever is sealed is closed to every reader.
 */
export async function boundsOf(
  logPeople: LogPeople,
  principal: Principal,
  day: Day,
  pseudonyms: Pseudonyms,
): Promise<Bounds> {
  const [guarded, sealed] = await Promise.all([logPeople.guarded(principal), logPeople.sealed()]);
  const namesOf = (people: readonly Guarded[]) =>
    people
      .flatMap(({ person, identifiers }) => [
        ...pseudonyms.everyOfPerson(person),
        ...identifiers.flatMap(({ type, value }) => pseudonyms.everyOfIdentifier(type, value)),
      ])
      .map(({ ref }) => ref);
  const { closed = [], open = [] } = Object.groupBy(guarded, (person) =>
    isClosed(person, principal, day) ? 'closed' : 'open',
  );
  const owned = open.filter(({ restrictions }) =>
    restrictions.some(
      ({ type, owner, ...each }) => type === 'RESTRICTION' && owner === principal.partner && covers(each, day),
    ),
  );
  return { closed: new Set([...sealed, ...namesOf(closed)]), owned: new Set(namesOf(owned)) };
}

/** Those of whom the reader may not know, alone. */
export async function closedTo(...given: Parameters<typeof boundsOf>): Promise<ReadonlySet<string>> {
  return (await boundsOf(...given)).closed;
}

/**
 * A restriction's owner, and nobody else, sees entries about the restricted person: not the partners whose practitioners
 * it lists, and not the lead. An exclusion closes for whom it names, the owner's readers among them, and for a partner
 * whole while a name there is unresolved. What cannot be read closes for everybody.
 */
function isClosed(
  { restrictions, interests }: Pick<Guarded, 'restrictions' | 'interests'>,
  { partner, practitioner }: Pick<Principal, 'partner' | 'practitioner'>,
  day: Day,
): boolean {
  if (interests.some((interest) => covers(interest, day))) return true;
  return restrictions.filter((each) => covers(each, day)).some((each) => closes(each));

  function closes({ type, owner, accounts, unresolved }: Restriction): boolean {
    if (accounts === null) return true;
    switch (type) {
      case 'RESTRICTION':
        return owner !== partner;
      case 'EXCLUSION':
        return accounts.includes(`${partner}/${practitioner}`) || unresolved.includes(partner);
      default:
        return true;
    }
  }
}
