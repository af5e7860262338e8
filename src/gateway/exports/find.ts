import type { LogRow } from '../../audit/log-reader.ts';
import { parseLogged } from '../../audit/logged.ts';
import type { ExportState, LogExport, LogExports } from '../../record/exports.ts';
import { lotsOf, type Wanted } from '../log/filter.ts';
import type { Look } from '../log/look.ts';

/** Entries of a part: what one request reads again when it is given out. */
const PART = 500;
/** Entries of an export. */
const MOST = 100_000;

/** Finds what an export is of, newest first, and keeps which it is. Never rejects. */
export async function findEntries(
  exports: LogExports,
  { id, from, to }: LogExport,
  openLook: () => Promise<Look>,
  wanted: Wanted,
  signal: AbortSignal,
): Promise<void> {
  let state: ExportState = 'READY';
  try {
    let waiting: string[] = [];
    let parts = 0;
    let found = 0;
    let reachedAt = to;
    const keep = async (ids: readonly string[]) => {
      await exports.addPart(id, parts, ids, reachedAt);
      parts += 1;
    };
    for await (const { reads, rows } of lotsOf(await openLook(), wanted)) {
      signal.throwIfAborted();
      reachedAt = timeOf(rows.at(-1)) ?? reachedAt;
      const ids = wanted.isNobody ? [] : reads.map((read) => read.id);
      found += ids.length;
      if (found > MOST) break;
      waiting.push(...ids);
      for (; waiting.length >= PART; waiting = waiting.slice(PART)) await keep(waiting.slice(0, PART));
      await exports.beat(id, reachedAt);
    }
    reachedAt = from;
    if (found > MOST) state = 'TOO_MANY';
    else if (waiting.length > 0 || parts === 0) await keep(waiting);
  } catch {
    state = signal.aborted ? 'INTERRUPTED' : 'FAILED';
  }
  // Where even this cannot be kept, it is not heard of any more, which is told the same.
  await exports.end(id, state).catch(() => {});
}

function timeOf(row: LogRow | undefined): Date | null {
  const at = row && parseLogged(row.body)?.at;
  return at === undefined ? null : new Date(at);
}
