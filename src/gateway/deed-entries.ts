import {
  breakGlassEntry,
  type LoggedReason,
  type OperationFacts,
  officerExportEntry,
  type Pseudonym,
  reviewEntry,
  type StoredEntry,
  searchEntry,
  subjectEntry,
  type WrittenText,
} from '../audit/entry.ts';
import type { Pseudonyms } from '../audit/pseudonym.ts';
import { refuse } from '../policy/gates.ts';
import type { SealedText } from '../record/governance.ts';
import type { Deed, Root } from './scope.ts';
import { type Ground, messageOutcome, plain, pseudonymOf } from './subject-outcome.ts';

/** What was done to somebody's record, or about it, besides the entry of its request. */
export function deedEntries(
  at: Date,
  operation: OperationFacts,
  { deed, field, subjects }: Root,
  answered: boolean,
  { pseudonyms, agreements }: Ground,
): StoredEntry[] {
  switch (deed?.kind) {
    case 'break-glass':
      return subjects.map((subject) =>
        breakGlassEntry(at, operation, {
          subject: pseudonymOf(subject, pseudonyms),
          // What was not answered takes no effect.
          outcome: deed.ok && answered ? 'granted' : 'refused',
          reasons: subject.decision.reasons.map((reason) =>
            plain(asItBecame(reason, deed.ok && answered, deed.reference)),
          ),
          breakGlass: deed.reference,
          reason: deed.reason,
          text: deed.text && committed(deed.text),
          until: (answered && deed.until?.toISOString()) || null,
        }),
      );
    case 'review':
      return [
        reviewEntry(at, operation, {
          subject: personOf(deed.person, pseudonyms),
          outcome: deed.code ?? (answered ? deed.outcome : 'NOT_ANSWERED'),
          breakGlass: deed.of === 'break-glass' ? deed.reference : null,
          entry: deed.entry ?? null,
          reference: deed.of === 'break-glass' ? null : deed.reference,
          text: deed.text ? committed(deed.text) : null,
          ...deed.months,
        }),
      ];
    case 'export':
      return exportEntries(at, operation, deed, field.name, answered, pseudonyms);
    case 'search': {
      const look = {
        subject: personOf(deed.person, pseudonyms),
        field: field.name,
        from: deed.from,
        to: deed.to,
        found: answered ? deed.found : 0,
        outcome: deed.code ?? (answered ? 'answered' : 'NOT_ANSWERED'),
        reference: deed.reference,
      };
      const named = answered ? (deed.named ?? []) : [];
      return [look, ...named.map((person) => ({ ...look, subject: pseudonyms.ofPerson(person), found: 1 }))].map(
        (facts) => searchEntry(at, operation, facts),
      );
    }
    case 'message':
      return deed.messages.map((message) => {
        const told = answered ? message : { ...message, sent: false };
        return subjectEntry(at, operation, messageOutcome(told, pseudonyms, agreements));
      });
    default:
      return [];
  }
}

/** One of a person is found as any look into the log for them is: by an entry of the look besides. */
function exportEntries(
  at: Date,
  operation: OperationFacts,
  { looked, code, reference, ...deed }: Extract<Deed, { kind: 'export' }>,
  field: string,
  answered: boolean,
  pseudonyms: Pseudonyms,
): StoredEntry[] {
  const { what, format, from, to, entries, filters } = deed;
  const outcome = code ?? (answered ? 'answered' : 'NOT_ANSWERED');
  const made = officerExportEntry(at, operation, { what, format, from, to, entries, filters, outcome, reference });
  if (looked === null) return [made];
  const subject = personOf(looked.person, pseudonyms);
  return [made, searchEntry(at, operation, { subject, field, from, to, found: 0, outcome, reference })];
}

/** What was written to say why, where no other entry than that of the request has it. */
export function wordsOf(deed: Deed): WrittenText | null {
  return 'text' in deed && deed.text && WRITES_FOR_ITSELF.includes(deed.kind) ? committed(deed.text) : null;
}

const WRITES_FOR_ITSELF: readonly string[] = ['cover', 'message'];

/** An attempt is decided as if it were granted; its entry says of that gate what became of it. */
function asItBecame(reason: LoggedReason, isGranted: boolean, reference: string | null): LoggedReason {
  if (reason.gate !== 'break-glass' || reason.code !== 'GRANTED') return reason;
  return isGranted ? { ...reason, ref: reference } : refuse('break-glass', 'NONE');
}

function committed({ id, commitment }: SealedText): WrittenText {
  return { id, commitment };
}

function personOf(
  person: Extract<Deed, { kind: 'review' | 'search' }>['person'],
  pseudonyms: Pseudonyms,
): Pseudonym | null {
  return typeof person === 'string' ? pseudonyms.ofPerson(person) : person;
}
