import type { LogFilter } from '../../audit/log-reader.ts';
import type { Read } from '../../audit/reading.ts';
import { GatewayError } from '../../errors.ts';
import type { Errand } from '../errand.ts';
import { UUID } from '../input.ts';
import { answered } from './answer.ts';
import { amendLook, type Look, spanOf, startLook, whomOf } from './look.ts';

const LARGEST_PAGE = 500;
/** Rows that are read at a time until the page is full. */
const ROWS = 500;

interface LogEntriesInput {
  readonly from: string;
  readonly to: string;
  readonly partner?: string | null;
  readonly practitioner?: string | null;
  readonly kind?: string | null;
  readonly outcome?: string | null;
  readonly requestId?: string | null;
  readonly purpose?: string | null;
  readonly dataClass?: string | null;
  readonly subjectOf?: { readonly type: string; readonly value: string } | null;
}

/**
 * A page of the entries that the reader may read, newest first. It ends where a readable entry ends: what is closed to
 * the reader shortens no page and stands at no end of one.
 * @throws GatewayError BAD_USER_INPUT, BAD_IDENTIFIER, TOO_COMPLEX, STORE_UNAVAILABLE
 */
export async function logEntries(errand: Errand): Promise<object> {
  const { filter, first, after } = errand.args as {
    filter: LogEntriesInput;
    first?: number | null;
    after?: string | null;
  };
  const size = first ?? 50;
  if (size < 1 || size > LARGEST_PAGE) {
    throw new GatewayError('BAD_USER_INPUT', `"first" must be from 1 to ${LARGEST_PAGE}.`);
  }
  const span = spanOf(filter);
  const requestId = filter.requestId?.toLowerCase();
  if (requestId !== undefined && !UUID.test(requestId)) {
    throw new GatewayError('BAD_USER_INPUT', '"requestId" is a UUID, as the answer of the request carried it.');
  }
  const look = await startLook(errand, span);
  const whom = filter.subjectOf ? await whomOf(errand, look, filter.subjectOf) : null;
  const before = after == null ? null : await placeOf(look, after);

  const asked: LogFilter = {
    ...span,
    ...(filter.partner != null && { partner: filter.partner }),
    ...(filter.practitioner != null && { practitioner: filter.practitioner }),
    ...(filter.kind != null && { kind: filter.kind }),
    ...(requestId !== undefined && { requestId }),
    ...(whom && { subjects: whom.refs }),
    ...(!look.reader.isLead && { concerns: { text: look.reader.partner, subjects: [...look.owned] } }),
    mentions: [
      ...(['outcome', 'purpose'] as const).flatMap((key) =>
        filter[key] == null ? [] : [`"${key}":${JSON.stringify(filter[key])}`],
      ),
      ...(filter.dataClass == null ? [] : [JSON.stringify(filter.dataClass)]),
    ],
  };
  const found = await fill(look, asked, before, (read) => isAsked(read, filter), size + 1);
  // The same is looked for, whoever was meant: nobody and somebody closed take as long as somebody.
  const reads = whom && whom.person === null ? [] : found;
  const page = reads.slice(0, size);
  amendLook(errand, { found: page.length });
  return { entries: page.map(answered), hasNextPage: reads.length > size, endCursor: page.at(-1)?.id ?? null };
}

async function fill(
  look: Look,
  asked: LogFilter,
  start: number | null,
  isWanted: (read: Read) => boolean,
  size: number,
): Promise<Read[]> {
  const reads: Read[] = [];
  for (let before = start; reads.length < size; ) {
    const rows = await look.log.page({ ...asked, ...(before !== null && { before }) }, ROWS);
    reads.push(...(await look.read(rows)).filter(isWanted));
    const oldest = rows.at(-1)?.index;
    if (oldest === undefined || rows.length < ROWS) break;
    before = oldest;
  }
  return reads.slice(0, size);
}

/** By what the reader may read of it: a filter that knew more could be asked what is hidden. */
function isAsked(read: Read, { subjectOf, outcome, purpose, dataClass }: LogEntriesInput): boolean {
  return (
    (subjectOf == null || read.subject !== null) &&
    (outcome == null || read.outcome === outcome) &&
    (purpose == null || read.purpose === purpose) &&
    (dataClass == null || read.classes.includes(dataClass))
  );
}

/** @throws GatewayError BAD_USER_INPUT for an entry that is not there, or is not there for this reader */
async function placeOf(look: Look, after: string): Promise<number> {
  const rows = UUID.test(after) ? await look.log.byIds([after]) : [];
  const [read] = await look.read(rows);
  const [row] = rows;
  if (read && row) return row.index;
  throw new GatewayError('BAD_USER_INPUT', '"after" is the "endCursor" of an earlier page, or is left out.');
}
