import type { LogFilter, LogRow } from '../../audit/log-reader.ts';
import type { Read } from '../../audit/reading.ts';
import { GatewayError } from '../../errors.ts';
import type { Errand } from '../errand.ts';
import { UUID } from '../input.ts';
import { type Look, spanOf, whomOf } from './look.ts';

/** Rows that are read at a time. */
const ROWS = 500;

const HOLD_MILLISECONDS = 50;

/** `LogFilter` of the schema. */
export interface LogFilterInput {
  readonly from: string;
  readonly to: string;
  readonly partner?: string | null;
  readonly practitioner?: string | null;
  readonly kind?: string | null;
  readonly outcome?: string | null;
  readonly requestId?: string | null;
  readonly purpose?: string | null;
  readonly agreement?: string | null;
  readonly dataClass?: string | null;
  readonly subjectOf?: { readonly type: string; readonly value: string } | null;
}

/** What of the log is wanted: what to look for, and what of the found it is. */
export interface Wanted {
  readonly asked: LogFilter;
  /** The same is looked for, whoever was meant, and nothing is found: nobody and somebody closed take as long as somebody. */
  readonly isNobody: boolean;
  /** By what the reader may read of it: a filter that knew more could be asked what is hidden. */
  readonly accepts: (read: Read) => boolean;
}

/** @throws GatewayError BAD_USER_INPUT, BAD_IDENTIFIER */
export async function wantedBy(errand: Errand, look: Look, filter: LogFilterInput): Promise<Wanted> {
  const { partner, practitioner, kind, outcome, purpose, agreement, dataClass, subjectOf } = filter;
  const requestId = filter.requestId?.toLowerCase();
  if (requestId !== undefined && !UUID.test(requestId)) {
    throw new GatewayError('BAD_USER_INPUT', '"requestId" is a UUID, as the answer of the request carried it.');
  }
  // Whose look it is not to know of takes no longer than what there is not.
  if (!look.reader.isLead) errand.hold(HOLD_MILLISECONDS);
  const whom = subjectOf ? await whomOf(errand, look, subjectOf) : null;
  const mentions = [
    ...Object.entries({ outcome, purpose }).flatMap(([key, value]) =>
      value == null ? [] : [`"${key}":${JSON.stringify(value)}`],
    ),
    ...[agreement, dataClass].flatMap((value) => (value == null ? [] : [JSON.stringify(value)])),
  ];
  const asked: LogFilter = {
    ...spanOf(filter),
    ...(partner != null && { partner }),
    ...(practitioner != null && { practitioner }),
    ...(kind != null && { kind }),
    ...(requestId !== undefined && { requestId }),
    ...(whom && { subjects: whom.refs }),
    ...(!look.reader.isLead && { concerns: { text: look.reader.partner, subjects: [...look.owned] } }),
    // Where nothing is looked for in the bytes, what one plan is right for is planned once.
    ...(mentions.length > 0 && { mentions }),
  };
  return {
    asked,
    isNobody: whom?.person === null,
    accepts: (read) =>
      (whom === null || read.subject !== null) &&
      (outcome == null || read.outcome === outcome) &&
      (purpose == null || read.purpose === purpose) &&
      (agreement == null || read.agreements.includes(agreement)) &&
      (dataClass == null || read.classes.includes(dataClass)),
  };
}

/** What of the wanted the reader may read, newest first, lot by lot with the rows that each was found among. */
export async function* lotsOf(
  look: Look,
  { asked, accepts }: Wanted,
  start: number | null = null,
): AsyncGenerator<{ readonly reads: readonly Read[]; readonly rows: readonly LogRow[] }> {
  for (let before = start; ; ) {
    const rows = await look.log.page({ ...asked, ...(before !== null && { before }) }, ROWS);
    yield { reads: (await look.read(rows)).filter(accepts), rows };
    const oldest = rows.at(-1)?.index;
    if (oldest === undefined || rows.length < ROWS) return;
    before = oldest;
  }
}
