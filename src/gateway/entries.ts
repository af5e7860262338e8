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
  searchEntry,
  subjectEntry,
  type WrittenText,
} from '../audit/entry.ts';
import type { Pseudonyms } from '../audit/pseudonym.ts';
import type { Bundle } from '../policy/bundle.ts';
import { type Reason, refuse } from '../policy/gates.ts';
import type { FieldGrant, View } from '../policy/view.ts';
import type { SealedText } from '../record/governance.ts';
import type { Principal } from '../record/principal.ts';
import type { Trail } from './execute.ts';
import { type PersonNode, publicReason, type Subject } from './person.ts';
import type { Deed, Root, SentMessage } from './scope.ts';

/** How the operation ended, as the caller was told. */
export interface Ending {
  readonly outcome: string;
  readonly status: number;
  readonly reasons: readonly LoggedReason[];
}

/** What the entries are read off, besides what happened. */
export interface Ground {
  /** Null for a caller who was refused. */
  readonly view: View | null;
  readonly agreements: Bundle['agreements'];
  readonly pseudonyms: Pseudonyms;
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
  return [
    requestEntry(at, operation, {
      ...ending,
      ...(done?.deed && {
        deed: {
          field: done.field.name,
          ok: done.deed.ok,
          code: done.deed.code,
          reference: done.deed.reference,
          ...('text' in done.deed && WRITES_FOR_ITSELF.includes(done.deed.kind) && done.deed.text
            ? { text: committed(done.deed.text) }
            : {}),
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

/** What was done to somebody's record, or about it, besides the entry of its request. */
function deedEntries(
  at: Date,
  operation: OperationFacts,
  { deed, field, subjects }: Root,
  answered: boolean,
  { pseudonyms, agreements }: Ground,
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
          text: deed.text && committed(deed.text),
          until: (answered && deed.until?.toISOString()) || null,
        }),
      );
    case 'review':
      return [
        reviewEntry(at, operation, {
          subject: personOf(deed, pseudonyms),
          outcome: deed.code ?? (answered ? deed.outcome : 'NOT_ANSWERED'),
          breakGlass: deed.of === 'break-glass' ? deed.reference : null,
          entry: deed.entry ?? null,
          reference: deed.of === 'break-glass' ? null : deed.reference,
          text: deed.text ? committed(deed.text) : null,
        }),
      ];
    case 'search': {
      const look = {
        subject: personOf(deed, pseudonyms),
        field: field.name,
        from: deed.from,
        to: deed.to,
        found: answered ? deed.found : 0,
        outcome: deed.code ?? (answered ? 'answered' : 'NOT_ANSWERED'),
        reference: deed.reference,
      };
      const named = answered ? (deed.named ?? []) : [];
      return [look, ...named.map((person) => ({ ...look, subject: pseudonyms.ofPerson(person), found: 1 }))].map(
        (facts) => searchEntry(at, operation, facts),
      );
    }
    case 'message':
      return deed.messages.map((message) => {
        const told = answered ? message : { ...message, sent: false };
        return subjectEntry(at, operation, messageOutcome(told, pseudonyms, agreements));
      });
    default:
      return [];
  }
}

/** What a message told its recipient of a person, or would have told. */
export function messageOutcome(
  { person, to, thirdParties, sent, reasons, ...given }: SentMessage,
  pseudonyms: Pseudonyms,
  agreements: Bundle['agreements'],
): SubjectOutcome {
  return {
    ...NOTHING,
    subject: pseudonyms.ofPerson(person),
    outcome: sent ? 'shown' : 'nothing-to-show',
    reasons: reasons.map(plain),
    recipient: to,
    thirdParties,
    ...(sent && {
      agreements: given.agreements,
      basis: powersOf(given.agreements, agreements),
      classes: given.classes,
      released: given.fields,
    }),
  };
}

/** Deeds whose words stand in the entry of their request: no other entry is theirs. */
const WRITES_FOR_ITSELF: readonly string[] = ['cover', 'message'];

/** An attempt is decided as if it were granted; its entry says of that gate what became of it. */
function asItBecame(reason: LoggedReason, isGranted: boolean, reference: string | null): LoggedReason {
  if (reason.gate !== 'break-glass' || reason.code !== 'GRANTED') return reason;
  return isGranted ? { ...reason, ref: reference } : refuse('break-glass', 'NONE');
}

function committed({ id, commitment }: SealedText): WrittenText {
  return { id, commitment };
}

function personOf({ person }: Extract<Deed, { kind: 'review' | 'search' }>, pseudonyms: Pseudonyms): Pseudonym | null {
  return typeof person === 'string' ? pseudonyms.ofPerson(person) : person;
}

function pseudonymOf({ facts, reference }: Subject, pseudonyms: Pseudonyms): Pseudonym {
  if (facts) return pseudonyms.ofPerson(facts.person);
  return reference.by === 'id'
    ? pseudonyms.ofIdentifier('id', reference.value)
    : pseudonyms.ofIdentifier(reference.type, reference.value);
}

function notShown({ decision }: Subject, subject: Pseudonym): SubjectOutcome {
  return { ...NOTHING, subject, outcome: 'nothing-to-show', reasons: decision.reasons.map(plain) };
}

/**
 * What the gateway itself looked at of somebody, or told of them, outside any request.
 * @param released `holder|Type.field`, or `Type.field` of what it holds itself; null where nothing may be told
 */
export function outcomeOf(
  node: PersonNode,
  released: readonly string[] | null,
  ground: Ground & { readonly view: View },
): SubjectOutcome {
  const subject = pseudonymOf(node.subject, ground.pseudonyms);
  if (released === null) return notShown(node.subject, subject);
  const trail = { released: new Map([[node, { fields: new Set(released), paths: [] }]]), explained: false };
  return shown(node, subject, trail, { told: new Map(), given: new Map() }, ground, true);
}

const NOTHING = {
  relationship: null,
  agreements: [],
  basis: [],
  classes: [],
  breakGlass: null,
  sections: [],
  released: [],
  withheld: [],
} as const;

/** The legal gateways that agreements stand on. */
function powersOf(used: readonly string[], agreements: Bundle['agreements']): string[] {
  return sorted(agreements.flatMap(({ reference, powers }) => (used.includes(reference) ? powers : [])));
}

/** Read off the answer: an operation that was refused after all released nothing, though sources may have been asked. */
function shown(
  node: PersonNode,
  subject: Pseudonym,
  trail: Pick<Trail, 'released' | 'explained'>,
  root: Pick<Root, 'told' | 'given'>,
  { view, agreements }: Ground & { readonly view: View },
  answered: boolean,
): SubjectOutcome {
  const { decision } = node.subject;
  const told = new Set(trail.released.get(node)?.fields);
  for (const byPlace of root.told.get(node) ?? []) told.add(byPlace);
  const released = answered ? [...told].sort() : [];
  const grants = released.flatMap((field) => root.given.get(field) ?? grantFor(field, view) ?? []);
  const used = sorted(grants.map(({ agreement }) => agreement));
  const explained = answered && trail.explained;
  const tell = ({ gate }: Reason) => (answered ? publicReason(gate) : null);
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
    agreements: used,
    basis: powersOf(used, agreements),
    classes: sorted(grants.map(({ dataClass }) => dataClass)),
    breakGlass: decision.breakGlass?.id ?? null,
    sections: plans.flatMap((plan): SubjectOutcome['sections'][number][] => {
      if (trail.explained && plan.holders.length > 0)
        return [{ section: plan.section, holder: null, status: 'EXPLAINED', asked: false }];
      const rows = node.outcomes.get(plan.section)?.trueRows;
      if (!rows || rows.length === 0)
        return [{ section: plan.section, holder: null, status: 'WITHHELD', asked: false }];
      return rows.map(({ section, holder, status }) => ({ section, holder, status, asked: holder !== null }));
    }).concat(lookedAtForGaps(node)),
    released,
    withheld: [
      ...(node.identifiersClosed
        ? [withheldAs('Person.identifiers', null, node.identifiersClosed, tell(node.identifiersClosed))]
        : []),
      ...plans.flatMap((plan) => {
        // Hidden sections leave no trace in what the caller is told, and have one word for everything in an explanation.
        const hidden = plan.view?.existence === 'hidden';
        const told = (reason: Reason) => (hidden ? (explained ? 'NOT_AVAILABLE' : null) : tell(reason));
        return [
          ...plan.withheld.map(({ coordinate, reason }) => withheldAs(coordinate, null, reason, told(reason))),
          ...plan.holders.flatMap(({ holder, link, withheld }) =>
            link ? withheld.map(({ coordinate, reason }) => withheldAs(coordinate, holder, reason, told(reason))) : [],
          ),
        ];
      }),
    ],
  };
}

/** Sections that were asked for what the release lacks, and not selected themselves. */
function lookedAtForGaps({ looked, plans }: PersonNode): SubjectOutcome['sections'][number][] {
  const others = [...(looked?.sections.values() ?? [])].filter(({ plan }) => !plans.has(plan.section));
  return others.flatMap(({ trueRows }) =>
    trueRows.map(({ section, holder, status }) => ({ section, holder, status, asked: holder !== null })),
  );
}

function withheldAs(field: string, holder: string | null, reason: Reason, told: string | null) {
  return { field, holder, reason: plain(reason), told };
}

function sorted(texts: readonly string[]): string[] {
  return [...new Set(texts)].sort();
}

function grantFor(released: string, view: View): FieldGrant | null {
  const [holder = '', field = ''] = released.split('|');
  if (field.startsWith('Person.identifiers:')) {
    return view.identifiers.get(holder)?.types.get(field.slice('Person.identifiers:'.length)) ?? null;
  }
  for (const section of view.sections.values()) {
    const grant = section.holders.get(holder)?.fields.get(field);
    if (grant) return grant;
  }
  return null;
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

function plain({ gate, outcome, code, ref }: LoggedReason): LoggedReason {
  return { gate, outcome, code, ref };
}

export function actorOf({ practitioner, name, subject, issuer, role, partner, client, tokenId }: Principal): Actor {
  return { practitioner, name, subject, issuer, role, partner, client, tokenId };
}
