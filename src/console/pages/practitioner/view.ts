import type { Bundle } from '../../../policy/bundle.ts';
import { countWords } from '../../words.ts';
import type { Access } from '../person/documents.ts';
import { type AccessRow, createRow } from '../person/rows.ts';

/** What one practitioner did, what nothing explains first. */
export interface PractitionerView {
  /** `12 accesses of 5 people. 3 had no open reason that day, and 2 were refused.` */
  readonly summary: string;
  readonly unexplained: readonly Row[];
  /** Break-glass, and what was shown under it. */
  readonly breakGlass: readonly Row[];
  readonly refused: readonly Row[];
  /** By person, those looked at most often first. */
  readonly explained: readonly Group[];
  readonly explainedCount: number;
}

/** The name that the log has for the person is cut to what tells rows apart; null where nobody was meant. */
export type Row = AccessRow & { readonly person: string | null };

export interface Group {
  readonly person: string;
  /** Newest first. */
  readonly rows: readonly Row[];
  readonly saw: readonly string[];
  readonly reasons: readonly string[];
}

const SHORT = 8;
const LOOKS: ReadonlySet<string> = new Set(['disclosure', 'explanation', 'refusal', 'break-glass']);

/** @param entries of one practitioner, newest first, of any kind */
export function viewOf(entries: readonly Access[], policy: Bundle): PractitionerView {
  const looks = entries.filter(isLook);
  const row = createRow(policy, null);
  const rows = looks.map((access): Row => ({ ...row(access), person: access.subject?.slice(0, SHORT) ?? null }));
  const refused = rows.filter(({ isRefused }) => isRefused);
  const shown = rows.filter(({ isRefused }) => !isRefused);
  const unexplained = shown.filter(({ standing }) => standing === 'NONE');
  const breakGlass = shown.filter(({ standing }) => standing === 'BREAK_GLASS');
  const explained = shown.filter(({ standing }) => standing === 'EXPLAINED');
  const people = new Set(looks.flatMap(({ subject }) => subject ?? [])).size;
  return {
    summary: summaryOf(looks.length, people, unexplained.length, breakGlass.length, refused.length),
    unexplained,
    breakGlass,
    refused,
    explained: groupsOf(explained),
    explainedCount: explained.length,
  };
}

/** What somebody did to learn of somebody; what was told to others by it, and the entry of the request, are not that. */
function isLook({ kind, subject, recipient }: Access): boolean {
  return LOOKS.has(kind) && recipient === null && (subject !== null || kind === 'refusal');
}

function groupsOf(rows: readonly Row[]): Group[] {
  return [...Map.groupBy(rows, ({ person }) => person ?? '')]
    .map(([person, theirs]) => ({
      person,
      rows: theirs,
      saw: [...new Set(theirs.flatMap(({ saw }) => saw))].sort(),
      reasons: [...new Set(theirs.map(({ reason }) => reason))],
    }))
    .sort((one, other) => other.rows.length - one.rows.length);
}

function summaryOf(accesses: number, people: number, unexplained: number, glass: number, refused: number): string {
  if (accesses === 0) return 'No access was found that you may read.';
  const said = [
    `${unexplained === 0 ? 'None' : unexplained.toLocaleString('en-GB')} had no open reason that day`,
    ...(glass > 0 ? [`${countWords(glass, 'was', 'were')} by break-glass`] : []),
    `${refused === 0 ? 'none was' : countWords(refused, 'was', 'were')} refused`,
  ];
  return `${countWords(accesses, 'access', 'accesses')} of ${countWords(people, 'person', 'people')}. ${said.join(', ')}.`;
}
