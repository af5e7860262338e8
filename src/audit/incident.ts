import type { Pseudonym } from './entry.ts';
import { coordinateOf, holderOf, type Read, type Releases } from './reading.ts';

/** What one account was shown in a window of time: whose information, of which kinds, and whom to tell. */
export interface Incident {
  /** Everybody once, in the order in which they were first shown. */
  readonly people: readonly {
    readonly subject: Pseudonym;
    /** RFC 3339. */
    readonly first: string;
    readonly last: string;
    readonly times: number;
    /** Data classes, sorted. */
    readonly classes: readonly string[];
    /** Holders whose data it was, sorted. */
    readonly controllers: readonly string[];
    /** What was shown of each holder's, in the same order. */
    readonly parts: readonly { readonly partner: string; readonly classes: readonly string[] }[];
  }[];
  /** The holders to tell, sorted. */
  readonly controllers: readonly {
    readonly partner: string;
    readonly people: number;
    readonly classes: readonly string[];
  }[];
  /** How often the account was shown nothing of somebody. */
  readonly refused: number;
}

/** @param reads of one account, in the order of the log; those that are about nobody are passed over */
export function incident(reads: readonly Read[], { classOf }: Pick<Releases, 'classOf'>): Incident {
  const about = reads.flatMap((read) => (read.subject ? [{ ...read, subject: read.subject }] : []));
  const shown = about.filter(({ outcome }) => outcome === 'shown');
  const people = Map.groupBy(shown, ({ subject }) => subject.ref);
  const controllers = new Map<string, { people: Set<string>; classes: Set<string> }>();
  for (const { subject, released } of shown) {
    for (const field of released) {
      const holder = holderOf(field);
      if (holder === null) continue;
      const told = controllers.get(holder) ?? { people: new Set(), classes: new Set() };
      controllers.set(holder, told);
      told.people.add(subject.ref);
      const dataClass = classOf(coordinateOf(field));
      if (dataClass !== null) told.classes.add(dataClass);
    }
  }
  return {
    people: [...people.values()].flatMap((times) => {
      const [first] = times;
      const last = times.at(-1);
      if (!first || !last) return [];
      const fields = times.flatMap(({ released }) => released);
      const kinds = (of: readonly string[]) => sorted(of.flatMap((field) => classOf(coordinateOf(field)) ?? []));
      const holders = sorted(fields.flatMap((field) => holderOf(field) ?? []));
      return {
        subject: first.subject,
        first: first.at,
        last: last.at,
        times: times.length,
        classes: kinds(fields),
        controllers: holders,
        parts: holders.map((partner) => ({
          partner,
          classes: kinds(fields.filter((field) => holderOf(field) === partner)),
        })),
      };
    }),
    controllers: [...controllers]
      .map(([partner, told]) => ({ partner, people: told.people.size, classes: sorted([...told.classes]) }))
      .sort((a, b) => (a.partner < b.partner ? -1 : 1)),
    refused: about.filter(({ outcome }) => outcome === 'nothing-to-show' || outcome === 'refused').length,
  };
}

function sorted(texts: readonly string[]): string[] {
  return [...new Set(texts)].sort();
}
