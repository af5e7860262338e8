import type { AuditLog } from '../audit/log.ts';
import { type KeyChange, keyChangeEntry } from '../audit/own-entry.ts';

/**
 * Records what the log does not say yet of the keys in use, before anything is done with them.
 * @param due reads the log each time it is asked, and judges anew
 * @throws GatewayError AUDIT_UNAVAILABLE; whatever `due` throws
 */
export async function recordKeyChanges(
  due: () => Promise<readonly KeyChange[]>,
  log: AuditLog,
  at: Date,
  node: string,
): Promise<void> {
  const changes = await due();
  if (changes.length === 0) return;
  try {
    await log.append(changes.map((change) => keyChangeEntry(at, node, change)));
  } catch (error) {
    // Another gateway that starts in the same moment has recorded them.
    if ((await due()).length > 0) throw error;
  }
}
