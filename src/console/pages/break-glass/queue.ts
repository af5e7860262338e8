import { countWords } from '../../words.ts';
import type { KindsIn } from '../incident/kinds.ts';
import type { Item, QueueData, ReviewItem } from './documents.ts';

const HOUR = 3_600_000;

/** How old something is and how long there is left for it, in words. */
export interface Due {
  readonly isOverdue: boolean;
  /** `2 hours`, `5 days`. */
  readonly age: string;
  /** `Overdue by 3 hours`, `47 hours left`. */
  readonly left: string;
}

export function dueOf({ openedAt, dueAt }: Item, now: Date): Due {
  const left = Date.parse(dueAt) - now.getTime();
  return {
    isOverdue: left < 0,
    age: lasting(now.getTime() - Date.parse(openedAt)),
    left: left < 0 ? `Overdue by ${lasting(-left)}` : `${lasting(left)} left`,
  };
}

/** In hours up to two days, in days from there on; the part of one that has begun is not counted. */
function lasting(milliseconds: number): string {
  const hours = Math.floor(Math.max(0, milliseconds) / HOUR);
  if (hours < 1) return 'less than an hour';
  return hours < 48 ? countWords(hours, 'hour') : countWords(Math.floor(hours / 24), 'day');
}

/** Overdue ones first, soonest due first; of a review that the reader may not read, nothing. */
export function reviewsOf(items: readonly ReviewItem[], now: Date, kindsIn: KindsIn) {
  return items
    .flatMap(({ review, ...item }) => {
      if (review === null) return [];
      const shown = review.shown.map(({ holder, classes }) => ({ holder, kinds: kindsIn(classes) }));
      return [{ ...item, ...review, shown, due: dueOf(item, now) }];
    })
    .sort((one, other) => Date.parse(one.dueAt) - Date.parse(other.dueAt));
}

export function closedOf(closed: QueueData['closedBreakGlassReviews']) {
  return closed.map((each) => ({ ...each, wasLate: each.closedAt > each.dueAt }));
}

/** What the queue says in one sentence. */
export function summaryOf(reviews: readonly { readonly due: Due; readonly whyNot: string | null }[]): string {
  if (reviews.length === 0) return 'No break-glass waits for a review.';
  const overdue = reviews.filter(({ due }) => due.isOverdue).length;
  const mine = reviews.filter(({ whyNot }) => whyNot === null).length;
  const isOne = reviews.length === 1;
  const waits = `${countWords(reviews.length, 'review')} ${isOne ? 'waits' : 'wait'}`;
  const all = isOne ? 'it' : 'all of them';
  return `${waits}, ${overdue || 'none'} overdue; you may close ${mine === reviews.length ? all : mine || 'none'}.`;
}
