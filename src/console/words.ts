import type { Bundle } from '../policy/bundle.ts';

/** Codes as words, by the policy in force. A code that it does not know, or does not know any more, stays as it is. */
export interface Words {
  partnerName(code: string | null | undefined): string;
  roleTitle(code: string | null | undefined): string;
  purposeLabel(code: string | null | undefined): string;
  /** What a class of data is, such as `The National Insurance number`. */
  className(code: string | null | undefined): string;
  /** `Northmere Police to Probation Service (POL-PRB-01)`. */
  agreementLabel(reference: string | null | undefined): string;
  relationshipLabel(code: string | null | undefined): string;
  /** How an operation or a look at somebody ended. */
  outcomeWords(code: string | null | undefined): string;
  /** What kind of entry it is. */
  kindWords(code: string | null | undefined): string;
  breakGlassReason(code: string | null | undefined): string;
}

export function wordsOf(policy: Bundle): Words {
  const agreements = new Map(policy.agreements.map((agreement) => [agreement.reference, agreement]));
  const partnerName = (code: string | null | undefined) => policy.partners.get(code ?? '')?.name ?? code ?? '';
  return {
    partnerName,
    roleTitle: (code) => policy.roles.get(code ?? '')?.title ?? code ?? '',
    purposeLabel: (code) => policy.purposes.get(code ?? '')?.label ?? code ?? '',
    className: (code) => policy.classes.get(code ?? '')?.description ?? code ?? '',
    agreementLabel(reference) {
      const agreement = agreements.get(reference ?? '');
      if (!agreement) return reference ?? '';
      const { holders, recipients } = agreement;
      const to = recipients === 'own' ? 'own staff' : several(recipients.map(partnerName));
      return `${several(holders.map(partnerName))} to ${to} (${agreement.reference})`;
    },
    relationshipLabel: (code) => policy.relationships.get(code ?? '')?.label ?? code ?? '',
    outcomeWords: (code) => wordOf(OUTCOMES, code),
    kindWords: (code) => wordOf(KINDS, code),
    breakGlassReason: (code) => policy.breakGlass.reasons.get(code ?? '') ?? code ?? '',
  };
}

function several(names: readonly string[]): string {
  const [one = '', other, ...more] = names;
  if (other === undefined) return one;
  return more.length === 0 ? `${one} and ${other}` : `${one} and ${more.length + 1} others`;
}

/** Codes stand in addresses too: a name that every object has is none of them. */
function wordOf(words: Readonly<Record<string, string>>, code: string | null | undefined): string {
  return (code != null && Object.hasOwn(words, code) && words[code]) || (code ?? '');
}

const KINDS: Readonly<Record<string, string>> = {
  request: 'Request',
  disclosure: 'Information shown',
  refusal: 'Look-up refused',
  explanation: 'Asked what would be shown',
  watch: 'Watched for changes',
  'break-glass': 'Break-glass',
  review: 'Review',
  search: 'Search of the log',
  export: 'Export',
  'policy-change': 'Policy changed',
  'key-change': 'Key changed',
  start: 'Gateway started',
  stop: 'Gateway stopped',
};

const OUTCOMES: Readonly<Record<string, string>> = {
  shown: 'Shown',
  explained: 'Told what would be shown',
  'nothing-to-show': 'Nothing shown',
  NOTHING_TO_SHOW: 'Nothing shown',
  answered: 'Answered',
  'not-delivered': 'Answered, but not received',
  granted: 'Granted',
  refused: 'Refused',
  NOT_ANSWERED: 'Not answered',
  UNAUTHENTICATED: 'Refused: not signed in',
  PRACTITIONER_REQUIRED: 'Refused: no practitioner named',
  ROLE_REQUIRED: 'Refused: no role that the partner has',
  PURPOSE_REQUIRED: 'Refused: no purpose',
  PURPOSE_NOT_ALLOWED: 'Refused: not a purpose of the role',
  WITHHELD_REFUSED: 'Refused: something was withheld',
  BAD_IDENTIFIER: 'Refused: no such kind of number',
  BAD_USER_INPUT: 'Refused: wrong input',
  GRAPHQL_PARSE_FAILED: 'Refused: could not be read',
  GRAPHQL_VALIDATION_FAILED: 'Refused: asked for what there is not',
  TOO_COMPLEX: 'Refused: asked for too much',
  RATE_LIMITED: 'Refused: too many people on one day',
  AUDIT_UNAVAILABLE: 'Not answered: could not be recorded',
  STORE_UNAVAILABLE: 'Not answered: the store was out of reach',
  FAULT: 'Not answered: a fault',
  JUSTIFIED: 'Justified',
  NOT_JUSTIFIED: 'Not justified',
  MISTAKE: 'A mistake',
};

const TIME = new Intl.DateTimeFormat('en-GB', {
  timeZone: 'Europe/London',
  hour: '2-digit',
  minute: '2-digit',
  hourCycle: 'h23',
});
const DAY = new Intl.DateTimeFormat('en-GB', {
  timeZone: 'Europe/London',
  day: 'numeric',
  month: 'long',
  year: 'numeric',
});

/**
 * `14:07 on 3 November 2026`, as clocks in the United Kingdom show it.
 * @param instant or RFC 3339; anything else is nothing
 */
export function whenWords(instant: Date | string | null | undefined): string {
  const date = readInstant(instant);
  return date === null ? '' : `${TIME.format(date)} on ${DAY.format(date)}`;
}

/** `3 November 2026`. @param day an instant, or `YYYY-MM-DD` */
export function dayWords(day: Date | string | null | undefined): string {
  // At noon it is the same day in the United Kingdom.
  const date = readInstant(typeof day === 'string' && /^\d{4}-\d{2}-\d{2}$/.test(day) ? `${day}T12:00:00Z` : day);
  return date === null ? '' : DAY.format(date);
}

/** `14:07`. */
export function timeWords(instant: Date | string | null | undefined): string {
  const date = readInstant(instant);
  return date === null ? '' : TIME.format(date);
}

/** `1 person`, `2 people`. */
export function countWords(count: number, one: string, several = `${one}s`): string {
  return `${count.toLocaleString('en-GB')} ${count === 1 ? one : several}`;
}

function readInstant(instant: Date | string | null | undefined): Date | null {
  const date = instant == null || instant === '' ? null : new Date(instant);
  return date === null || Number.isNaN(date.getTime()) ? null : date;
}
