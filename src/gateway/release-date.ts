import type { Subject } from './person.ts';
import { RELEASE_DATE } from './roots.ts';
import type { Root, Scope } from './scope.ts';

/** When a person is to be released and who says so, asked by what was decided; null where nobody said. */
export async function releaseDate(
  { decision }: Subject,
  ask: Scope['ask'],
  root: Root,
): Promise<{ date: string; holder: string } | null> {
  const coordinate = `${RELEASE_DATE.type}.${RELEASE_DATE.field}`;
  const holders = decision.sections.get(RELEASE_DATE.section)?.holders ?? [];
  const open = holders.filter(({ fields }) => fields.has(coordinate));
  const asked = open.find(({ link }) => link !== null);
  if (!asked?.link) {
    // Absent from the list, and not because there is nothing to list.
    root.notAsked.add(RELEASE_DATE.section);
    return null;
  }
  const answer = await ask(asked.holder, asked.link.value, RELEASE_DATE);
  if (answer.state === 'UNAVAILABLE') root.unavailable.add(asked.holder);
  const date = answer.state === 'HELD' ? answer.value[RELEASE_DATE.field] : null;
  return typeof date === 'string' ? { date, holder: asked.holder } : null;
}
