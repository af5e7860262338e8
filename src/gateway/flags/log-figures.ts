import { GatewayError } from '../../errors.ts';
import { daysBetween } from '../../record/day.ts';
import type { Day } from '../../record/facts.ts';
import type { Errand } from '../errand.ts';
import { amendLook, startLook } from '../log/look.ts';
import { spanOfDays } from './read-days.ts';

const LONGEST_DAYS = 400;

/**
 * What was counted in the log by day or month: an officer reads of their own staff and their own data; of an agreement, too,
 * no more than what their staff had by it and what others had of their data. The lead reads all.
 * @throws GatewayError BAD_USER_INPUT, STORE_UNAVAILABLE
 */
export async function logFigures(errand: Errand): Promise<object> {
  const { engine, args } = errand;
  const { from, to, by } = args as { from: Day; to: Day; by: 'DAY' | 'MONTH' };
  const days = daysBetween(from, to);
  if (days < 0 || days > LONGEST_DAYS) {
    throw new GatewayError(
      'BAD_USER_INPUT',
      `"to" must be the same day as "from" or up to ${LONGEST_DAYS} days later.`,
    );
  }
  const { reader } = await startLook(errand, spanOfDays(from, to));
  const [rows, progress] = await Promise.all([
    engine.figures.rows({ from, until: to }, by, reader.isLead ? null : reader.partner),
    engine.flagDigest.progress(),
  ]);
  amendLook(errand, { found: rows.length });
  return { rows, upTo: progress?.upTo.toISOString() ?? null };
}
