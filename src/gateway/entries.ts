import {
  type Actor,
  type LoggedReason,
  type OperationFacts,
  requestEntry,
  type StoredEntry,
  type SubjectOutcome,
  subjectEntry,
} from '../audit/entry.ts';
import type { Principal } from '../record/principal.ts';
import { deedEntries, wordsOf } from './deed-entries.ts';
import type { Trail } from './execute.ts';
import { type Ground, notShown, pseudonymOf, shown, sorted } from './subject-outcome.ts';

/** How the operation ended, as the caller was told. */
export interface Ending {
  readonly outcome: string;
  readonly status: number;
  readonly reasons: readonly LoggedReason[];
}

/**
 * The entries of one operation: one for itself, and one per person it asked about. A person who does not exist leaves as
 * many entries as one who may not be shown.
 */
export function entriesOf(
  at: Date,
  operation: OperationFacts,
  ending: Ending,
  trail: Trail,
  ground: Ground,
): StoredEntry[] {
  const { view, pseudonyms } = ground;
  const outcomes = new Map<string, SubjectOutcome>();
  let considered = 0;
  const answered = ending.outcome === 'answered' || ending.outcome === 'explained';
  for (const root of trail.roots) {
    considered += root.subjects.length;
    const nodes = new Map(root.nodes.flatMap((node) => (node ? [[node.subject, node] as const] : [])));
    for (const subject of root.subjects) {
      const node = nodes.get(subject) ?? null;
      // An attempt at break-glass has an entry of its own kind; so has a look into the log.
      if (root.deed?.kind === 'break-glass' || root.deed?.kind === 'search') continue;
      // `releases` looks through a caseload; only those on the page are told about.
      if (root.field.name === 'releases' && !node) continue;
      const name = pseudonymOf(subject, pseudonyms);
      const outcome =
        node && view ? shown(node, name, trail, root, { ...ground, view }, answered) : notShown(subject, name);
      outcomes.set(name.ref, merge(outcomes.get(name.ref), outcome));
    }
  }
  const people = [...outcomes.values()];
  // A look into the log does nothing.
  const done = trail.roots.find(({ deed }) => deed !== null && deed.kind !== 'search');
  const words = done?.deed && wordsOf(done.deed);
  return [
    requestEntry(at, operation, {
      ...ending,
      ...(done?.deed && {
        deed: {
          field: done.field.name,
          ok: done.deed.ok,
          code: done.deed.code,
          reference: done.deed.reference,
          ...(words && { text: words }),
        },
      }),
      sources: [...trail.asked().keys()].sort(),
      counts: {
        subjects: people.length,
        shown: people.filter(({ outcome }) => outcome === 'shown').length,
        considered,
      },
    }),
    ...people.map((outcome) => subjectEntry(at, operation, outcome)),
    ...trail.roots.flatMap((root) => deedEntries(at, operation, root, answered, ground)),
  ];
}

/** One person asked about twice in one operation has one entry, with everything that either place told. */
function merge(first: SubjectOutcome | undefined, second: SubjectOutcome): SubjectOutcome {
  if (!first) return second;
  const unique = <T>(items: readonly T[]): T[] => [
    ...new Map(items.map((item) => [JSON.stringify(item), item])).values(),
  ];
  return {
    ...(second.outcome === 'nothing-to-show' ? first : second),
    agreements: sorted([...first.agreements, ...second.agreements]),
    basis: sorted([...first.basis, ...second.basis]),
    classes: sorted([...first.classes, ...second.classes]),
    sections: unique([...first.sections, ...second.sections]),
    released: sorted([...first.released, ...second.released]),
    withheld: unique([...first.withheld, ...second.withheld]),
  };
}

export function actorOf({ practitioner, name, subject, issuer, role, partner, client, tokenId }: Principal): Actor {
  return { practitioner, name, subject, issuer, role, partner, client, tokenId };
}
