import type { Decision } from '../../policy/decide.ts';
import type { EventPolicy } from '../../policy/practice.ts';
import type { View } from '../../policy/view.ts';
import type { NewEvent } from '../../record/checks.ts';
import type { PolicyInForce } from '../policy.ts';

/** A kind of event as one view knows it. */
export interface KindInView {
  readonly policy: EventPolicy;
  /** Section to the coordinates of it that the kind watches. Empty for what the gateway itself does. */
  readonly watches: ReadonlyMap<string, readonly string[]>;
  /** Whether it tells a desk that it need not answer any more: told after the request, and its relationship, ended. */
  readonly endsRequest: boolean;
}

/** The kinds of which policy tells the view's role for its purpose, and of which the view may know all that is watched. */
export function kindsInView({ bundle, territory }: PolicyInForce, view: View): readonly KindInView[] {
  const types = [...bundle.checks.types.values()];
  const answers = types.some(({ role, purpose }) => role === view.role.name && purpose === view.purpose.code);
  return [...bundle.events.values()].flatMap((policy) => {
    const { audience, watches } = policy;
    if (!audience.some(({ role, purpose }) => role === view.role.name && purpose === view.purpose.code)) return [];
    const bySection = Map.groupBy(
      watches,
      (coordinate) => territory.sections.find(({ coordinates }) => coordinates.includes(coordinate))?.field ?? '',
    );
    const isWhole = [...bySection].every(([section, coordinates]) =>
      coordinates.every((coordinate) => view.sections.get(section)?.needed.has(coordinate)),
    );
    const endsRequest = answers && policy.kind === 'CHECK_WITHDRAWN';
    return isWhole ? [{ policy, watches: bySection, endsRequest }] : [];
  });
}

/** Days for which a desk that was asked learns that it need not answer, though the person is its business no more. */
export const PARTY_DAYS = 30;

/**
 * What an event tells of a person, by `holder|Type.field`, as they are decided today; null where they may not be told it.
 * What the gateway itself did has the coordinate of what it did it to. That a request was taken back ends the
 * relationship that it made, and is told all the same, unless anything else closes the person.
 */
export function toldBy(
  { policy: { kind }, watches, endsRequest }: KindInView,
  { partner }: Pick<NewEvent, 'partner'>,
  view: View,
  decision: Decision,
): readonly string[] | null {
  if (watches.size === 0) {
    const isOpen = decision.permitted || (endsRequest && partner === view.partner && isOnlyUnrelated(decision));
    return isOpen ? [kind.startsWith('CHECK_') ? 'Check.state' : 'ReferralPack.state'] : null;
  }
  if (!decision.permitted) return null;
  const told: string[] = [];
  for (const [section, coordinates] of watches) {
    const open = holdersOpen(decision, section, coordinates);
    if (open.length === 0) return null;
    told.push(...open.flatMap((holder) => coordinates.map((coordinate) => `${holder}|${coordinate}`)));
  }
  return told.sort();
}

/** The holders that are asked about a person and may show all of these coordinates. */
export function holdersOpen(decision: Decision, section: string, coordinates: readonly string[]): string[] {
  const holders = decision.sections.get(section)?.holders ?? [];
  return holders
    .filter(({ link, fields }) => link !== null && coordinates.every((coordinate) => fields.has(coordinate)))
    .map(({ holder }) => holder);
}

/** Without a relationship nothing stands in its place either: that gate refuses with it. */
function isOnlyUnrelated({ reasons }: Decision): boolean {
  return reasons.every(({ gate, outcome }) => outcome === 'pass' || gate === 'relationship' || gate === 'break-glass');
}
