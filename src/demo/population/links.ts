import { ALL_HOLDERS, HOLDERS, type HolderSet, holderSet, NO_HOLDERS, ofSource, type SourceType } from './holders.ts';
import type { Area } from './names.ts';
import { type Random, stream } from './random.ts';
import type { Trait } from './traits.ts';

/** Which holders know a person, and how well. */
export interface Links {
  readonly area: Area;
  readonly linked: HolderSet;
  /** Matched, but not well enough to ask. */
  readonly weak: HolderSet;
  /** Known by number, and nothing is held. */
  readonly empty: HolderSet;
  /** Not updated for more than sixty days. */
  readonly stale: HolderSet;
  /** Whether a former prison number was merged into the present one. */
  readonly merged: boolean;
}

/** How often a holder of this type knows a person of its own area, and one of the other area. Ours. */
const KNOWN: Readonly<Record<SourceType, readonly [own: number, other: number]>> = {
  prison: [1, 1],
  probation: [1, 1],
  police: [0.8, 0.25],
  childrens: [0.3, 0.06],
  benefits: [0.92, 0.92],
  health: [0.93, 0.93],
  treatment: [0.5, 0.05],
  housing: [0.68, 0.08],
};

const JUSTICE = ofSource('prison', 'probation');
const POLICE_AND_COUNCIL_AND_HEALTH = ofSource('police', 'childrens', 'housing', 'treatment', 'health');

export function createLinks(seed: number, index: number, trait: Trait | null): Links {
  const random = stream(seed, index, 'links');
  const area = random.chance(0.5) ? 'northmere' : 'southdale';
  if (trait !== null) return { area, ...linksOfTrait(trait) };
  const linked = someHolders(
    random,
    ({ source, area: theirs }) => KNOWN[source][theirs === null || theirs === area ? 0 : 1],
  );
  const beyondJustice = linked & ~JUSTICE;
  return {
    area,
    linked,
    weak: beyondJustice & someHolders(random, () => 0.02),
    empty: beyondJustice & someHolders(random, ({ source }) => (source === 'benefits' ? 0.03 : 0.08)),
    stale: linked & someHolders(random, () => 0.01),
    merged: random.chance(0.02),
  };
}

function linksOfTrait(trait: Trait): Omit<Links, 'area'> {
  return {
    linked:
      trait === 'notLinked'
        ? ALL_HOLDERS & ~ofSource('police', 'childrens', 'health')
        : trait === 'oneForceOnly'
          ? ALL_HOLDERS & ~holderSet('southdale-police')
          : ALL_HOLDERS,
    weak:
      trait === 'belowThreshold' ? holderSet('northmere-police', 'northmere-housing', 'health-service') : NO_HOLDERS,
    empty: trait === 'notHeld' ? POLICE_AND_COUNCIL_AND_HEALTH : NO_HOLDERS,
    stale: trait === 'stale' ? ALL_HOLDERS : NO_HOLDERS,
    merged: trait === 'merged',
  };
}

function someHolders(random: Random, probability: (holder: (typeof HOLDERS)[number]) => number): HolderSet {
  return holderSet(...HOLDERS.filter((holder) => random.chance(probability(holder))).map(({ code }) => code));
}
