import type { Bundle } from '../bundle.ts';
import { type Difference, type Recorded, type Replayable, replayed } from './replay-entry.ts';
import { className, forPurposes, parties, roles } from './words.ts';

export interface Replay {
  /** Entries that come out the same in everything that the log says. */
  readonly same: number;
  /** Most frequent first. */
  readonly changes: readonly ReplayChange[];
  /** Most frequent first. */
  readonly unknown: readonly { readonly text: string; readonly count: number }[];
}

export interface ReplayChange extends Difference {
  readonly role: string;
  readonly purpose: string;
  readonly partner: string;
  readonly sentence: string;
  readonly count: number;
  readonly examples: readonly string[];
}

const EXAMPLES = 3;

/**
 * Decides recorded requests again by two policies, and tells where they part. It knows what the log recorded and no more:
 * what hangs on anything else is told as unknown and guessed by nobody.
 */
export function replay(inForce: Replayable, proposed: Replayable, entries: readonly Recorded[]): Replay {
  const changes = new Map<string, ReplayChange & { count: number; examples: string[] }>();
  const unknown = new Map<string, number>();
  let same = 0;
  for (const entry of entries) {
    const found = replayed(inForce, proposed, entry);
    for (const text of found.unknown) unknown.set(text, (unknown.get(text) ?? 0) + 1);
    if (found.differences.length === 0 && found.unknown.size === 0) same += 1;
    const { role, purpose, partner } = entry;
    for (const difference of found.differences) {
      const key = JSON.stringify([role, purpose, partner, difference]);
      const known = changes.get(key) ?? {
        ...difference,
        role,
        purpose,
        partner,
        sentence: sentenceOf(inForce.bundle, proposed.bundle, entry, difference),
        count: 0,
        examples: [],
      };
      known.count += 1;
      if (known.examples.length < EXAMPLES) known.examples.push(entry.id);
      changes.set(key, known);
    }
  }
  const often = <T extends { readonly count: number }>(all: readonly T[]) => all.toSorted((a, b) => b.count - a.count);
  return {
    same,
    changes: often([...changes.values()]),
    unknown: often([...unknown].map(([text, count]) => ({ text, count }))),
  };
}

function sentenceOf(
  inForce: Bundle,
  proposed: Bundle,
  { role, partner, purpose, isAboutSomebody }: Recorded,
  { effect, field, holder, dataClass }: Difference,
): string {
  const isGain = effect === 'NEWLY_ALLOWED';
  // Whoever is gone is named as before, whoever is new as after.
  const bundle = isGain ? proposed : inForce;
  const entry = bundle.classes.get(dataClass ?? '');
  const what = field === null ? 'anything of the person' : entry ? `${field}, ${className(entry)},` : field;
  const from = holder === null ? '' : ` from ${parties(bundle, [holder])}`;
  const who = `${roles(bundle, role)} at ${parties(bundle, [partner])}`;
  const may = isAboutSomebody ? `see ${what}${from}` : 'ask';
  const asked = `${may} ${forPurposes(bundle, [purpose])}`;
  return isGain ? `${who} cannot ${asked} now, and could.` : `${who} can ${asked} now, and could not.`;
}
