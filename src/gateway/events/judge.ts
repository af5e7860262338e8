import type { EventPolicy } from '../../policy/practice.ts';
import { addDays } from '../../record/day.ts';
import type { Fingerprint } from '../../record/events.ts';
import type { Day } from '../../record/facts.ts';
import { londonDay } from '../../record/london.ts';
import { CHANGES, type HolderSight, OCCASIONS } from './conditions.ts';
import type { Prints } from './prints.ts';

/** What was heard of one person for one kind of event, at every holder that may show it, none of it too old. */
export interface Heard {
  /** On whose behalf it was asked. */
  readonly partner: string;
  /** The gateway's own key. */
  readonly person: string;
  readonly holders: readonly Omit<HolderSight, 'changed'>[];
}

export interface Judged {
  /** The id of the event, where it happened: the same however often it is judged. */
  readonly event: string | null;
  /** What is to be kept now. Nothing where it was kept this month and is as it was. */
  readonly prints: readonly Fingerprint[];
}

/**
 * Whether something happened since it was last looked at. What is seen for the first time is no change; a day that has
 * come is one whenever it is seen.
 * @param kept what was kept of the person on behalf of the same partner
 */
export function judge(
  { kind, watches, when }: Pick<EventPolicy, 'kind' | 'watches' | 'when'>,
  { partner, person, holders }: Heard,
  kept: readonly Fingerprint[],
  { prints, now, noticeDays }: { readonly prints: Prints; readonly now: Date; readonly noticeDays: number },
): Judged {
  const today: Day = londonDay(now);
  const coordinate = `${kind} ${watches.join(' ')}`;
  const compared = (holder: string, values: unknown) => {
    const of = [partner, person, holder, coordinate];
    const last = kept.find((each) => each.holder === holder && each.coordinate === coordinate) ?? null;
    const isSame = last !== null && prints.isOf(last.hash, of, values);
    const print = { partner, person, holder, coordinate, hash: prints.print(of, values), seenAt: now };
    return { of, last, isSame, prints: isSame && monthOf(londonDay(last.seenAt)) === monthOf(today) ? [] : [print] };
  };

  const all = holders.map(({ holder, values }) => ({
    ...compared(
      holder,
      watches.map((it) => present(values.get(it))),
    ),
    holder,
    values,
  }));
  const sight = {
    day: today,
    noticeDays,
    holders: all.map(({ holder, values, last, isSame }) => ({ holder, values, changed: last !== null && !isSame })),
  };
  const occasion = when === null ? undefined : OCCASIONS[when];
  if (occasion) {
    const found = occasion(sight);
    const it = compared(ALL_HOLDERS, found?.of ?? null);
    // What is long past when it is first looked at happens no more: nobody is told of last year's nights.
    const isTold = found && !it.isSame && (it.last !== null || found.on >= addDays(today, -LATEST_DAYS));
    return { event: isTold ? prints.idOf([...it.of, found.of]) : null, prints: it.prints };
  }
  const happened = when === null ? sight.holders.some(({ changed }) => changed) : CHANGES[when]?.(sight);
  // Named by what it was kept as before: judged again before anything was kept, it is the same event.
  const before = all.flatMap(({ of, last, isSame }) => (last && !isSame ? [...of, last.seenAt.toISOString()] : []));
  return { event: happened ? prints.idOf(before) : null, prints: all.flatMap((each) => each.prints) };
}

const LATEST_DAYS = 6;
/** In the place of a holder, for what is judged of all of them together. */
const ALL_HOLDERS = '*';

/** The log is kept by months: each of them says of whom something was looked at. */
function monthOf(day: Day): string {
  return day.slice(0, 7);
}

/** That nothing is held and that nulls are held are one: neither is an address. */
function present(values: readonly unknown[] = []): unknown[] {
  return values.filter((value) => value !== null);
}
