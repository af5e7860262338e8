/** One thing that differs between two policies, as a sentence, with what it is about for programs. */
export interface Change {
  /** `widening`: somebody may see more, or a protection is weaker. */
  readonly kind: 'widening' | 'narrowing' | 'other';
  readonly sentence: string;
  readonly role: string | null;
  readonly purposes: readonly string[];
  readonly partners: readonly string[];
  readonly holders: readonly string[];
  readonly classes: readonly string[];
  /** References of those that give it, before and after. */
  readonly agreements: readonly string[];
  /** The more guarded of the labels before and after; null where no class is meant. */
  readonly handling: 'OFFICIAL' | 'OFFICIAL-SENSITIVE' | null;
  /** The kind of partner whose data it is, such as `police`; null where none is meant. */
  readonly source: string | null;
}

/** A change of something that bears on every record, and on no class more than on another. */
export function general(kind: Change['kind'], sentence: string, about: Partial<Change> = {}): Change {
  return {
    role: null,
    purposes: [],
    partners: [],
    holders: [],
    classes: [],
    agreements: [],
    handling: null,
    source: null,
    ...about,
    kind,
    sentence,
  };
}

/**
 * By harm: what widens first, then what narrows, then the rest. Within each, what bears on every record before what names
 * a class, OFFICIAL-SENSITIVE before OFFICIAL, and the data that hurts most first.
 */
export function byHarm(a: Change, b: Change): number {
  const [one, other] = [rank(a), rank(b)];
  for (const [index, value] of one.entries()) {
    const difference = value - (other[index] ?? 0);
    if (difference !== 0) return difference;
  }
  return a.sentence < b.sentence ? -1 : a.sentence > b.sentence ? 1 : 0;
}

const KINDS: readonly Change['kind'][] = ['widening', 'narrowing', 'other'];
const HANDLING: readonly Change['handling'][] = [null, 'OFFICIAL-SENSITIVE', 'OFFICIAL'];
const SOURCES: readonly Change['source'][] = ['police', 'childrens', 'health', 'treatment', 'probation', 'prison'];

function rank({ kind, handling, source }: Change): number[] {
  const place = SOURCES.indexOf(source);
  return [KINDS.indexOf(kind), HANDLING.indexOf(handling), place < 0 ? SOURCES.length : place];
}
