import { type Day, NO_FACTS, type SubjectFacts } from '../../record/facts.ts';
import type { Bundle, Purpose } from '../bundle.ts';
import { callerReasons } from '../caller.ts';
import type { Caller } from '../decide.ts';
import { explainField, type FieldExplanation } from '../explain.ts';
import type { Reason } from '../gates.ts';
import { sentence } from '../sentence.ts';
import { type Policy, territoryOf } from '../territory.ts';
import { compileView } from '../view.ts';
import { type Part, parts } from './pairs.ts';
import { days } from './words.ts';

export interface Question {
  readonly role: string;
  readonly purpose: string;
  /** A coordinate of a section, such as `Policing.domesticAbuse`. */
  readonly field: string;
  readonly day: Day;
  /** Codes of the partners whose practitioners may be asking. */
  readonly partners: readonly string[];
  readonly caller: Caller;
}

/** One answer, wherever it is the same: at these partners, of these holders. */
export interface Outcome extends Part {
  readonly effect: FieldExplanation['effect'];
  readonly reasons: readonly Explained[];
}

export interface Explained extends Reason {
  readonly text: string;
  /** What stands behind it in the files: the role's reason, the agreement's necessity and powers. */
  readonly behind: readonly string[];
}

/** Every gate for one field, for each distinct outcome among the partners that may ask and the holders that may answer. */
export function explanation(policy: Policy, question: Question, facts: SubjectFacts): Outcome[] {
  const { bundle } = policy;
  const { role, purpose, field, day, caller } = question;
  const territory = territoryOf(policy);
  const answers = question.partners.flatMap((partner) => {
    const client = bundle.partners.get(partner)?.clients[0] ?? '';
    const principal = { ...NO_TOKEN, partner, role, practitioner: caller.practitioner, client };
    const view = compileView(bundle, territory, { role, purpose, partner, day });
    const gates = callerReasons(bundle, principal, purpose);
    const held = explainField(bundle, territory, gates, view, caller, facts, field);
    return held.map(({ holder, effect, reasons }) => ({ partner, holder, effect, reasons }));
  });
  const alike = Map.groupBy(answers, ({ effect, reasons }) => JSON.stringify([effect, reasons.map(anywhere)]));
  return [...alike.values()].flatMap((same) => {
    const [first] = same;
    if (!first) return [];
    const reasons = first.reasons.map((reason) => explained(policy, question, reason));
    return parts(same).map((part) => ({ ...part, effect: first.effect, reasons }));
  });
}

/** Nobody presented one: no gate reads this part of a principal. */
const NO_TOKEN = { issuer: '', subject: '', tokenId: '', name: '' };

/**
 * The person of whom a question without facts is asked: one relationship that carries the purpose, if any does, a sure
 * link at every holder, and nothing else.
 */
export function plainSubject(
  policy: Policy,
  purpose: Purpose | undefined,
  practitioner: string,
): Omit<SubjectFacts, 'person'> {
  const { sections, holders } = territoryOf(policy);
  const links = holders.flatMap(({ code, source }) =>
    [...policy.bundle.identifiers.values()]
      .filter(({ key }) => sections.some((section) => section.source === source && section.keyField === key))
      .map(({ name, example }) => ({ holder: code, type: name, value: example, confidence: 1 })),
  );
  const [type] = purpose?.relationships ?? [];
  const span = { from: '1900-01-01', until: null };
  const relationship = {
    ...span,
    type: type ?? '',
    partner: '',
    practitioner,
    team: null,
    assertedBy: 'somebody else',
    evidence: 'assumed',
    standing: 'SELF' as const,
    cover: null,
  };
  return {
    ...NO_FACTS,
    links,
    relationships: type === undefined ? [] : [relationship],
  };
}

/** The same reason at another partner names another partner, and is the same reason. */
function anywhere(reason: Reason): Reason {
  return reason.gate === 'partner' ? { ...reason, ref: null } : reason;
}

function explained({ bundle, record }: Policy, { role, purpose, field }: Question, reason: Reason): Explained {
  const behind: string[] = [];
  const dataClass = bundle.classOf.get(field) ?? '';
  if (reason.gate === 'view' && reason.outcome === 'pass') {
    const section = record.sections.find(({ coordinates }) => coordinates.includes(field))?.field ?? '';
    const need = bundle.roles.get(role)?.purposes.get(purpose)?.sections.get(section);
    if (need?.why) behind.push(need.why);
    if (need?.existence === 'hidden')
      behind.push('The section is hidden: the caller may not know whether anything is held.');
  }
  if (reason.gate === 'agreement' && reason.ref !== null) behind.push(...agreementWords(bundle, reason.ref));
  if (reason.gate === 'permission') {
    for (const [type, { label }] of bundle.permissions) {
      if (reason.ref?.split(' or ').includes(type)) behind.push(`${type}: ${label}.`);
    }
    if (bundle.classes.get(dataClass)?.protective)
      behind.push('The class is protective: no permission or objection may close it.');
  }
  if (reason.gate === 'relationship') {
    const carrying = bundle.purposes.get(purpose)?.relationships ?? [];
    behind.push(
      carrying.length > 0
        ? `What carries the purpose: ${carrying.join(', ')}.`
        : 'No relationship carries the purpose.',
    );
  }
  return { ...reason, text: sentence(reason), behind };
}

function agreementWords({ agreements, legalGateways }: Bundle, reference: string): string[] {
  const agreement = agreements.find((candidate) => candidate.reference === reference);
  if (!agreement) return [];
  const powers = [...new Set(agreement.powers)].map((power) => {
    const gateway = legalGateways.get(power);
    return gateway ? `${gateway.title}. ${gateway.allows}.` : power;
  });
  return [`${agreement.necessity}`, `In force ${days(agreement)}; to be reviewed by ${agreement.review}.`, ...powers];
}
