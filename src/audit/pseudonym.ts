import { createHmac } from 'node:crypto';
import type { Pseudonym } from './entry.ts';

/** Makes the names by which the log speaks of people. The same person has one name for as long as the key lasts. */
export interface Pseudonyms {
  ofPerson(person: string): Pseudonym;
  /** For an identifier that names nobody: the attempt is recorded, the identifier is not. */
  ofIdentifier(type: string, value: string): Pseudonym;
}

/**
 * @param key at least 32 random bytes, kept outside the database
 * @throws RangeError for a shorter key
 */
export function createPseudonyms(key: Uint8Array, epoch = 1): Pseudonyms {
  if (key.length < 32) throw new RangeError(`the pseudonym key has ${key.length} bytes; it needs at least 32`);
  const ref = (text: string) => createHmac('sha256', key).update(text).digest('base64url');
  return {
    ofPerson: (person) => ({ ref: ref(`person\0${person}`), epoch }),
    ofIdentifier: (type, value) => ({ ref: ref(`identifier\0${type}\0${value}`), epoch }),
  };
}
