import {
  type Actor,
  breakGlassEntry,
  type LoggedReason,
  type OperationFacts,
  type Pseudonym,
  requestEntry,
  reviewEntry,
  type StoredEntry,
  type SubjectOutcome,
  subjectEntry,
} from '../audit/entry.ts';
import type { Pseudonyms } from '../audit/pseudonym.ts';
import { refuse } from '../policy/gates.ts';
import type { View } from '../policy/view.ts';
import type { Principal } from '../record/principal.ts';
import type { Trail } from './execute.ts';
import type { PersonNode, Subject } from './person.ts';
import type { Root } from './scope.ts';

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
  view: View | null,
  pseudonyms: Pseudonyms,
): StoredEntry[] {
  const outcomes = new Map<string, SubjectOutcome>();
  let considered = 0;
  const answered = ending.outcome === 'answered' || ending.outcome === 'explained';
  for (const root of trail.roots) {
    considered += root.subjects.length;
    const nodes = new Map(root.nodes.flatMap((node) => (node ? [[node.subject, node] as const] : [])));
    for (const subject of root.subjects) {
      const node = nodes.get(subject) ?? null;
      // An attempt at break-glass has an entry of its own kind.
      if (root.deed?.kind === 'break-glass') continue;
      // `releases` looks through a caseload; only those on the page are told about.
      if (root.field.name === 'releases' && !node) continue;
      const name = pseudonymOf(subject, pseudonyms);
      const outcome = node && view ? shown(node, name, trail, root, view, answered) : notShown(subject, name);
      outcomes.set(name.ref, merge(outcomes.get(name.ref), outcome));
    }
  }
  const people = [...outcomes.values()];
  const done = trail.roots.find(({ deed }) => deed !== null);
  return [
    requestEntry(at, operation, {
      ...ending,
      ...(done?.deed && {
        deed: { field: done.field.name, ok: done.deed.ok, code: done.deed.code, reference: done.deed.reference },
      }),
      sources: [...trail.asked().keys()].sort(),
      counts: {
        subjects: people.length,
        shown: people.filter(({ outcome }) => outcome === 'shown').length,
        considered,
      },
    }),
    ...people.map((outcome) => subjectEntry(at, operation, outcome)),
    ...trail.roots.flatMap((root) => deedEntries(at, operation, root, answered, pseudonyms)),
  ];
}

/** What a mutation did to somebody's record, or about it, besides the entry of its request. */
function deedEntries(
  at: Date,
  operation: OperationFacts,
  { deed, subjects }: Root,
  answered: boolean,
  pseudonyms: Pseudonyms,
): StoredEntry[] {
  switch (deed?.kind) {
    case 'break-glass':
      return subjects.map((subject) =>
        breakGlassEntry(at, operation, {
          subject: pseudonymOf(subject, pseudonyms),
          // What was not answered takes no effect.
          outcome: deed.ok && answered ? 'granted' : 'refused',
          reasons: subject.decision.reasons.map((reason) =>
            plain(asItBecame(reason, deed.ok && answered, deed.reference)),
          ),
          breakGlass: deed.reference,
          reason: deed.reason,
          until: (answered && deed.until?.toISOString()) || null,
        }),
      );
    case 'review':
      return [
        reviewEntry(at, operation, {
          subject: deed.person === null ? null : pseudonyms.ofPerson(deed.person),
          outcome: deed.code ?? (answered ? deed.outcome : 'NOT_ANSWERED'),
          breakGlass: deed.reference,
        }),
      ];
    default:
      return [];
  }
}

/** An attempt is decided as if it were granted; its entry says of that gate what became of it. */
function asItBecame(reason: LoggedReason, isGranted: boolean, reference: string | null): LoggedReason {
  if (reason.gate !== 'break-glass' || reason.code !== 'GRANTED') return reason;
  return isGranted ? { ...reason, ref: reference } : refuse('break-glass', 'NONE');
}

function pseudonymOf({ facts, reference }: Subject, pseudonyms: Pseudonyms): Pseudonym {
  if (facts) return pseudonyms.ofPerson(facts.person);
  return reference.by === 'id'
    ? pseudonyms.ofIdentifier('id', reference.value)
    : pseudonyms.ofIdentifier(reference.type, reference.value);
}

function notShown({ decision }: Subject, subject: Pseudonym): SubjectOutcome {
  return {
    subject,
    outcome: 'nothing-to-show',
    reasons: decision.reasons.map(plain),
    relationship: null,
    agreements: [],
    sections: [],
    released: [],
    withheld: [],
  };
}

/** Read off the answer: an operation that was refused after all released nothing, though sources may have been asked. */
function shown(
  node: PersonNode,
  subject: Pseudonym,
  trail: Trail,
  root: Root,
  view: View,
  answered: boolean,
): SubjectOutcome {
  const { decision } = node.subject;
  const told = new Set(trail.released.get(node)?.fields);
  const byPlace = root.told.get(node);
  if (byPlace) told.add(byPlace);
  const released = answered ? [...told].sort() : [];
  const agreements = new Set<string>();
  for (const field of released) agreements.add(agreementFor(field, view));
  const plans = [...node.plans.values()];
  return {
    subject,
    outcome: answered ? (trail.explained ? 'explained' : 'shown') : 'nothing-to-show',
    reasons: decision.reasons.map(plain),
    relationship: decision.relationship && {
      type: decision.relationship.type,
      evidence: decision.relationship.evidence,
      assertedBy: decision.relationship.assertedBy,
    },
    agreements: [...agreements].filter((reference) => reference !== '').sort(),
    sections: plans.flatMap((plan): SubjectOutcome['sections'][number][] => {
      if (trail.explained && plan.holders.length > 0)
        return [{ section: plan.section, holder: null, status: 'EXPLAINED', asked: false }];
      const rows = node.outcomes.get(plan.section)?.trueRows;
      if (!rows || rows.length === 0)
        return [{ section: plan.section, holder: null, status: 'WITHHELD', asked: false }];
      return rows.map(({ section, holder, status }) => ({ section, holder, status, asked: holder !== null }));
    }),
    released,
    withheld: [
      ...(node.identifiersClosed
        ? [{ field: 'Person.identifiers', holder: null, reason: plain(node.identifiersClosed) }]
        : []),
      ...plans.flatMap((plan) => [
        ...plan.withheld.map(({ coordinate, reason }) => ({ field: coordinate, holder: null, reason: plain(reason) })),
        ...plan.holders.flatMap(({ holder, link, withheld }) =>
          link ? withheld.map(({ coordinate, reason }) => ({ field: coordinate, holder, reason: plain(reason) })) : [],
        ),
      ]),
    ],
  };
}

function agreementFor(released: string, view: View): string {
  const [holder = '', field = ''] = released.split('|');
  if (field.startsWith('Person.identifiers:')) {
    return view.identifiers.get(holder)?.types.get(field.slice('Person.identifiers:'.length))?.agreement ?? '';
  }
  for (const section of view.sections.values()) {
    const grant = section.holders.get(holder)?.fields.get(field);
    if (grant) return grant.agreement;
  }
  return '';
}

/** One person asked about twice in one operation has one entry, with everything that either place told. */
function merge(first: SubjectOutcome | undefined, second: SubjectOutcome): SubjectOutcome {
  if (!first) return second;
  const unique = <T>(items: readonly T[]): T[] => [
    ...new Map(items.map((item) => [JSON.stringify(item), item])).values(),
  ];
  return {
    ...(second.outcome === 'nothing-to-show' ? first : second),
    agreements: unique([...first.agreements, ...second.agreements]).sort(),
    sections: unique([...first.sections, ...second.sections]),
    released: unique([...first.released, ...second.released]).sort(),
    withheld: unique([...first.withheld, ...second.withheld]),
  };
}

function plain({ gate, outcome, code, ref }: LoggedReason): LoggedReason {
  return { gate, outcome, code, ref };
}

export function actorOf({ practitioner, name, subject, issuer, role, partner, client, tokenId }: Principal): Actor {
  return { practitioner, name, subject, issuer, role, partner, client, tokenId };
}
