import { checkFact, type RestrictionFact } from './fact-file.ts';
import type { FactNames } from './fact-names.ts';
import { covers } from './facts.ts';

/** An owner's whole list, as drawn up at one instant. */
export interface RestrictionList {
  readonly asOf: Date;
  /** One for each person, type and first day. Whoever's record could not be read has one without accounts. */
  readonly restrictions: readonly RestrictionFact[];
}

/** Why a list is not taken. The last good one stays in force. */
export type ListProblem =
  /** Its first line does not say what it is, or it is not text. */
  | 'NOT_A_LIST'
  | 'WRONG_OWNER'
  /** A line that is not JSON, or not about anybody: whom it restricts cannot be known. */
  | 'LINE_UNREADABLE'
  /** It holds fewer or more records than it says: it was cut, or put together of two. */
  | 'COUNT_DIFFERS'
  | 'OLDER_THAN_LAST'
  | 'FROM_THE_FUTURE'
  /** It would release more than half of the people at once. */
  | 'SHRUNK';

export class RestrictionListError extends Error {
  override readonly name = 'RestrictionListError';
  readonly code: ListProblem;
  /** `line 7: ...`; what was found and what would be right, and no value. */
  readonly problems: readonly string[];

  constructor(code: ListProblem, problems: readonly string[]) {
    super(
      `The list was not taken (${code}), and the last good one stays in force:\n${problems.slice(0, TOLD).join('\n')}`,
    );
    this.code = code;
    this.problems = problems.slice(0, TOLD);
  }
}

/**
 * Reads a list: NDJSON whose first line is `{"kind":"restriction-list","owner","asOf","count"}` and every other line a
 * restriction. A restriction of which only the person can be read closes that person; a line of which not even that can
 * be read makes the list unreadable.
 * @param names those of policy: an account at a partner that takes no part names nobody, and cannot be read
 * @throws RestrictionListError
 */
export function parseRestrictionList(owner: string, text: string, names: FactNames | null = null): RestrictionList {
  const [head = '', ...rest] = text.split(/\r?\n/);
  const header = parseHeader(head, owner);
  const lines = rest.map((line, index) => ({ line, number: index + 2 })).filter(({ line }) => line !== '');
  const records = lines.map(({ line, number }) => ({ record: parseObject(line), number }));
  const unreadable = records.flatMap(({ record, number }) => lineProblems(record, owner, number));
  // A list that was cut is known by its count or by its last line; the count says it better.
  if (records.length !== header.count) {
    const differs = `line 1: count is ${header.count}, and ${records.length} records follow: send the whole list`;
    throw new RestrictionListError('COUNT_DIFFERS', [differs, ...unreadable.map(({ problem }) => problem)]);
  }
  const [first] = unreadable;
  if (first)
    throw new RestrictionListError(
      first.code,
      unreadable.map(({ problem }) => problem),
    );

  const kept = new Map<string, RestrictionFact>();
  for (const { record } of records) {
    if (record === null) continue;
    const read =
      checkFact(record, names).length === 0 ? (record as unknown as RestrictionFact) : closing(record, owner);
    const key = `${read.person}\n${read.type}\n${read.from}`;
    const earlier = kept.get(key);
    // Two that differ are one that cannot be read: either might be the one that counts.
    kept.set(key, !earlier || isSame(earlier, read) ? read : closing(record, owner, earlier));
  }
  return { asOf: header.asOf, restrictions: [...kept.values()] };
}

/** The people whom the list restricts on a day. */
export function restrictedOn({ restrictions }: RestrictionList, day: string): ReadonlySet<string> {
  return new Set(restrictions.filter((each) => covers(each, day)).map(({ person }) => person));
}

const TOLD = 20;
const INSTANT = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d{1,3})?(Z|[+-]\d{2}:\d{2})$/;
const HEADER = '{"kind":"restriction-list","owner":CODE,"asOf":INSTANT,"count":NUMBER}';

type Json = Readonly<Record<string, unknown>>;

function parseHeader(line: string, owner: string): { asOf: Date; count: number } {
  const header = parseObject(line);
  if (header?.['kind'] !== 'restriction-list') {
    throw new RestrictionListError('NOT_A_LIST', [`line 1: a list begins with ${HEADER}`]);
  }
  if (header['owner'] !== owner) {
    throw new RestrictionListError('WRONG_OWNER', [`line 1: owner must be ${owner}, whose list is imported`]);
  }
  const { asOf, count } = header;
  const problems: string[] = [];
  const instant = typeof asOf === 'string' && INSTANT.test(asOf) ? new Date(asOf) : null;
  if (instant === null || Number.isNaN(instant.getTime())) {
    problems.push('line 1: asOf must be an instant with its offset, as 2026-05-05T09:00:00Z');
  }
  if (!Number.isSafeInteger(count) || Number(count) < 0) {
    problems.push('line 1: count must be the number of records that follow');
  }
  if (instant === null || problems.length > 0) throw new RestrictionListError('NOT_A_LIST', problems);
  return { asOf: instant, count: Number(count) };
}

function parseObject(line: string): Json | null {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Json) : null;
  } catch {
    return null;
  }
}

/** What makes the whole list unreadable. */
function lineProblems(record: Json | null, owner: string, number: number): { code: ListProblem; problem: string }[] {
  if (record?.['kind'] !== 'restriction' || checkOnly(record, 'person').length > 0) {
    const problem = `line ${number}: a restriction that names its person by a UUID in small letters must stand here`;
    return [{ code: 'LINE_UNREADABLE', problem }];
  }
  if (record['owner'] === owner) return [];
  return [{ code: 'WRONG_OWNER', problem: `line ${number}: owner must be ${owner}, whose list is imported` }];
}

/** What is wrong with one field, the others being right. */
function checkOnly(record: Json, field: string): string[] {
  return checkFact({ ...READABLE, [field]: record[field] });
}

const READABLE = {
  kind: 'restriction',
  person: '00000000-0000-4000-8000-000000000000',
  type: 'RESTRICTION',
  owner: 'owner',
  accounts: [],
  from: '1900-01-01',
  until: null,
} as const;

/** A restriction to nobody of whoever can be read of the record, from the day that can be read of it. */
function closing(record: Json, owner: string, earlier?: RestrictionFact): RestrictionFact {
  const read = (field: 'type' | 'from' | 'until' | 'reference') =>
    checkOnly(record, field).length === 0 ? record[field] : undefined;
  const until = earlier ? null : (read('until') ?? null);
  const reference = read('reference') ?? earlier?.reference;
  return {
    person: String(record['person']),
    type: (read('type') ?? READABLE.type) as RestrictionFact['type'],
    owner,
    accounts: null,
    from: String(read('from') ?? READABLE.from),
    until: until as string | null,
    ...(reference !== undefined && { reference: String(reference) }),
  };
}

function isSame(one: RestrictionFact, other: RestrictionFact): boolean {
  const content = ({ until, accounts, desks = [], unresolved = [] }: RestrictionFact) =>
    JSON.stringify([until, accounts, desks, unresolved]);
  return content(one) === content(other);
}
