import { parseLogged } from '../../audit/logged.ts';
import { coordinateOf, holderOf } from '../../audit/reading.ts';
import type { BreakGlassReview } from '../../record/governance.ts';
import type { Look } from '../log/look.ts';

/** Entries of one break-glass that are read. It lasts an hour. */
const MOST_ENTRIES = 1_000;

/**
 * Whose data was shown under a break-glass, and of which kinds. Which answers were under it, the gate in their entries
 * says; what of them is told is what the reader may read.
 * @throws GatewayError STORE_UNAVAILABLE, TOO_COMPLEX
 */
export async function shownUnder(
  look: Look,
  { id, partner, practitioner, openedAt, until }: BreakGlassReview,
): Promise<{ readonly holder: string; readonly classes: readonly string[] }[]> {
  if (until === null) return [];
  // An answer that was decided in its last second may be recorded a little after.
  const span = { from: openedAt, to: new Date(until.getTime() + 60_000) };
  const asked = { ...span, partner, practitioner, kind: 'disclosure', mentions: [JSON.stringify(id)] };
  const rows = (await look.log.page(asked, MOST_ENTRIES)).filter(({ body }) =>
    parseLogged(body)?.reasons.some(
      ({ gate, outcome, ref }) => gate === 'break-glass' && outcome === 'pass' && ref === id,
    ),
  );
  const fields = (await look.read(rows)).flatMap(({ released }) => released);
  const byHolder = Map.groupBy(
    fields.filter((field) => holderOf(field) !== null),
    (field) => holderOf(field) ?? '',
  );
  return [...byHolder]
    .map(([holder, theirs]) => ({
      holder,
      classes: [...new Set(theirs.flatMap((field) => look.releases.classOf(coordinateOf(field)) ?? []))].sort(),
    }))
    .sort((one, other) => (one.holder < other.holder ? -1 : 1));
}
