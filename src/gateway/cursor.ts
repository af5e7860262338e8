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

export function createCursors(key: Uint8Array): Cursors {
  const cursorKey = createHmac('sha256', key).update('cursor').digest();
  const nonceKey = createHmac('sha256', key).update('cursor nonce').digest();
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
      try {
        // The last letters of base64 have spare bits: of the texts that mean these bytes, only ours is a cursor.
        if (bytes.toString('base64url') !== cursor) throw new Error('another spelling');
        const nonce = bytes.subarray(0, NONCE_BYTES);
        const decipher = createDecipheriv(CIPHER, cursorKey, nonce, { authTagLength: TAG_BYTES })
          .setAAD(binding(boundTo))
          .setAuthTag(bytes.subarray(NONCE_BYTES, NONCE_BYTES + TAG_BYTES));
        const text = decipher.update(bytes.subarray(NONCE_BYTES + TAG_BYTES)).toString() + decipher.final().toString();
        const [date = '', id = ''] = text.split(' ');
        return { date, id };
      } catch {
        throw new GatewayError(
          'BAD_USER_INPUT',
          'The cursor is not one of this list. Give the cursor of an earlier page of the same question, or none.',
        );
      }
    },
  };
}
