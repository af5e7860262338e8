import { endOfDay } from '../../../record/london.ts';
import { countWords } from '../../words.ts';
import { KINDS } from '../requests/register.ts';
import type { TodayData } from './documents.ts';

/** Something that waits for the officer, in words, and where it is done. */
export interface Waiting {
  readonly what: string;
  /** `3 days` */
  readonly age: string;
  /** `2 days overdue`, `5 hours left`; null for what has no deadline. */
  readonly deadline: string | null;
  readonly dueAt: string | null;
  readonly isOverdue: boolean;
  /** Below `/console`; null where it is done in the partner's own system. */
  readonly href: string | null;
  /** Set where all that is to be done is to have read it. */
  readonly acknowledge: { readonly kind: string; readonly reference: string } | null;
}

/** Everything that waits, overdue first, then by what is due soonest; what has no deadline last, oldest first. */
export function queueOf(data: TodayData, partner: string, now: Date): Waiting[] {
  return itemsOf(data, partner)
    .sort((one, other) => orderOf(one) - orderOf(other) || one.since.getTime() - other.since.getTime())
    .map(({ what, since, due, href, acknowledge }) => ({
      what,
      age: spanWords(now.getTime() - since.getTime()),
      deadline: due && deadlineWords(due.getTime() - now.getTime()),
      dueAt: due?.toISOString() ?? null,
      isOverdue: due !== null && due < now,
      href,
      acknowledge,
    }));
}

interface Item {
  readonly what: string;
  readonly since: Date;
  readonly due: Date | null;
  readonly href: string | null;
  readonly acknowledge: Waiting['acknowledge'];
}

function itemsOf(data: TodayData, partner: string): Item[] {
  const item = (what: string, since: string, due: string | null, href: string | null): Item => ({
    what,
    since: new Date(since),
    due: due === null ? null : new Date(due),
    href,
    acknowledge: null,
  });
  return [
    // Reports that wait are listed entry by entry.
    ...data.workItems
      .filter(({ kind }) => kind !== 'SUBJECT_REPORT_DECISION')
      .map(({ kind, reference, openedAt, dueAt, review }) => {
        const { what, href, isRead } = WORK[kind] ?? { what: () => kind, href: null, isRead: false };
        const found = item(what(review?.practitioner ?? reference), openedAt, dueAt, href?.(reference) ?? null);
        return isRead ? { ...found, acknowledge: { kind, reference } } : found;
      }),
    ...data.tellings.map(({ at, dueAt }) =>
      item('Decide whether a person is told of an access', at, dueAt, '/requests/tellings'),
    ),
    // Whoever asked cannot agree.
    ...data.nameRequests
      .filter(({ own, agreedBy }) => !own && agreedBy === null)
      .map(({ askedBy, askedAt, asked }) =>
        item(`${askedBy} asks to learn ${countWords(asked, 'name')}: agree, or not`, askedAt, null, '/incident'),
      ),
    ...data.flagCases.cases
      .filter(({ barred }) => barred === null)
      .map(({ reference, practitioner, summary, openedAt, dueAt, state }) =>
        item(
          [state === 'CONFIRMING' ? 'A second officer is needed' : 'Flagged', practitioner ?? '', summary]
            .filter((words) => words !== '')
            .join(': '),
          openedAt,
          dueAt,
          `/flags/${reference}`,
        ),
      ),
    // The lead reads everybody's, and answers those of the board.
    ...data.subjectRequests
      .filter((request) => request.partner === partner)
      .map(({ reference, kind, receivedOn, dueOn }) =>
        item(
          `Request of a person: ${(KINDS[kind]?.words ?? kind).toLowerCase()}`,
          `${receivedOn}T00:00:00Z`,
          endOfDay(new Date(`${dueOn}T12:00:00Z`)).toISOString(),
          `/requests/${reference}`,
        ),
      ),
    ...(data.declaredInterests ?? []).map(({ practitioner, declaredAt }) =>
      item(`Confirm the interest that ${practitioner} declared`, declaredAt, null, '/interests'),
    ),
  ];
}

interface Work {
  /** @param about whose break-glass it is, or the reference of the item */
  what(about: string): string;
  readonly href: ((reference: string) => string) | null;
  readonly isRead: boolean;
}

const WORK: Readonly<Record<string, Work>> = {
  BREAK_GLASS_REVIEW: {
    what: (practitioner) => `Review the break-glass of ${practitioner}`,
    href: (reference) => `/break-glass/${encodeURIComponent(reference)}`,
    isRead: false,
  },
  BREAK_GLASS_DISCLOSED: {
    what: () => 'Your information was shown under break-glass: read it',
    href: () => '/break-glass',
    isRead: false,
  },
  RESTRICTION_APPROACHED: {
    what: () => 'Somebody tried break-glass on a person whom you restrict: read it',
    href: (reference) => `/log?request=${encodeURIComponent(reference)}`,
    isRead: true,
  },
  RESTRICTION_NAME_UNRESOLVED: {
    what: (reference) =>
      `Restriction ${reference} names somebody who has no account here: put it right in your own list`,
    href: null,
    isRead: false,
  },
  RESTRICTION_UNREADABLE: {
    what: (reference) =>
      `Restriction ${reference} cannot be read, and closes to everybody: put it right in your own list`,
    href: null,
    isRead: false,
  },
};

function orderOf({ due }: Item): number {
  return due?.getTime() ?? Number.MAX_SAFE_INTEGER;
}

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

function deadlineWords(left: number): string {
  return left < 0 ? `${spanWords(-left)} overdue` : `${spanWords(left)} left`;
}

/** Whole days from two on, and hours before that. */
function spanWords(milliseconds: number): string {
  if (milliseconds >= 2 * DAY) return countWords(Math.floor(milliseconds / DAY), 'day');
  if (milliseconds >= HOUR) return countWords(Math.floor(milliseconds / HOUR), 'hour');
  return 'less than an hour';
}
