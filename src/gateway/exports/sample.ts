import { randomBytes } from 'node:crypto';
import type { Read } from '../../audit/reading.ts';
import { GatewayError } from '../../errors.ts';
import type { Errand } from '../errand.ts';
import { answerer } from '../log/answer.ts';
import { type LogFilterInput, wantedBy } from '../log/filter.ts';
import { amendLook, spanOf, startLook } from '../log/look.ts';

const MOST = 100;
const LONGEST_MILLISECONDS = 31 * 86_400_000 + 3_600_000;
/** Rows that are drawn at a time until enough of them are the reader's to read. */
const ROWS = 500;

/**
 * Entries drawn at random. Each has a number that follows from its id and the seed, and those with the smallest are taken, of
 * what the reader may read: so each is as likely as any other, and what is closed changes nobody's chance. The entry of the
 * look has the seed, by which it can be drawn again.
 * @throws GatewayError BAD_USER_INPUT, BAD_IDENTIFIER, TOO_COMPLEX, STORE_UNAVAILABLE
 */
export async function logSample(errand: Errand): Promise<object> {
  const { filter, size, seed: given } = errand.args as { filter: LogFilterInput; size: number; seed?: string | null };
  const span = spanOf(filter);
  const seed = given ?? randomBytes(16).toString('hex');
  const problems = [
    ...(size >= 1 && size <= MOST ? [] : [`"size" must be from 1 to ${MOST}.`]),
    ...(SEED.test(seed) ? [] : ['"seed" is the 32 hexadecimal digits that an earlier sample named, or is left out.']),
    ...(span.to.getTime() - span.from.getTime() <= LONGEST_MILLISECONDS ? [] : ['A sample is of at most 31 days.']),
  ];
  if (problems.length > 0) throw new GatewayError('BAD_USER_INPUT', problems.join(' '));
  const look = await startLook(errand, span);
  if (errand.root.deed) errand.root.deed = { ...errand.root.deed, reference: seed };
  const wanted = await wantedBy(errand, look, filter);
  const drawn: Read[] = [];
  for (let passed = 0; drawn.length < size; passed += ROWS) {
    const rows = await look.log.draw(wanted.asked, seed, ROWS, passed);
    drawn.push(...(await look.read(rows)).filter(wanted.accepts));
    if (rows.length < ROWS) break;
  }
  const taken = wanted.isNobody ? [] : drawn.slice(0, size);
  amendLook(errand, { found: taken.length });
  const inOrder = taken.toSorted((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0));
  const answer = await answerer(errand, look, inOrder, errand.selection.get('entries'));
  return { seed, entries: inOrder.map((read) => answer(read)) };
}

const SEED = /^[0-9a-f]{32}$/;
