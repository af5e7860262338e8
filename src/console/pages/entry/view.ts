import type { Bundle } from '../../../policy/bundle.ts';
import { GATES } from '../../../policy/gates.ts';
import { countWords, wordsOf } from '../../words.ts';
import type { Entry, Evidence, Reason, Rule } from './documents.ts';

/** Fields that were shown or withheld alike, with what is so of them today. */
interface FieldGroup {
  /** Whose data. */
  readonly holder: string;
  /** By the part of the record that they are of: `Custody`, and below it `release date`. */
  readonly parts: readonly { readonly name: string; readonly fields: readonly NamedField[] }[];
  readonly isShown: boolean;
  /** What the caller was told in its place; null where they were told nothing. */
  readonly told: string | null;
  /** The agreement that gave it, or which gate refused, where it is known and for those who may know. */
  readonly why: string | null;
  readonly today: (typeof TODAY)[Rule['now']] | null;
  readonly todayText: string;
  /** What the agreements that give it today say of why. */
  readonly necessity: readonly string[];
  readonly isOverturned: boolean;
}

interface NamedField {
  readonly words: string;
  /** `Custody.releaseDate` */
  readonly coordinate: string;
}

/** What the page shows, in words. */
export interface EntryView {
  /** What happened, in a sentence. */
  readonly verdict: string;
  readonly withheld: readonly FieldGroup[];
  readonly shown: readonly FieldGroup[];
  /** In the order in which they are evaluated. */
  readonly gates: readonly { readonly name: string; readonly passed: boolean; readonly text: string }[];
  readonly powers: readonly string[];
  /** `Allocated to a probation practitioner, asserted by Probation Service (allocation-feed), evidence ALLOC-1`. */
  readonly relationship: string | null;
  /** Whether it is the policy in force and who approved it, a sentence each. */
  readonly policy: readonly string[];
}

export function entryView({ entry, others, rules, approval }: Evidence, policy: Bundle): EntryView {
  // The gates about the caller alone are in the entry of the request.
  const ofCaller = others.filter(({ subject, kind }) => subject === null && kind !== 'search');
  const reasons = [...entry.reasons, ...ofCaller.flatMap((other) => other.reasons)];
  const once = new Map(reasons.map((reason) => [JSON.stringify([reason.gate, reason.text]), reason]));
  const ofGateway = entry.released.filter((field) => !rules.some((rule) => isOf(rule, field)));
  const fields = [
    ...rules.map((rule) => fieldOf(rule, entry, policy)),
    ...ofGateway.map((field) => ownField(field, policy)),
  ];
  return {
    verdict: verdictOf(entry, policy),
    withheld: grouped(fields.filter(({ isShown }) => !isShown)),
    shown: grouped(fields.filter(({ isShown }) => isShown)),
    gates: [...once.values()].sort(byGate).map(({ gate, outcome, text }) => ({
      name: sentenceCase(gate),
      passed: outcome === 'pass',
      text: inWords(text, policy),
    })),
    powers: entry.basis.map((power) => policy.legalGateways.get(power)?.title ?? power),
    relationship: entry.relationship && relationshipWords(entry.relationship, policy),
    policy: approval ? policyWords(approval) : [],
  };
}

const TODAY = {
  ALWAYS: { text: 'Shown', colour: 'green' },
  DEPENDS: { text: 'Depends', colour: 'yellow' },
  NEVER: { text: 'Not shown', colour: 'red' },
} as const;

/** The public codes, as `docs/errors.md` explains them. */
const TOLD: Readonly<Record<string, string>> = {
  NOT_IN_VIEW: 'That the role does not have the field for the purpose',
  NO_AGREEMENT: 'That no agreement in force gives it to their organisation for the purpose',
  NOT_SHARED: 'That it is not shared in this case',
  NOT_AVAILABLE: 'That nothing can be said of it',
};

function verdictOf(entry: Entry, policy: Bundle): string {
  const { partnerName, roleTitle, kindWords, outcomeWords } = wordsOf(policy);
  const { kind, outcome, practitioner, partner, role, released, withheld, recipient } = entry;
  const where = partner === null ? '' : ` at ${partnerName(partner)}`;
  const name = practitioner ?? 'Somebody';
  const who = role === null ? `${name}${where}` : `${name}, ${roleTitle(role).toLowerCase()}${where},`;
  const told = recipient === null ? who : `${partnerName(recipient)}, by what ${who.replace(/,$/, '')} did,`;
  const left =
    withheld.length === 0
      ? ''
      : `; ${countWords(withheld.length, 'field')} ${withheld.length === 1 ? 'was' : 'were'} withheld`;
  if (kind === 'disclosure' || (kind === 'watch' && released.length > 0)) {
    const what = released.length > 0 ? countWords(released.length, 'field') : 'nothing of yours';
    return `${told} was shown ${what}${left}.`;
  }
  if (kind === 'refusal' && (entry.subject !== null || outcome === 'nothing-to-show'))
    return `${who} asked about somebody, and was shown nothing.`;
  if (kind === 'break-glass') return `${who} asked to break the glass. ${outcomeWords(outcome)}.`;
  if (kind === 'search') return `${who} looked into the log.`;
  if (partner === null && practitioner === null) return `${kindWords(kind)}.`;
  return `${who} sent a request. ${outcomeWords(outcome)}.`;
}

type OneField = Omit<FieldGroup, 'parts'> & { readonly part: string; readonly field: NamedField };

function grouped(fields: readonly OneField[]): FieldGroup[] {
  const alike = Map.groupBy(fields, ({ part, field, ...rest }) => JSON.stringify(rest));
  return [...alike.values()].flatMap((group) => {
    const [first] = group;
    if (!first) return [];
    const { part: _, field: __, ...rest } = first;
    const parts = [...Map.groupBy(group, ({ part }) => part)];
    return { ...rest, parts: parts.map(([name, all]) => ({ name, fields: all.map(({ field }) => field) })) };
  });
}

function fieldOf(rule: Rule, entry: Entry, policy: Bundle): OneField {
  const { field, holder, shown, now, agreements, text } = rule;
  const withheld = shown ? null : entry.withheld.find((each) => each.field === field && each.holder === holder);
  const told = withheld?.told ?? null;
  return {
    ...namedField(field, policy),
    holder: holder === null ? 'No holder in particular' : wordsOf(policy).partnerName(holder),
    isShown: shown,
    told: told === null ? null : (TOLD[told] ?? told),
    why: shown ? underWhich(entry, policy) : withheld?.reason ? inWords(withheld.reason.text, policy) : null,
    today: TODAY[now],
    todayText: inWords(text, policy),
    necessity: agreements.flatMap(
      (each) => policy.agreements.find(({ reference }) => reference === each)?.necessity ?? [],
    ),
    isOverturned: shown && now === 'NEVER',
  };
}

/** Only where there is one can it be told which of an entry's agreements gave a field. */
function underWhich({ agreements }: Entry, policy: Bundle): string | null {
  const [only, ...others] = agreements;
  return only !== undefined && others.length === 0 ? `Under ${wordsOf(policy).agreementLabel(only)}.` : null;
}

/** What the gateway itself holds or counts: no agreement gives it. */
function ownField(released: string, policy: Bundle): OneField {
  return {
    ...namedField(released, policy),
    holder: 'The gateway itself',
    isShown: true,
    told: null,
    why: null,
    today: null,
    todayText: 'It is the gateway’s own, and no agreement gives it.',
    necessity: [],
    isOverturned: false,
  };
}

function isOf({ shown, holder, field }: Rule, released: string): boolean {
  return shown && released === (holder === null ? field : `${holder}|${field}`);
}

/** Of `Custody.releaseDate` the part `Custody` and `release date`. */
function namedField(coordinate: string, policy: Bundle): Pick<OneField, 'part' | 'field'> {
  const [type = '', name = ''] = coordinate.split('.');
  const [, identifier] = /^identifiers:(.+)$/.exec(name) ?? [];
  if (identifier !== undefined) {
    return { part: 'Numbers', field: { words: policy.identifiers.get(identifier)?.label ?? identifier, coordinate } };
  }
  const part = type === 'Person' ? 'Whole sections' : sentenceCase(spaced(type));
  return { part, field: { words: spaced(name), coordinate } };
}

function spaced(name: string): string {
  return name.replaceAll(/([a-z0-9])([A-Z])/g, '$1 $2').toLowerCase();
}

function sentenceCase(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** A gate that is not known any more comes last. */
function byGate(one: Reason, other: Reason): number {
  const place = ({ gate }: Reason) => {
    const found = (GATES as readonly string[]).indexOf(gate);
    return found < 0 ? GATES.length : found;
  };
  return place(one) - place(other);
}

function relationshipWords({ type, evidence, assertedBy }: NonNullable<Entry['relationship']>, policy: Bundle): string {
  const { relationshipLabel, partnerName } = wordsOf(policy);
  const [partner = '', feed] = assertedBy.split(':');
  const by = `${partnerName(partner)}${feed === undefined ? '' : ` (${feed})`}`;
  return `${relationshipLabel(type)}, asserted by ${by}, evidence ${evidence}`;
}

/** A sentence of the gateway's with what its codes stand for. */
function inWords(sentence: string, policy: Bundle): string {
  const { partnerName, roleTitle, purposeLabel, relationshipLabel, agreementLabel } = wordsOf(policy);
  const words = [partnerName, roleTitle, purposeLabel, relationshipLabel, agreementLabel, permissionLabel];
  return sentence.replaceAll(/[A-Za-z0-9]+(?:[_-][A-Za-z0-9]+)+|[A-Z]{3,}/g, (code) => {
    const found = words.map((wordOf) => wordOf(code)).find((word) => word !== code);
    return found === undefined ? code : `“${found}”`;
  });

  function permissionLabel(code: string): string {
    return policy.permissions.get(code)?.label ?? code;
  }
}

function policyWords({ listed, inForce }: NonNullable<Evidence['approval']>): string[] {
  return [
    ...(listed ? [] : ['It is not on the list of approvals: nobody is known here to have approved it.']),
    inForce
      ? 'It is the policy in force: the rule is still the rule.'
      : 'Another policy is in force now. The files of the old one are not kept here. The log still proves which it was, what each gate said under it and what was shown; whoever kept the files can show by this hash that they are the ones.',
  ];
}
