import { isDay } from './day.ts';
import { type FactNames, nameProblems } from './fact-names.ts';
import type { Interest, Link, Objection, Permission, Relationship, Restriction, Span } from './facts.ts';
import { didYouMean } from './problem.ts';

/**
 * A record of a facts file: one JSON object a line. A person is named by a UUID of the crosswalk's, and comes into
 * being with the first record. Every field is there, unless it is marked optional; one that does not apply is null.
 */
export type Fact =
  | (LinkFact & { readonly kind: 'link' })
  | (Relationship & { readonly kind: 'relationship'; readonly person: string })
  | (Acting & { readonly kind: 'team-member' | 'duty' | 'manager' })
  | (CoverFact & { readonly kind: 'cover' })
  | (Permission & { readonly kind: 'permission'; readonly person: string })
  | (Objection & { readonly kind: 'objection'; readonly person: string })
  | (InterestFact & { readonly kind: 'interest' })
  | (RestrictionFact & { readonly kind: 'restriction' });

interface LinkFact extends Link {
  readonly person: string;
  /** False for a merged, former identifier: it finds the person and is never sent to the holder. */
  readonly current: boolean;
}

export interface RestrictionFact extends Omit<Restriction, 'desks' | 'unresolved'> {
  readonly person: string;
  readonly desks?: readonly string[];
  readonly unresolved?: readonly string[];
  /** The owner's own reference, by which work about the restriction is known. */
  readonly reference?: string;
}

interface InterestFact extends Interest {
  readonly person: string;
  readonly partner: string;
  readonly practitioner: string;
}

/** What `practitioner` holds, `coveredBy` has open too. It counts where `recordedBy` manages a team of the practitioner's. */
interface CoverFact extends Span {
  readonly partner: string;
  readonly practitioner: string;
  readonly coveredBy: string;
  readonly recordedBy: string;
  /** One of the partner's: a later record with the same one replaces it. */
  readonly reference: string;
  readonly reason: string;
}

/** A practitioner acts for a team: as its member, by duty rota, or as its manager. */
interface Acting extends Span {
  readonly team: string;
  readonly partner: string;
  readonly practitioner: string;
}

/**
 * What is wrong with a value as a record of a facts file; empty where it is one. Names fields, never people's values.
 * @param names those of policy, which a record may use; null where there is no policy to ask
 */
export function checkFact(value: unknown, names: FactNames | null = null): string[] {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return ['a record must be a JSON object'];
  const record = value as Readonly<Record<string, unknown>>;
  const kind = String(record['kind']);
  const fields = Object.hasOwn(FIELDS, kind) ? FIELDS[kind as Fact['kind']] : undefined;
  if (!fields) return [`kind must be one of ${Object.keys(FIELDS).join(', ')}`];

  const problems: string[] = [];
  for (const [name, field] of Object.entries(fields)) {
    if (record[name] === undefined) {
      if (!field.optional) problems.push(`${name} is missing: ${field.expected}`);
    } else if (!field.accepts(record[name])) problems.push(`${name} must be ${field.expected}`);
  }
  for (const name in record) {
    if (name !== 'kind' && !Object.hasOwn(fields, name)) {
      problems.push(`a ${kind} has no field ${name}${didYouMean(name, Object.keys(fields))}`);
    }
  }
  if (problems.length === 0 && names) problems.push(...nameProblems(record, names));
  if (problems.length > 0) return problems;
  switch (kind) {
    case 'relationship':
      return checkHolding(record as unknown as Relationship);
    case 'cover':
      return checkCover(record as unknown as CoverFact);
    default:
      return [];
  }
}

function checkHolding({ partner, practitioner, team, assertedBy }: Relationship): string[] {
  if ((practitioner === null) === (team === null)) return ['a practitioner or a team must hold it, and not both'];
  // SHARE-10: nobody opens a record to themselves.
  const own = [practitioner, `${partner}/${practitioner}`];
  return own.includes(assertedBy) ? ['assertedBy must be somebody other than the practitioner who holds it'] : [];
}

/** Nobody covers for themselves, and nobody is cover by their own word (SHARE-10). */
function checkCover({ practitioner, coveredBy, recordedBy }: CoverFact): string[] {
  if (coveredBy === practitioner) return ['coveredBy must be somebody other than the practitioner'];
  return coveredBy === recordedBy ? ['recordedBy must be somebody other than who covers'] : [];
}

interface Field {
  readonly optional?: true;
  readonly expected: string;
  readonly accepts: (value: unknown) => boolean;
}

const CODE: Field = matching(/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/, 'a code of letters, digits, `.`, `_` and `-`');
const TEXT: Field = matching(/^\S(?:.{0,198}\S)?$/, 'a text of 1 to 200 characters on one line');
const DAY: Field = {
  expected: 'a day, YYYY-MM-DD',
  accepts: (value) => typeof value === 'string' && isDay(value) && value >= '1900',
};
const PERSON: Field = matching(
  /^(?!0{8}-0{4}-0{4}-)[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/,
  'a UUID in small letters',
);
const SPAN = { from: DAY, until: orNull(DAY, 'open-ended') };
const ABOUT = { holder: orNull(CODE, 'every holder'), recipientType: orNull(CODE, 'every recipient') };
const ACTING = { team: CODE, partner: CODE, practitioner: CODE, ...SPAN };

const FIELDS: Readonly<Record<Fact['kind'], Readonly<Record<string, Field>>>> = {
  link: {
    person: PERSON,
    holder: CODE,
    type: CODE,
    value: TEXT,
    confidence: {
      expected: 'a number from 0 to 1',
      accepts: (value) => typeof value === 'number' && value >= 0 && value <= 1,
    },
    current: { expected: 'true or false', accepts: (value) => typeof value === 'boolean' },
  },
  relationship: {
    person: PERSON,
    type: CODE,
    partner: CODE,
    practitioner: orNull(CODE, 'a team holds it'),
    team: orNull(CODE, 'a practitioner holds it'),
    assertedBy: TEXT,
    evidence: TEXT,
    ...SPAN,
  },
  'team-member': ACTING,
  duty: ACTING,
  manager: ACTING,
  cover: {
    partner: CODE,
    practitioner: CODE,
    coveredBy: CODE,
    recordedBy: CODE,
    reference: TEXT,
    reason: TEXT,
    from: DAY,
    until: DAY,
  },
  permission: { person: PERSON, type: CODE, ...ABOUT, ...SPAN },
  objection: { person: PERSON, ...ABOUT, dataClass: CODE, decidedBy: TEXT, ...SPAN },
  interest: {
    person: PERSON,
    partner: CODE,
    practitioner: CODE,
    type: {
      expected: 'OWN_RECORD or DECLARED_INTEREST',
      accepts: (value) => value === 'OWN_RECORD' || value === 'DECLARED_INTEREST',
    },
    ...SPAN,
  },
  restriction: {
    person: PERSON,
    type: {
      expected: 'RESTRICTION or EXCLUSION',
      accepts: (value) => value === 'RESTRICTION' || value === 'EXCLUSION',
    },
    owner: CODE,
    accounts: listOf(isPair, 'accounts, each "<partner>/<practitioner>"'),
    desks: { ...listOf(isPair, 'desks, each "<partner>/<team>"'), optional: true },
    unresolved: { ...listOf(CODE.accepts, 'codes of partners'), optional: true },
    reference: { ...TEXT, optional: true },
    ...SPAN,
  },
};

function matching(pattern: RegExp, expected: string): Field {
  return { expected, accepts: (value) => typeof value === 'string' && pattern.test(value) };
}

function orNull({ expected, accepts }: Field, meaning: string): Field {
  return { expected: `${expected}, or null: ${meaning}`, accepts: (value) => value === null || accepts(value) };
}

function listOf(accepts: (value: unknown) => boolean, expected: string): Field {
  return { expected: `a list of ${expected}`, accepts: (value) => Array.isArray(value) && value.every(accepts) };
}

function isPair(value: unknown): boolean {
  return typeof value === 'string' && value.split('/').length === 2 && value.split('/').every(CODE.accepts);
}
