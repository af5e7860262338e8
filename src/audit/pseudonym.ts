import { createHmac } from 'node:crypto';
import type { Pseudonym } from './entry.ts';

/**
 * Makes the names by which the log speaks of people. The same person has one name for as long as a key is the newest, and
 * keeps it in the entries of that time.
 */
export interface Pseudonyms {
  ofPerson(person: string): Pseudonym;
  /** For an identifier that names nobody: the attempt is recorded, the identifier is not. */
  ofIdentifier(type: string, value: string): Pseudonym;
  /** Their names by every key, oldest first: what a search of the whole log looks for. */
  everyOfPerson(person: string): Pseudonym[];
  everyOfIdentifier(type: string, value: string): Pseudonym[];
}

/**
 * @param keys oldest first, at least 32 random bytes each, kept outside the database. The place of a key is its epoch,
 *   from 1; the last one names people in new entries
 * @throws RangeError for a shorter key, or none
 */
export function createPseudonyms(keys: readonly Uint8Array[]): Pseudonyms {
  if (keys.length === 0) throw new RangeError('there is no pseudonym key');
  for (const { length } of keys) {
    if (length < 32) throw new RangeError(`the pseudonym key has ${length} bytes; it needs at least 32`);
  }
  const every = (text: string) => keys.map((key, index) => name(key, index + 1, text));
  const newest = (text: string) => name(keys.at(-1) ?? new Uint8Array(), keys.length, text);
  return {
    ofPerson: (person) => newest(ofPerson(person)),
    ofIdentifier: (type, value) => newest(ofIdentifier(type, value)),
    everyOfPerson: (person) => every(ofPerson(person)),
    everyOfIdentifier: (type, value) => every(ofIdentifier(type, value)),
  };
}

function name(key: Uint8Array, epoch: number, text: string): Pseudonym {
  return { ref: createHmac('sha256', key).update(text).digest('base64url'), epoch };
}

const ofPerson = (person: string) => `person\0${person}`;
const ofIdentifier = (type: string, value: string) => `identifier\0${type}\0${value}`;
