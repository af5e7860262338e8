import type { LoggedReason, Pseudonym, SubjectOutcome } from '../audit/entry.ts';
import type { Pseudonyms } from '../audit/pseudonym.ts';
import type { Bundle } from '../policy/bundle.ts';
import type { Reason } from '../policy/gates.ts';
import type { FieldGrant, View } from '../policy/view.ts';
import type { Trail } from './execute.ts';
import { type PersonNode, publicReason, type Subject } from './person.ts';
import type { Root, SentMessage } from './scope.ts';

/** What the entries are read off, besides what happened. */
export interface Ground {
  /** Null for a caller who was refused. */
  readonly view: View | null;
  readonly agreements: Bundle['agreements'];
  readonly pseudonyms: Pseudonyms;
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

export function pseudonymOf({ facts, reference }: Subject, pseudonyms: Pseudonyms): Pseudonym {
  if (facts) return pseudonyms.ofPerson(facts.person);
  return reference.by === 'id'
    ? pseudonyms.ofIdentifier('id', reference.value)
    : pseudonyms.ofIdentifier(reference.type, reference.value);
}

export function notShown({ decision }: Subject, subject: Pseudonym): SubjectOutcome {
  return { ...NOTHING, subject, outcome: 'nothing-to-show', reasons: decision.reasons.map(plain) };
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
export function shown(
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
    sections: plans
      .flatMap((plan): SubjectOutcome['sections'][number][] => {
        if (trail.explained && plan.holders.length > 0)
          return [{ section: plan.section, holder: null, status: 'EXPLAINED', asked: false }];
        const rows = node.outcomes.get(plan.section)?.trueRows;
        if (!rows || rows.length === 0)
          return [{ section: plan.section, holder: null, status: 'WITHHELD', asked: false }];
        return rows.map(({ section, holder, status }) => ({ section, holder, status, asked: holder !== null }));
      })
      .concat(lookedAtForGaps(node)),
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

export function sorted(texts: readonly string[]): string[] {
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

export function plain({ gate, outcome, code, ref }: LoggedReason): LoggedReason {
  return { gate, outcome, code, ref };
}
