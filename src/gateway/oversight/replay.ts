import type { LogFilter, LogRow, Span } from '../../audit/log-reader.ts';
import type { Read } from '../../audit/reading.ts';
import { GatewayError } from '../../errors.ts';
import { replay } from '../../policy/report/replay.ts';
import type { Recorded } from '../../policy/report/replay-entry.ts';
import { londonDay } from '../../record/london.ts';
import type { Errand } from '../errand.ts';
import { amendLook, type Look, startLook } from '../log/look.ts';

const LONGEST_DAYS = 31;
const LARGEST_PAGE = 500;
/** Entries that are decided again, at most: the newest. Counted of those alone that the reader may read. */
const MOST_ENTRIES = 2_000;
const ROWS = 500;
const DAY = 86_400_000;

/**
 * Recent requests, as the reader may read them, decided again by the proposed policy. Both policies are asked as of the
 * day of the request, so that what differs is the policy and not the calendar.
 * @throws GatewayError BAD_USER_INPUT, TOO_COMPLEX, STORE_UNAVAILABLE
 */
export async function policyReplay(errand: Errand): Promise<object | null> {
  const { engine, request, args } = errand;
  const { days, first } = args as { days?: number | null; first?: number | null };
  const [back, size] = [days ?? 7, first ?? 50];
  if (back < 1 || back > LONGEST_DAYS) {
    throw new GatewayError('BAD_USER_INPUT', `"days" must be from 1 to ${LONGEST_DAYS}.`);
  }
  if (size < 1 || size > LARGEST_PAGE) {
    throw new GatewayError('BAD_USER_INPUT', `"first" must be from 1 to ${LARGEST_PAGE}.`);
  }
  const span = { from: new Date(request.now.getTime() - back * DAY), to: request.now };
  const look = await startLook(errand, span);
  const proposed = (await engine.proposal())?.policy ?? null;
  if (proposed === null) return null;
  const { reads, complete } = await newest(look, span);
  const recorded = reads.flatMap(recordedOf);
  const { same, changes, unknown } = replay(engine.policy, proposed, recorded);
  amendLook(errand, { found: recorded.length });
  return {
    inForce: engine.policy.bundle.hash,
    proposed: proposed.bundle.hash,
    from: (!complete && reads.at(-1)?.at) || span.from.toISOString(),
    to: span.to.toISOString(),
    entries: recorded.length,
    complete,
    same,
    changes: changes.slice(0, size),
    total: changes.length,
    unknown,
  };
}

async function newest(look: Look, span: Span): Promise<{ reads: readonly Read[]; complete: boolean }> {
  const { partner, isLead } = look.reader;
  const asked: LogFilter = { ...span, ...(!isLead && { concerns: { text: partner, subjects: [...look.owned] } }) };
  const reads: Read[] = [];
  for (let before: number | null = null; reads.length <= MOST_ENTRIES; ) {
    const rows: readonly LogRow[] = await look.log.page({ ...asked, ...(before !== null && { before }) }, ROWS);
    reads.push(...(await look.read(rows)).filter(isDecision));
    const oldest = rows.at(-1)?.index;
    if (oldest === undefined || rows.length < ROWS) break;
    before = oldest;
  }
  return { reads: reads.slice(0, MOST_ENTRIES), complete: reads.length <= MOST_ENTRIES };
}

function isDecision({ kind }: Read): boolean {
  return kind === 'disclosure' || kind === 'refusal';
}

/** None of whoever had no role: no policy gave them anything. */
function recordedOf(read: Read): Recorded[] {
  const { id, actor, purpose, policy, subject, recipient, relationship, breakGlass, released, withheld, reasons } =
    read;
  if (!actor?.role || !actor.partner || purpose === null) return [];
  return [
    {
      id,
      day: londonDay(new Date(read.at)),
      role: actor.role,
      purpose,
      partner: actor.partner,
      policy,
      isAboutSomebody: subject !== null,
      shown: read.kind === 'disclosure',
      isMessage: recipient !== null,
      relationship: relationship?.type ?? null,
      isBreakGlass: breakGlass !== null,
      released,
      withheld,
      reasons,
    },
  ];
}
