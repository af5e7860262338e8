import type { Day } from '../record/facts.ts';
import type { Telling } from '../record/telling.ts';
import { NoteError, openNote, type Signer, signNote, type Verifier } from './note.ts';
import type { Use } from './register.ts';

/** Uses of somebody's information by one kind of organisation, for one purpose, in one month. */
export interface ReportRow {
  /** `YYYY-MM` */
  readonly month: string;
  readonly organisation: string;
  readonly purpose: string;
  /** Kinds of information in plain words, sorted; empty: somebody asked, and was shown nothing. */
  readonly kinds: readonly string[];
  readonly times: number;
}

/** How a report puts things. */
export interface ReportWords {
  /** The same in every report. */
  readonly paragraph: string;
  organisation(partner: string): string;
  purpose(code: string): string;
  kind(dataClass: string): string;
}

/** What a report says besides its rows. */
export interface ReportFrame {
  /** The identifier it was asked for by, as it was sent. */
  readonly about: { readonly type: string; readonly value: string };
  readonly from: Day;
  readonly to: Day;
  readonly drawnUpOn: Day;
}

/**
 * What a person is told: what waits for nobody, and what each of its deciders said may be told. By month, then by
 * organisation and purpose; nothing in it depends on anything that is left out.
 */
export function rowsOf(uses: readonly Use[], tellings: readonly Telling[], words: ReportWords): ReportRow[] {
  const told = new Set(
    tellings.flatMap(({ entry, controller, decision }) => (decision === 'TELL' ? [`${entry} ${controller}`] : [])),
  );
  const rows = new Map<string, { row: Omit<ReportRow, 'kinds' | 'times'>; kinds: Set<string>; entries: Set<string> }>();
  for (const use of uses) {
    if (!use.deciders.every((controller) => told.has(`${use.entry} ${controller}`))) continue;
    const row = {
      month: use.day.slice(0, 7),
      organisation: words.organisation(use.recipient),
      purpose: words.purpose(use.purpose),
    };
    // Where nothing was shown it is not counted with what was.
    const key = JSON.stringify([row.month, row.organisation, row.purpose, use.source === null]);
    const found = rows.get(key) ?? { row, kinds: new Set(), entries: new Set() };
    for (const name of use.classes) found.kinds.add(words.kind(name));
    found.entries.add(use.entry);
    rows.set(key, found);
  }
  return [...rows]
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .map(([, { row, kinds, entries }]) => ({ ...row, kinds: [...kinds].sort(), times: entries.size }));
}

/**
 * What a controller has yet to decide: parts that wait for it and about which it said nothing, or which it kept back
 * until a day that has come.
 */
export function waitingFor(
  controller: string,
  uses: readonly Use[],
  tellings: readonly Telling[],
  today: Day,
): readonly Use[] {
  const settled = new Set(
    tellings.flatMap((telling) =>
      telling.controller === controller && (telling.reviewOn === null || telling.reviewOn > today) ? telling.entry : [],
    ),
  );
  return uses.filter(({ entry, deciders }) => deciders.includes(controller) && !settled.has(entry));
}

/** No key has such a name, so no checkpoint begins so. */
const FIRST_LINE = 'Throughgate subject report v1';

/** The report as text, for people to read and for a key to sign. Two with the same frame and rows are the same. */
export function reportText(frame: ReportFrame, rows: readonly ReportRow[], { paragraph }: ReportWords): string {
  const months = [...new Set(rows.map(({ month }) => month))];
  const total = rows.reduce((sum, { times }) => sum + times, 0);
  return [
    FIRST_LINE,
    '',
    `About: ${frame.about.type} ${frame.about.value}`,
    `From ${frame.from} to ${frame.to}, drawn up on ${frame.drawnUpOn}`,
    '',
    paragraph,
    '',
    ...months.flatMap((month) => [month, ...rows.filter((row) => row.month === month).map(lineOf), '']),
    `Uses shown: ${total}`,
    '',
  ].join('\n');
}

function lineOf({ organisation, purpose, kinds, times }: ReportRow): string {
  const shown = kinds.length > 0 ? kinds.join('; ') : 'nothing was shown';
  return `- ${organisation}. ${purpose}: ${shown}. ${times === 1 ? 'Once' : `${times} times`}`;
}

/** A C2SP signed note. @throws NoteError for anything but a report: the log's key signs no stranger's text */
export function signReport(text: string, signer: Signer): string {
  checkFirstLine(text);
  return signNote(text, signer);
}

/** The text of a report that one of these keys signed. @throws NoteError */
export function openReport(note: string, verifiers: readonly Verifier[]): string {
  const { text } = openNote(note, verifiers);
  checkFirstLine(text);
  return text;
}

function checkFirstLine(text: string): void {
  if (text.startsWith(`${FIRST_LINE}\n`)) return;
  throw new NoteError('malformed', `a report begins with "${FIRST_LINE}"`);
}
