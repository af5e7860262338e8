import type { Visit } from '../../page.ts';
import { wordsOf } from '../../words.ts';
import { type KindsIn, kindsInOf } from '../incident/kinds.ts';

/** What a row of the log needs, as a selection below `LogEntry`. */
export const ROW = 'id at kind outcome partner practitioner role purpose subject classes recipient';

export interface LogRowEntry {
  readonly id: string;
  readonly at: string;
  readonly kind: string;
  readonly outcome: string | null;
  readonly partner: string | null;
  readonly practitioner: string | null;
  readonly role: string | null;
  readonly purpose: string | null;
  readonly subject: string | null;
  readonly classes: readonly string[];
  readonly recipient: string | null;
}

/** A row of the log as somebody reads it. */
export interface Row {
  readonly id: string;
  readonly at: string;
  readonly kind: string;
  readonly outcome: string;
  readonly who: string;
  readonly whoIs: string;
  /** Null where nobody did it, and where the officer may not ask about whoever did. */
  readonly practitioner: { readonly partner: string; readonly id: string } | null;
  readonly purpose: string;
  /** The first letters of the name that the log has for the person: enough to tell rows apart. */
  readonly subject: string | null;
  /** Few words: every class of a whole record would fill the page. */
  readonly kinds: readonly string[];
  readonly toldTo: string | null;
}

const SHORT = 8;

export function rowsOf(visit: Pick<Visit, 'policy' | 'officer'>, entries: readonly LogRowEntry[]): Row[] {
  const [words, kindsIn] = [wordsOf(visit.policy), kindsInOf(visit.policy)];
  return entries.map((entry) => rowOf(visit, words, kindsIn, entry));
}

function rowOf(
  { officer }: Pick<Visit, 'officer'>,
  words: ReturnType<typeof wordsOf>,
  kindsIn: KindsIn,
  entry: LogRowEntry,
): Row {
  const { partner, practitioner } = entry;
  const mayAsk = partner !== null && (officer.isLead || partner === officer.partner);
  return {
    id: entry.id,
    at: entry.at,
    kind: words.kindWords(entry.kind),
    outcome: words.outcomeWords(entry.outcome),
    who: practitioner ?? (partner === null ? 'The gateway' : 'Nobody named'),
    whoIs: [words.roleTitle(entry.role), words.partnerName(partner)].filter(Boolean).join(', '),
    practitioner: mayAsk && practitioner !== null ? { partner, id: practitioner } : null,
    purpose: words.purposeLabel(entry.purpose),
    subject: entry.subject?.slice(0, SHORT) ?? null,
    kinds: kindsIn(entry.classes),
    toldTo: entry.recipient === null ? null : words.partnerName(entry.recipient),
  };
}
