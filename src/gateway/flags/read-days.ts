import type { LogReader } from '../../audit/log-reader.ts';
import { type Logged, parseLogged } from '../../audit/logged.ts';
import { addDays } from '../../record/day.ts';
import type { Day } from '../../record/facts.ts';
import { londonInstant } from '../../record/london.ts';

/** Rows that are read at a time: what is parsed at once keeps requests waiting no longer than a few of them would. */
const ROWS = 1_000;

/** From the first instant of a day up to, and without, that of the day after another. */
export function spanOfDays(first: Day, last: Day): { readonly from: Date; readonly to: Date } {
  return { from: londonInstant(first, '00:00'), to: londonInstant(addDays(last, 1), '00:00') };
}

/** The operations of these days, newest first, each whole: the entries of one stand together in the log. */
export async function* operationsOf(log: LogReader, first: Day, last: Day): AsyncGenerator<readonly Logged[]> {
  const span = spanOfDays(first, last);
  let current: Logged[] = [];
  for (let before: number | null = null; ; ) {
    const rows = await log.page({ ...span, ...(before !== null && { before }) }, ROWS);
    for (const { body } of rows) {
      const entry = parseLogged(body);
      if (entry === null) continue;
      if (current.length > 0 && (entry.requestId === null || entry.requestId !== current[0]?.requestId)) {
        yield current;
        current = [];
      }
      current.push(entry);
    }
    before = rows.at(-1)?.index ?? null;
    if (before === null || rows.length < ROWS) break;
  }
  if (current.length > 0) yield current;
}
