import type { KeyChange } from '../audit/own-entry.ts';
import type { Queries } from './tree.ts';

/** The changes of keys that the log has recorded, oldest first. */
export async function readKeyChanges(queries: Queries): Promise<KeyChange[]> {
  const rows = await queries.$queryRaw<{ body: Uint8Array }[]>`select body from audit.read_key_changes()`;
  return rows.map(({ body }) => JSON.parse(Buffer.from(body).toString()) as KeyChange);
}
