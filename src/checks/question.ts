import { isDay } from '../record/day.ts';
import type { Day } from '../record/facts.ts';
import { tidyPostcode } from './postcode.ts';
import { textProblems } from './text.ts';

/** What a request tells a responder; the day of release stands with the check, and the standing question in the policy. */
export interface Question {
  readonly name: string | null;
  readonly dateOfBirth: Day | null;
  readonly addresses: readonly QuestionAddress[];
  readonly adults: readonly QuestionAdult[];
  readonly children: readonly QuestionChild[];
  /** No child's name is known, and children are believed to be at an address. */
  readonly childrenBelievedPresent: boolean;
  /** What the practitioner added. */
  readonly more: string | null;
}

export interface QuestionAddress {
  readonly kind: 'HOME' | 'RELEASE' | 'PARTNER' | 'CHILD' | 'CURFEW';
  readonly line: string;
  readonly town: string | null;
  readonly postcode: string;
}

export interface QuestionAdult {
  readonly name: string;
  readonly dateOfBirth: Day | null;
  readonly relationship: string;
}

export interface QuestionChild {
  readonly name: string | null;
  readonly dateOfBirth: Day | null;
  readonly relationship: string;
}

/**
 * Everything that is wrong with a question, by the name of the field and never with what was written.
 * @param prefix where in the input it stands, such as `people[3].`
 */
export function questionProblems(question: Question, today: Day, prefix: string): string[] {
  const { name, dateOfBirth, addresses, adults, children, more } = question;
  const text = (field: string, written: string | null, most: number, least = 1, lines = false) =>
    written === null ? [] : textProblems(`${prefix}${field}`, written, { least, most, lines });
  const born = (field: string, day: Day | null) =>
    day === null || (isDay(day) && day <= today)
      ? []
      : [`"${prefix}${field}" needs a day that is written YYYY-MM-DD and is not to come.`];
  const atMost = (field: string, list: readonly unknown[], most: number) =>
    list.length <= most ? [] : [`"${prefix}${field}" takes at most ${most}.`];
  return [
    ...text('name', name, 100),
    ...born('dateOfBirth', dateOfBirth),
    ...atMost('addresses', addresses, 10),
    ...addresses.flatMap(({ line, town, postcode }, index) => [
      ...text(`addresses[${index}].line`, line, 200),
      ...text(`addresses[${index}].town`, town, 100),
      ...(tidyPostcode(postcode) === null
        ? [`"${prefix}addresses[${index}].postcode" needs a whole postcode of the United Kingdom.`]
        : []),
    ]),
    ...atMost('adults', adults, 20),
    ...adults.flatMap((adult, index) => [
      ...text(`adults[${index}].name`, adult.name, 100),
      ...born(`adults[${index}].dateOfBirth`, adult.dateOfBirth),
      ...text(`adults[${index}].relationship`, adult.relationship, 100),
    ]),
    ...atMost('children', children, 20),
    ...children.flatMap((child, index) => [
      ...text(`children[${index}].name`, child.name, 100),
      ...born(`children[${index}].dateOfBirth`, child.dateOfBirth),
      ...text(`children[${index}].relationship`, child.relationship, 100),
      ...(child.name === null && child.dateOfBirth === null
        ? [
            `"${prefix}children[${index}]" needs a name or a date of birth; without, there is "childrenBelievedPresent".`,
          ]
        : []),
    ]),
    ...text('more', more, 500, 10, true),
  ];
}

/** The question as it is kept, encrypted: without white space around its words, postcodes written alike. */
export function writeQuestion(question: Question): string {
  return JSON.stringify(tidy(question));
}

/** @param text as `writeQuestion` wrote it */
export function parseQuestion(text: string): Question {
  return JSON.parse(text) as Question;
}

/**
 * What makes it the same question, for a keyed hash: everything that a responder would search for or answer to, in
 * whatever order and case it was written.
 */
export function questionIdentity(question: Question): string {
  const { addresses, adults, children, ...rest } = tidy(question);
  const sorted = (list: readonly object[]) => [...new Set(list.map((each) => JSON.stringify(each)))].sort();
  return JSON.stringify([rest, sorted(addresses), sorted(adults), sorted(children)]).toLowerCase();
}

/** Every field by name, in one order, and nothing else that an input may carry. */
function tidy({ name, dateOfBirth, addresses, adults, children, childrenBelievedPresent, more }: Question): Question {
  return {
    name: orNull(name),
    dateOfBirth,
    addresses: addresses.map(({ kind, line, town, postcode }) => ({
      kind,
      line: tidyText(line),
      town: orNull(town),
      postcode: tidyPostcode(postcode) ?? postcode,
    })),
    adults: adults.map((adult) => ({
      name: tidyText(adult.name),
      dateOfBirth: adult.dateOfBirth,
      relationship: tidyText(adult.relationship),
    })),
    children: children.map((child) => ({
      name: orNull(child.name),
      dateOfBirth: child.dateOfBirth,
      relationship: tidyText(child.relationship),
    })),
    childrenBelievedPresent,
    more: more === null ? null : more.normalize('NFC').trim(),
  };
}

function tidyText(text: string): string {
  return text.normalize('NFC').trim().replace(/\s+/g, ' ');
}

function orNull(text: string | null): string | null {
  return text === null ? null : tidyText(text);
}
