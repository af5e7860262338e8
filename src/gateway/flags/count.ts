import type { Logged } from '../../audit/logged.ts';
import { coordinateOf, holderOf } from '../../audit/reading.ts';
import type { Explanation } from '../../flags/types.ts';
import type { Agreement } from '../../policy/bundle.ts';
import type { Day } from '../../record/facts.ts';
import type { Figure, Measure, Turnaround } from '../../record/figures.ts';
import { londonDay } from '../../record/london.ts';

/** Figures as they are being counted. */
export interface Count {
  /** One operation, whole. */
  operation(entries: readonly Logged[]): void;
  /** What explains an access that showed something. */
  explained(day: Day, partner: string, kind: Explanation['kind']): void;
  turnaround(request: Turnaround): void;
  figures(): Figure[];
}

/** What policy says of what is counted. */
export interface Counted {
  readonly agreements: ReadonlyMap<string, Pick<Agreement, 'holders' | 'classes'>>;
  /** As `Releases`. */
  classOf(coordinate: string): string | null;
}

/** @param isApart whoever is in no figure: an operation about nobody else is in none either */
export function startCount(isApart: (subject: string) => boolean, { agreements, classOf }: Counted): Count {
  const counts = new Map<string, Figure>();
  function add(day: Day, measure: Measure, partner: string, key: string, dataClass: string | null = null): void {
    const id = [day, measure, partner, key, dataClass ?? ''].join('\n');
    const known = counts.get(id) ?? { day, measure, partner, key, dataClass, count: 0 };
    counts.set(id, { ...known, count: known.count + 1 });
  }

  function ofPerson(entry: Logged, day: Day): void {
    const { kind, actor, recipient } = entry;
    const told = recipient?.partner ?? actor?.partner ?? null;
    if (told !== null && entry.outcome === 'shown') {
      for (const agreement of entry.agreements) {
        const { holders = [], classes = [] } = agreements.get(agreement) ?? {};
        const isGiven = (name: string | null) => name !== null && classes.includes(name);
        add(day, 'AGREEMENT_USES', told, agreement);
        for (const name of entry.classes.filter(isGiven)) add(day, 'AGREEMENT_USES', told, agreement, name);
        for (const holder of holders) {
          const theirs = entry.released.filter((field) => holderOf(field) === holder);
          if (holder === told || theirs.length === 0) continue;
          add(day, 'AGREEMENT_GIVEN', holder, agreement);
          const names = new Set(theirs.map((field) => classOf(coordinateOf(field))).filter(isGiven));
          for (const name of names) add(day, 'AGREEMENT_GIVEN', holder, agreement, name);
        }
      }
    }
    if (recipient !== null || actor === null || actor.partner === null || actor.practitioner === null) return;
    if (kind === 'break-glass') {
      add(day, 'BREAK_GLASS', actor.partner, entry.outcome === 'granted' ? 'GRANTED' : 'REFUSED');
      return;
    }
    if (!LOOKS.has(kind)) return;
    add(day, 'ACCESSES', actor.partner, entry.purpose ?? 'NONE');
    add(day, 'OUTCOMES', actor.partner, entry.outcome ?? 'NONE');
    if (kind === 'refusal') {
      add(day, 'REFUSALS', actor.partner, 'NOTHING_TO_SHOW');
      const why = entry.reasons.find(({ outcome }) => outcome === 'refuse');
      if (why) add(day, 'REFUSED_BECAUSE', actor.partner, why.code);
    }
    for (const { holder, reason } of entry.withheld) {
      if (holder !== null) add(day, 'WITHHELD', holder, reason.code);
    }
  }

  return {
    operation(entries) {
      const people = entries.filter(({ subject, kind }) => subject !== null && kind !== 'search');
      const open = people.filter(({ subject }) => subject !== null && !isApart(subject.ref));
      if (people.length > 0 && open.length === 0) return;
      for (const entry of open) ofPerson(entry, londonDay(new Date(entry.at)));
      for (const { kind, subject, actor, outcome, at } of entries) {
        if (kind !== 'refusal' || subject !== null || actor?.partner == null || outcome === null) continue;
        add(londonDay(new Date(at)), 'REFUSALS', actor.partner, outcome);
      }
    },
    explained: (day, partner, kind) => add(day, 'EXPLANATIONS', partner, kind),
    turnaround: ({ responder, requestedAt, answeredAt }) =>
      add(londonDay(answeredAt), 'CHECK_TURNAROUND', responder, lengthOf(requestedAt, answeredAt)),
    figures: () => [...counts.values()],
  };
}

const LOOKS: ReadonlySet<string> = new Set(['disclosure', 'refusal', 'explanation']);
const DAY_MILLISECONDS = 86_400_000;
const LENGTHS: readonly (readonly [days: number, key: string])[] = [
  [2, 'UP_TO_2_DAYS'],
  [5, 'UP_TO_5_DAYS'],
  [10, 'UP_TO_10_DAYS'],
];

function lengthOf(from: Date, to: Date): string {
  if (londonDay(from) === londonDay(to)) return 'SAME_DAY';
  const days = (to.getTime() - from.getTime()) / DAY_MILLISECONDS;
  return LENGTHS.find(([most]) => days <= most)?.[1] ?? 'LONGER';
}
