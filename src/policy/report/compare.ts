import { type Change, general } from './change.ts';
import { list } from './words.ts';

/** What somebody may, of a closed list: more of it is wider. */
export function mayOrNot(
  who: string,
  may: string,
  was: readonly string[],
  is: readonly string[],
  about: Partial<Change> = {},
): Change[] {
  const { added, removed } = difference(was, is);
  return [
    ...(added.length > 0 ? [general('widening', `${who} could not ${may} ${list(added)}, and now could.`, about)] : []),
    ...(removed.length > 0
      ? [general('narrowing', `${who} could ${may} ${list(removed)}, and now could not.`, about)]
      : []),
  ];
}

/** A number that limits something. */
export function limit(
  what: string,
  was: number | undefined,
  is: number | undefined,
  about: Partial<Change> = {},
  direction: 'more is wider' | 'less is wider' = 'more is wider',
): Change[] {
  if (was === undefined || is === undefined || was === is) return [];
  const wider = direction === 'more is wider' ? is > was : is < was;
  return [general(wider ? 'widening' : 'narrowing', `${what} was ${was}, and now is ${is}.`, about)];
}

export function union(a: ReadonlyMap<string, unknown>, b: ReadonlyMap<string, unknown>): string[] {
  return [...new Set([...a.keys(), ...b.keys()])].sort();
}

export function difference(was: readonly string[], is: readonly string[]): { added: string[]; removed: string[] } {
  return {
    added: is.filter((name) => !was.includes(name)).sort(),
    removed: was.filter((name) => !is.includes(name)).sort(),
  };
}
