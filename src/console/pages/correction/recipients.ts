import { countWords } from '../../words.ts';
import type { Recipient } from './documents.ts';

/** What each recipient was given, in words, by holder. */
export interface RecipientRow extends Recipient {
  readonly received: readonly { readonly holder: string; readonly kinds: readonly string[] }[];
}

/** Those who have not been told first, each part newest first. @param kindsIn kinds of information that fields are of */
export function rowsOf(
  recipients: readonly Recipient[],
  kindsIn: (fields: readonly string[]) => readonly string[],
): RecipientRow[] {
  return recipients
    .map((recipient) => {
      const byHolder = Map.groupBy(recipient.fields, ({ holder }) => holder);
      const received = [...byHolder].map(([holder, fields]) => ({
        holder,
        kinds: [...new Set(kindsIn(fields.map(({ field }) => field)))],
      }));
      return { ...recipient, received };
    })
    .sort(
      (one, other) =>
        Number(one.notice !== null) - Number(other.notice !== null) || Date.parse(other.at) - Date.parse(one.at),
    );
}

/** `5 answers went to 3 practitioners of 2 partners. 2 of them have been told of; 3 have not.` */
export function summaryOf(recipients: readonly Recipient[]): string {
  if (recipients.length === 0) return 'Nobody received anything of theirs, as far as you may know.';
  const partners = new Set(recipients.map(({ partner }) => partner)).size;
  const people = new Set(
    recipients.flatMap(({ partner, practitioner }) => (practitioner === null ? [] : [`${partner}/${practitioner}`])),
  ).size;
  const told = recipients.filter(({ notice }) => notice !== null).length;
  const left = recipients.length - told;
  const reached = people === 0 ? '' : `${countWords(people, 'practitioner')} of `;
  const went = `${countWords(recipients.length, 'answer')} went to ${reached}${countWords(partners, 'partner')}.`;
  if (left === 0)
    return `${went} ${recipients.length === 1 ? 'It has' : 'All have'} been put right with whoever received it.`;
  return `${went} ${left === recipients.length ? 'Nobody has been told' : `Of ${left} nobody has been told`} that it was of the wrong person.`;
}

/** What each partner received and has not been told of, most first. */
export function toTell(
  recipients: readonly Recipient[],
): { readonly partner: string; readonly entries: readonly string[] }[] {
  const waiting = recipients.filter(({ notice, partner }) => notice === null && partner !== null);
  return [...Map.groupBy(waiting, ({ partner }) => partner ?? '')]
    .map(([partner, theirs]) => ({ partner, entries: theirs.map(({ entry }) => entry) }))
    .sort((one, other) => other.entries.length - one.entries.length);
}
