import { createCipheriv, createDecipheriv, createHmac } from 'node:crypto';
import { GatewayError } from '../errors.ts';

/** Where a page of releases ended. */
export interface Place {
  readonly date: string;
  readonly id: string;
}

/**
 * Cursors that tell nothing and are bound to what they were made for: another caller, or other dates, cannot use them.
 * A release date may be in one whose reader has not selected it.
 */
export interface Cursors {
  write(place: Place, boundTo: readonly string[]): string;
  /** @throws GatewayError BAD_USER_INPUT */
  read(cursor: string, boundTo: readonly string[]): Place;
}

const CIPHER = 'aes-256-gcm';
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/** @param keys oldest first: the last one writes, and a cursor is still good when another key has come since */
export function createCursors(keys: readonly Uint8Array[]): Cursors {
  const derived = keys.map((key) => createHmac('sha256', key).update('cursor').digest());
  const cursorKey = derived.at(-1) ?? Buffer.alloc(0);
  const nonceKey = createHmac('sha256', keys.at(-1) ?? '')
    .update('cursor nonce')
    .digest();
  const binding = (boundTo: readonly string[]) => Buffer.from(JSON.stringify(boundTo));

  return {
    write({ date, id }, boundTo) {
      // Derived from what it hides, so that one place has one cursor and no nonce serves two.
      const nonce = createHmac('sha256', nonceKey)
        .update(JSON.stringify([date, id, ...boundTo]))
        .digest()
        .subarray(0, NONCE_BYTES);
      const cipher = createCipheriv(CIPHER, cursorKey, nonce, { authTagLength: TAG_BYTES }).setAAD(binding(boundTo));
      const text = Buffer.concat([cipher.update(`${date} ${id}`), cipher.final()]);
      return Buffer.concat([nonce, cipher.getAuthTag(), text]).toString('base64url');
    },
    read(cursor, boundTo) {
      const bytes = Buffer.from(cursor, 'base64url');
      // The last letters of base64 have spare bits: of the texts that mean these bytes, only ours is a cursor.
      const opened = bytes.toString('base64url') === cursor ? derived.map((key) => open(bytes, key, boundTo)) : [];
      const text = opened.find((found) => found !== null);
      if (text == null) {
        throw new GatewayError(
          'BAD_USER_INPUT',
          'The cursor is not one of this list. Give the cursor of an earlier page of the same question, or none.',
        );
      }
      const [date = '', id = ''] = text.split(' ');
      return { date, id };
    },
  };

  function open(bytes: Buffer, key: Buffer, boundTo: readonly string[]): string | null {
    try {
      const decipher = createDecipheriv(CIPHER, key, bytes.subarray(0, NONCE_BYTES), { authTagLength: TAG_BYTES })
        .setAAD(binding(boundTo))
        .setAuthTag(bytes.subarray(NONCE_BYTES, NONCE_BYTES + TAG_BYTES));
      return decipher.update(bytes.subarray(NONCE_BYTES + TAG_BYTES)).toString() + decipher.final().toString();
    } catch {
      return null;
    }
  }
}
