import type { Pseudonyms } from '../../audit/pseudonym.ts';
import type { Engine } from '../engine.ts';

/** People who are tried at a time. */
const LOT = 1_000;

/** Pseudonym to the gateway's own key, by trying everybody: nothing keeps which pseudonym is whose. */
export async function peopleBehind(
  { nameRequests }: Pick<Engine, 'nameRequests'>,
  pseudonyms: Pseudonyms,
  subjects: ReadonlySet<string>,
): Promise<ReadonlyMap<string, string>> {
  const found = new Map<string, string>();
  for (let last: string | null = null; subjects.size > 0; ) {
    const people: readonly string[] = await nameRequests.peopleAfter(last, LOT);
    for (const person of people) {
      for (const { ref } of pseudonyms.everyOfPerson(person)) if (subjects.has(ref)) found.set(ref, person);
    }
    last = people.at(-1) ?? null;
    if (last === null || people.length < LOT) break;
  }
  return found;
}
