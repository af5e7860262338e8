import type { Bundle } from '../../../policy/bundle.ts';
import { type FieldProblem, type ReadSpan, readSpan } from '../../fields.ts';
import type { Visit } from '../../page.ts';
import { wordsOf } from '../../words.ts';

/** A search of the log as it stands in a URL. Whoever it is about is there by a handle of the visit, never by a number. */
export interface Search {
  readonly read: ReadSpan;
  /** By name of the field; empty where nothing was asked. */
  readonly asked: Readonly<Record<FieldName, string>>;
  /** The handle under which the visit keeps a number; empty where it is about nobody by name. */
  readonly who: string;
  /** `LogFilter`; null where something is wrong. */
  readonly filter: Readonly<Record<string, unknown>> | null;
  /** About whom, as it was typed: for the officer's own eyes. Null where it is about nobody by name. */
  readonly person: { readonly type: string; readonly value: string } | null;
  readonly problems: readonly FieldProblem[];
}

/** Fields of the form to those of `LogFilter`. */
const FIELDS = {
  partner: 'partner',
  practitioner: 'practitioner',
  kind: 'kind',
  outcome: 'outcome',
  purpose: 'purpose',
  agreement: 'agreement',
  class: 'dataClass',
  request: 'requestId',
} as const;
export type FieldName = keyof typeof FIELDS;
export const FIELD_NAMES = Object.keys(FIELDS) as readonly FieldName[];

/** What of a search may be kept under a name: what is about nobody. */
export const PLAIN_FIELDS = ['partner', 'kind', 'outcome', 'purpose', 'agreement', 'class'] as const;

const DEFAULT_DAYS = 7;
/** One request is found wherever it lies: links to it name no days. */
const REQUEST_DAYS = 366;
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** @param params of a URL, or of a form that carries a search */
export async function readSearch(visit: Visit, params: URLSearchParams): Promise<Search> {
  const defaultDays = params.get('request') ? REQUEST_DAYS : DEFAULT_DAYS;
  const read = readSpan(params, { defaultDays, now: visit.now });
  const asked = Object.fromEntries(FIELD_NAMES.map((name) => [name, params.get(name)?.trim() ?? '']));
  const who = params.get('who') ?? '';
  const kept = who === '' ? null : await visit.recall(who);
  const problems: FieldProblem[] = [...read.problems];
  if (asked['request'] && !UUID.test(asked['request'])) {
    problems.push({
      text: 'A request id is 36 letters, digits and hyphens, as an answer carried it',
      href: '#request',
    });
  }
  if (who !== '' && kept === null) {
    problems.push({
      text: 'A number is kept for one visit only, and for whoever typed it: type it again',
      href: '#value',
    });
  }
  const person = kept === null ? null : (JSON.parse(kept) as NonNullable<Search['person']>);
  const filter = read.span &&
    problems.length === 0 && {
      from: read.span.from.toISOString(),
      to: read.span.to.toISOString(),
      ...Object.fromEntries(FIELD_NAMES.flatMap((name) => (asked[name] ? [[FIELDS[name], asked[name]]] : []))),
      ...(person && { subjectOf: person }),
    };
  return { read, asked: asked as Search['asked'], who, filter: filter || null, person, problems };
}

/** What a URL or a form carries of a search: nothing that was not asked. */
export function carried({ read, asked, who }: Pick<Search, 'read' | 'asked' | 'who'>): [string, string][] {
  return Object.entries({ ...read.typed, ...asked, who }).filter(([, value]) => value !== '');
}

/** A path with a query. */
export function pathTo(path: string, query: readonly (readonly [string, string])[]): string {
  return query.length === 0 ? path : `${path}?${new URLSearchParams(query.map(([name, value]) => [name, value]))}`;
}

const KINDS = [
  'disclosure',
  'refusal',
  'break-glass',
  'request',
  'explanation',
  'watch',
  'review',
  'search',
  'export',
  'policy-change',
  'key-change',
  'start',
  'stop',
];
const OUTCOMES = [
  'shown',
  'nothing-to-show',
  'explained',
  'answered',
  'granted',
  'refused',
  'not-delivered',
  'UNAUTHENTICATED',
  'ROLE_REQUIRED',
  'PURPOSE_REQUIRED',
  'PURPOSE_NOT_ALLOWED',
  'WITHHELD_REFUSED',
  'RATE_LIMITED',
];

interface Choice {
  readonly value: string;
  readonly text: string;
  readonly selected: boolean;
}

/** What each field of the form may be, in words; what was asked and is no such thing stays. */
export function choicesOf(
  policy: Bundle,
  asked: Search['asked'],
): Readonly<Record<(typeof PLAIN_FIELDS)[number], readonly Choice[]>> {
  const words = wordsOf(policy);
  const of = (name: FieldName, codes: Iterable<string>, textOf: (code: string) => string, isSorted = true) => {
    const known = [...codes].map((value) => ({ value, text: textOf(value) }));
    if (isSorted) known.sort((one, other) => one.text.localeCompare(other.text, 'en-GB'));
    const chosen = asked[name];
    const other = chosen && !known.some(({ value }) => value === chosen) ? [{ value: chosen, text: chosen }] : [];
    return [{ value: '', text: 'Any' }, ...known, ...other].map((each) => ({
      ...each,
      selected: each.value === chosen,
    }));
  };
  return {
    partner: of('partner', policy.partners.keys(), words.partnerName),
    kind: of('kind', KINDS, words.kindWords, false),
    outcome: of('outcome', OUTCOMES, words.outcomeWords, false),
    purpose: of('purpose', policy.purposes.keys(), words.purposeLabel),
    agreement: of(
      'agreement',
      policy.agreements.map(({ reference }) => reference),
      words.agreementLabel,
    ),
    class: of('class', policy.classes.keys(), words.className),
  };
}

/** What was asked besides the days, a sentence each. */
export function filterWords(policy: Bundle, { asked, person }: Pick<Search, 'asked' | 'person'>): string[] {
  const words = wordsOf(policy);
  const said: Readonly<Record<FieldName, (value: string) => string>> = {
    partner: (value) => `Staff of ${words.partnerName(value)}`,
    practitioner: (value) => `By ${value}`,
    kind: (value) => `Kind: ${words.kindWords(value)}`,
    outcome: (value) => `Outcome: ${words.outcomeWords(value)}`,
    purpose: (value) => `Purpose: ${words.purposeLabel(value)}`,
    agreement: (value) => `Under ${words.agreementLabel(value)}`,
    class: (value) => `Released: ${words.className(value)}`,
    request: (value) => `Request ${value}`,
  };
  const about = person
    ? [`About one person, by their ${policy.identifiers.get(person.type)?.label ?? person.type}`]
    : [];
  return [...about, ...FIELD_NAMES.flatMap((name) => (asked[name] ? [said[name](asked[name])] : []))];
}
