import type { Read } from '../../audit/reading.ts';
import { GatewayError } from '../../errors.ts';
import type { Errand } from '../errand.ts';
import { UUID } from '../input.ts';
import { answerer } from './answer.ts';
import { type LogFilterInput, lotsOf, type Wanted, wantedBy } from './filter.ts';
import { amendLook, type Look, spanOf, startLook } from './look.ts';

const LARGEST_PAGE = 500;

/**
 * A page of the entries that the reader may read, newest first. It ends where a readable entry ends: what is closed to
 * the reader shortens no page and stands at no end of one.
 * @throws GatewayError BAD_USER_INPUT, BAD_IDENTIFIER, TOO_COMPLEX, STORE_UNAVAILABLE
 */
export async function logEntries(errand: Errand): Promise<object> {
  const { filter, first, after } = errand.args as {
    filter: LogFilterInput;
    first?: number | null;
    after?: string | null;
  };
  const size = first ?? 50;
  if (size < 1 || size > LARGEST_PAGE) {
    throw new GatewayError('BAD_USER_INPUT', `"first" must be from 1 to ${LARGEST_PAGE}.`);
  }
  const look = await startLook(errand, spanOf(filter));
  const wanted = await wantedBy(errand, look, filter);
  const before = after == null ? null : await placeOf(look, after);
  const found = await fill(look, wanted, before, size + 1);
  const reads = wanted.isNobody ? [] : found;
  const page = reads.slice(0, size);
  amendLook(errand, { found: page.length });
  const answer = await answerer(errand, look, page, errand.selection.get('entries'));
  return {
    entries: page.map((read) => answer(read)),
    hasNextPage: reads.length > size,
    endCursor: page.at(-1)?.id ?? null,
  };
}

async function fill(look: Look, wanted: Wanted, start: number | null, size: number): Promise<Read[]> {
  const found: Read[] = [];
  for await (const { reads } of lotsOf(look, wanted, start)) {
    found.push(...reads);
    if (found.length >= size) break;
  }
  return found;
}

/** @throws GatewayError BAD_USER_INPUT for an entry that is not there, or is not there for this reader */
async function placeOf(look: Look, after: string): Promise<number> {
  const rows = UUID.test(after) ? await look.log.byIds([after]) : [];
  const [read] = await look.read(rows);
  const [row] = rows;
  if (read && row) return row.index;
  throw new GatewayError('BAD_USER_INPUT', '"after" is the "endCursor" of an earlier page, or is left out.');
}
