import type { WrittenText } from '../audit/entry.ts';
import { holdOver } from './holds.ts';
import { openSession } from './session.ts';

/** What somebody wrote in their own words, as an entry of the log speaks of it. */
export interface EntryText {
  readonly id: string;
  /** The first day of the month of the entry, `YYYY-MM-DD`. */
  readonly period: string;
  /** False once it is erased. */
  readonly kept: boolean;
  /** The reference of a hold over that month; null where there is none. */
  readonly hold: string | null;
}

/** The text of an entry; null where the log has no entry of this id, or one without a text. */
export async function textOf(ownerUrl: string, entry: string): Promise<EntryText | null> {
  await using session = await openSession(ownerUrl);
  const { rows } = await session.client.query<{ body: Buffer; period: string }>(
    `select entry.body, entry.period::text from audit.leaf join audit.entry using (index) where leaf.entry_id = $1`,
    [entry],
  );
  const [found] = rows;
  if (!found) return null;
  const { text, deed } = JSON.parse(found.body.toString()) as {
    text?: WrittenText | null;
    deed?: { text?: WrittenText };
  };
  const id = text?.id ?? deed?.text?.id;
  if (id === undefined) return null;
  const kept = await session.client.query('select from audit.free_text where id = $1', [id]);
  const hold = await holdOver(session.client, found.period);
  return { id, period: found.period, kept: kept.rowCount === 1, hold };
}

/**
 * Erases it, unless its month is held.
 * @returns the reference of the hold; null where it is erased
 */
export async function eraseText(ownerUrl: string, { id, period }: EntryText): Promise<string | null> {
  await using session = await openSession(ownerUrl);
  // Whoever places a hold meanwhile waits for this lock, or was there before.
  await session.client.query('begin; select from audit.head for update');
  const hold = await holdOver(session.client, period);
  if (hold === null) await session.client.query('delete from audit.free_text where id = $1', [id]);
  await session.client.query('commit');
  return hold;
}
