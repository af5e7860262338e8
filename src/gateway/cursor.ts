import { createHmac, timingSafeEqual } from 'node:crypto';
import { GatewayError } from '../errors.ts';

/** Where a page of releases ended. */
export interface Place {
  readonly date: string;
  readonly id: string;
}

/** Opaque cursors, bound to what they were made for: another caller, or other dates, cannot use them. */
export interface Cursors {
  write(place: Place, boundTo: readonly string[]): string;
  /** @throws GatewayError BAD_USER_INPUT */
  read(cursor: string, boundTo: readonly string[]): Place;
}

export function createCursors(key: Uint8Array): Cursors {
  const cursorKey = createHmac('sha256', key).update('cursor').digest();
  const sign = (text: string, boundTo: readonly string[]) =>
    createHmac('sha256', cursorKey)
      .update(JSON.stringify([text, ...boundTo]))
      .digest()
      .subarray(0, 16);

  return {
    write({ date, id }, boundTo) {
      const text = `${date} ${id}`;
      return Buffer.concat([sign(text, boundTo), Buffer.from(text)]).toString('base64url');
    },
    read(cursor, boundTo) {
      const bytes = Buffer.from(cursor, 'base64url');
      const text = bytes.subarray(16).toString();
      const [date, id] = text.split(' ');
      // The last letters of base64 have spare bits: of the texts that mean these bytes, only ours is a cursor.
      const ours = bytes.toString('base64url') === cursor;
      if (!ours || !date || !id || !timingSafeEqual(bytes.subarray(0, 16), sign(text, boundTo))) {
        throw new GatewayError(
          'BAD_USER_INPUT',
          'The cursor is not one of this list. Give the cursor of an earlier page of the same question, or none.',
        );
      }
      return { date, id };
    },
  };
}
