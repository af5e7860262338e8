import type { LogExport } from '../../record/exports.ts';
import type { Errand } from '../errand.ts';

/** For so long it is kept which entries an export found. */
const KEPT_MILLISECONDS = 24 * 3_600_000;

/** @throws GatewayError STORE_UNAVAILABLE */
export async function logExports({ engine, request, args }: Errand): Promise<object[]> {
  const { partner, practitioner } = request.principal;
  const reference = args['reference'] as string | null | undefined;
  const own = await engine.logExports.ofOfficer(partner, practitioner, since(request.now));
  return own.filter(({ id }) => reference == null || id === reference).map(toldOf);
}

/** What began earlier is gone. */
export function since(now: Date): Date {
  return new Date(now.getTime() - KEPT_MILLISECONDS);
}

/** In the shape of `LogExport` of the schema. */
export function toldOf({ id, format, state, from, to, filters, startedAt, entries, reachedAt }: LogExport): object {
  const done = (to.getTime() - reachedAt.getTime()) / (to.getTime() - from.getTime());
  return {
    reference: id,
    format,
    state,
    from: from.toISOString(),
    to: to.toISOString(),
    filters,
    startedAt: startedAt.toISOString(),
    until: new Date(startedAt.getTime() + KEPT_MILLISECONDS).toISOString(),
    entries,
    progress: state === 'READY' ? 100 : Math.min(99, Math.max(0, Math.floor(done * 100))),
  };
}
