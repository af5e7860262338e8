import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { GatewayError } from '../../errors.ts';
import type { ExportFormat, LogExport } from '../../record/exports.ts';
import { type Errand, refusedAs } from '../errand.ts';
import { readIdempotencyKey } from '../input.ts';
import { type LogFilterInput, wantedBy } from '../log/filter.ts';
import { spanOf, startLook } from '../log/look.ts';
import { findEntries } from './find.ts';
import { since, toldOf } from './list.ts';

interface StartLogExportInput {
  readonly filter: LogFilterInput;
  readonly format: ExportFormat;
  readonly idempotencyKey: string;
}

/** A short export is ready when the answer leaves. */
const WAIT_MILLISECONDS = 1_500;
/** The longest export that there may be takes less. */
const LONGEST_MILLISECONDS = 15 * 60_000;

/**
 * Begins to find what an export is of. Its entry in the log is durable before anything is looked for, and what is given out
 * later has entries of its own (AUDIT-01).
 * @throws GatewayError BAD_USER_INPUT, BAD_IDENTIFIER, STORE_UNAVAILABLE
 */
export async function startLogExport(errand: Errand): Promise<object> {
  const { engine, request, root, args, afterRecorded } = errand;
  const { partner, practitioner } = request.principal;
  const { filter, format, idempotencyKey } = args['input'] as StartLogExportInput;
  const key = readIdempotencyKey(idempotencyKey);
  const span = spanOf(filter);
  const filters = describe(filter);
  // Until it is known that it begins, it is a look like any other.
  const look = await startLook(errand, span);
  const wanted = await wantedBy(errand, look, filter);
  const person = root.deed?.kind === 'search' ? root.deed.person : null;
  const begun: LogExport = {
    id: randomUUID(),
    idempotencyKey: key,
    partner,
    practitioner,
    format,
    ...span,
    filters,
    state: 'RUNNING',
    entries: 0,
    reachedAt: span.to,
    startedAt: request.now,
  };
  const note = (code: string | null, reference: string | null) => {
    root.deed = {
      kind: 'export',
      ok: code === null,
      code,
      reference,
      what: 'log',
      format,
      from: span.from.toISOString(),
      to: span.to.toISOString(),
      entries: null,
      filters: filters.map((each) => each.split('=')[0] ?? ''),
      looked: filter.subjectOf ? { person } : null,
    };
  };
  const others = await engine.logExports.ofOfficer(partner, practitioner, since(request.now));
  const same = others.find((other) => other.idempotencyKey === key);
  if (same && !isSame(same, begun)) return refuse('IDEMPOTENCY_KEY_REUSED', 'startLogExport');
  if (same) {
    note(null, same.id);
    return { ok: true, code: null, allowedNow: ['logExportPart'], export: toldOf(same) };
  }
  if (others.some(({ state }) => state === 'RUNNING')) return refuse('EXPORT_RUNNING', 'logExports');

  note(null, begun.id);
  afterRecorded(async () => {
    await engine.logExports.forget(since(request.now));
    if (!(await engine.logExports.begin(begun))) throw new Error('the same, or another, began meanwhile');
    const run = engine.exportRuns.begin(async (signal) => {
      const limit = AbortSignal.any([signal, AbortSignal.timeout(LONGEST_MILLISECONDS)]);
      const going = { ...errand, root: { ...root }, request: { ...request, signal: limit } };
      await findEntries(engine.logExports, begun, () => startLook(going, span), wanted, limit);
    });
    await Promise.race([run, sleep(WAIT_MILLISECONDS)]);
  });
  return { ok: true, code: null, allowedNow: ['logExports', 'logExportPart'], export: toldOf(begun) };

  function refuse(code: string, ...allowedNow: readonly string[]): object {
    note(code, null);
    return { ...refusedAs(code, ...allowedNow), export: null };
  }
}

/** The number that somebody was looked for by, or a request, is nowhere kept: only that there was one. */
function describe({ from: _from, to: _to, subjectOf, requestId, ...plain }: LogFilterInput): string[] {
  const named = Object.entries(plain).flatMap(([name, value]) => {
    if (value == null) return [];
    if (!ONE_LINE.test(value)) {
      throw new GatewayError('BAD_USER_INPUT', `"${name}" needs 1 to 100 characters, and none that is not seen.`);
    }
    return [`${name}=${value}`];
  });
  return [...named, ...(subjectOf ? ['person'] : []), ...(requestId == null ? [] : ['request'])].sort();
}

const ONE_LINE = /^[^\p{C}\u2028\u2029]{1,100}$/u;

function isSame(one: LogExport, other: LogExport): boolean {
  const key = ({ format, from, to, filters }: LogExport) => JSON.stringify([format, from, to, filters]);
  return key(one) === key(other);
}
