import type { Bundle } from '../policy/bundle.ts';
import { isDay } from '../record/day.ts';
import type { SubjectFacts } from '../record/facts.ts';
import { didYouMean } from '../record/problem.ts';

/** Who asks, where the subject's facts must name them: in `accounts`, `practitioner` and `coveredBy`. */
export const CALLER = 'CALLER';

/**
 * The facts that a person at the terminal wrote of a made-up subject.
 * @returns the facts, or everything that is wrong with them
 */
export function readFacts(
  value: unknown,
  bundle: Bundle,
): { readonly facts: SubjectFacts } | { readonly problems: readonly string[] } {
  const problems: string[] = [];
  if (!isObject(value)) return { problems: ['the facts must be one JSON object'] };
  for (const name of Object.keys(value)) {
    if (Object.hasOwn(LISTS, name) || name === 'person' || name === 'callerTeams') continue;
    problems.push(`there is no field ${name}${didYouMean(name, [...Object.keys(LISTS), 'callerTeams'])}`);
  }
  const lists = Object.fromEntries(
    Object.entries(LISTS).map(([name, fields]) => [name, readList(name, fields, value[name] ?? [], bundle, problems)]),
  );
  const callerTeams = value['callerTeams'] ?? [];
  if (!isTexts(callerTeams)) problems.push(`callerTeams must be ${TEXTS.expected}`);
  if (problems.length > 0) return { problems };
  return { facts: { ...(lists as unknown as SubjectFacts), person: NOBODY, callerTeams: callerTeams as string[] } };
}

export const NOBODY = '00000000-0000-4000-8000-000000000000';

interface Field {
  readonly expected: string;
  readonly accepts: (value: unknown) => boolean;
  /** Names that the policy must know; with nearest names in the error. */
  readonly known?: (bundle: Bundle) => Iterable<string>;
  /** What stands for it when it is left out; without one it must be there. */
  readonly otherwise?: unknown;
  readonly read?: (value: unknown) => unknown;
}

const TEXT: Field = { expected: 'a text', accepts: (value) => typeof value === 'string' && value !== '' };
const TEXTS: Field = { expected: 'a list of texts', accepts: isTexts };
const DAY: Field = { expected: 'a day, YYYY-MM-DD', accepts: (value) => typeof value === 'string' && isDay(value) };
const SPAN = { from: or('1900-01-01', DAY), until: or(null, DAY) };
const HOLDER = named('a partner', ({ partners }) => partners.keys());
const RECIPIENT = named('a type of partner', ({ partners }) => [...partners.values()].map(({ type }) => type));

const LISTS: Readonly<Record<Exclude<keyof SubjectFacts, 'person' | 'callerTeams'>, Readonly<Record<string, Field>>>> =
  {
    links: {
      holder: HOLDER,
      type: named('a type of identifier', ({ identifiers }) => identifiers.keys()),
      value: or('', TEXT),
      confidence: or(1, {
        expected: 'a number from 0 to 1',
        accepts: (value) => typeof value === 'number' && value >= 0 && value <= 1,
      }),
    },
    relationships: {
      type: named('a type of relationship', ({ relationships }) => relationships.keys()),
      standing: or('SELF', oneOf('SELF', 'TEAM', 'DUTY', 'COVER')),
      cover: or(null, TEXT),
      partner: or('', HOLDER),
      practitioner: or(null, TEXT),
      team: or(null, TEXT),
      assertedBy: or('somebody else', TEXT),
      evidence: or('the facts given', TEXT),
      ...SPAN,
    },
    permissions: {
      type: named('a permission', ({ permissions }) => permissions.keys()),
      holder: or(null, HOLDER),
      recipientType: or(null, RECIPIENT),
      ...SPAN,
    },
    objections: {
      dataClass: named('a class', ({ classes }) => classes.keys()),
      holder: or(null, HOLDER),
      recipientType: or(null, RECIPIENT),
      decidedBy: or('somebody', TEXT),
      ...SPAN,
    },
    restrictions: {
      type: oneOf('RESTRICTION', 'EXCLUSION'),
      owner: HOLDER,
      accounts: {
        ...TEXTS,
        expected: 'a list of "<partner>/<practitioner>", or null: it cannot be read',
        accepts: (value) => value === null || isTexts(value),
      },
      desks: or([], TEXTS),
      unresolved: or([], TEXTS),
      ...SPAN,
    },
    interests: { type: oneOf('OWN_RECORD', 'DECLARED_INTEREST'), ...SPAN },
    breakGlass: {
      id: or('the facts given', TEXT),
      purpose: named('a purpose', ({ purposes }) => purposes.keys()),
      role: named('a role', ({ roles }) => roles.keys()),
      until: {
        expected: 'an instant, such as 2026-11-22T13:00:00Z',
        accepts: (value) =>
          typeof value === 'string' && /T.*(Z|[+-]\d\d:\d\d)$/.test(value) && !Number.isNaN(Date.parse(value)),
        read: (value) => new Date(String(value)),
      },
    },
  };

/** One line for each list, with its fields. */
export const FACTS_FIELDS: readonly string[] = [
  ...Object.entries(LISTS).map(([name, fields]) => {
    const words = Object.entries(fields).map(([field, { otherwise }]) =>
      otherwise === undefined ? field : `[${field}]`,
    );
    return `${name}: ${words.join(', ')}`;
  }),
  'callerTeams: "<partner>/<team>"',
];

function readList(
  name: string,
  fields: Readonly<Record<string, Field>>,
  value: unknown,
  bundle: Bundle,
  problems: string[],
): unknown[] {
  if (!Array.isArray(value)) {
    problems.push(`${name} must be a list`);
    return [];
  }
  return value.map((item: unknown, index) => {
    const at = `${name}[${index}]`;
    if (!isObject(item)) {
      problems.push(`${at} must be an object`);
      return item;
    }
    for (const key of Object.keys(item)) {
      if (!Object.hasOwn(fields, key))
        problems.push(`${at} has no field ${key}${didYouMean(key, Object.keys(fields))}`);
    }
    return Object.fromEntries(
      Object.entries(fields).map(([key, field]) => [
        key,
        readField(`${at}.${key}`, field, item[key], bundle, problems),
      ]),
    );
  });
}

function readField(at: string, field: Field, value: unknown, bundle: Bundle, problems: string[]): unknown {
  if (value === undefined || (value === null && field.otherwise === null)) {
    if (field.otherwise === undefined) problems.push(`${at} is missing: ${field.expected}`);
    return field.otherwise;
  }
  if (!field.accepts(value)) problems.push(`${at} must be ${field.expected}`);
  else if (field.known) {
    const known = [...field.known(bundle)];
    const name = String(value);
    if (!known.includes(name))
      problems.push(`${at}: there is no ${field.expected.replace(/^an? /, '')} ${name}${didYouMean(name, known)}`);
  }
  return field.read ? field.read(value) : value;
}

function named(expected: string, known: NonNullable<Field['known']>): Field {
  return { ...TEXT, expected, known };
}

function oneOf(...words: readonly string[]): Field {
  return { expected: words.join(' or '), accepts: (value) => typeof value === 'string' && words.includes(value) };
}

function or(otherwise: unknown, field: Field): Field {
  return { ...field, otherwise };
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isTexts(value: unknown): boolean {
  return Array.isArray(value) && value.every((item) => typeof item === 'string');
}
