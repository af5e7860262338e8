import { expect, test } from 'vitest';
import type { ReviewItem } from '../../src/console/pages/break-glass/documents.ts';
import { closedOf, dueOf, reviewsOf, summaryOf } from '../../src/console/pages/break-glass/queue.ts';

const NOW = new Date('2026-11-10T12:00:00Z');

function item(reference: string, openedAt: string, dueAt: string, whyNot: string | null = null): ReviewItem {
  return {
    ...{ reference, openedAt, dueAt },
    review: {
      ...{ partner: 'probation', practitioner: 'PRO-0001', role: 'officer', purpose: 'PURPOSE', reason: 'RISK' },
      ...{ text: null, until: null, version: 1, whyNot, shown: [] },
    },
  };
}

test.each([
  ['2026-11-10T11:30:00Z', '2026-11-13T11:30:00Z', 'less than an hour', '2 days left', false],
  ['2026-11-09T11:00:00Z', '2026-11-12T11:00:00Z', '25 hours', '47 hours left', false],
  ['2026-11-07T11:00:00Z', '2026-11-10T12:00:00Z', '3 days', 'less than an hour left', false],
  ['2026-11-01T12:00:00Z', '2026-11-04T12:00:00Z', '9 days', 'Overdue by 6 days', true],
  ['2026-11-07T10:00:00Z', '2026-11-10T10:00:00Z', '3 days', 'Overdue by 2 hours', true],
])('opened at %s and due at %s it is %s old: %s', (openedAt, dueAt, age, left, isOverdue) => {
  expect(dueOf({ reference: 'r', openedAt, dueAt }, NOW)).toEqual({ age, left, isOverdue });
});

test('the queue has what is due soonest first, and says how much of it the reader may close', () => {
  const reviews = reviewsOf(
    [
      item('later', '2026-11-09T12:00:00Z', '2026-11-12T12:00:00Z'),
      item('overdue', '2026-11-01T12:00:00Z', '2026-11-04T12:00:00Z', 'OWN_LINE'),
      { reference: 'unread', openedAt: '2026-11-09T12:00:00Z', dueAt: '2026-11-10T12:00:00Z', review: null },
    ],
    NOW,
    () => [],
  );
  expect(reviews.map(({ reference }) => reference)).toEqual(['overdue', 'later']);
  expect(summaryOf(reviews)).toBe('2 reviews wait, 1 overdue; you may close 1.');
  expect(summaryOf(reviews.slice(1))).toBe('1 review waits, none overdue; you may close it.');
  expect(summaryOf(reviews.slice(0, 1))).toBe('1 review waits, 1 overdue; you may close none.');
  expect(summaryOf([])).toBe('No break-glass waits for a review.');
});

test('a review that was closed after its deadline says so', () => {
  const closed = (closedAt: string) => ({
    ...{ reference: 'r', partner: 'probation', practitioner: 'PRO-0001', reason: 'RISK', granted: true, text: null },
    ...{ openedAt: '2026-11-01T12:00:00Z', dueAt: '2026-11-04T12:00:00Z', reviewer: 'IGO-0001', outcome: 'JUSTIFIED' },
    closedAt,
  });
  const late = closedOf([closed('2026-11-04T12:00:00Z'), closed('2026-11-04T12:00:01Z')]).map(({ wasLate }) => wasLate);
  expect(late).toEqual([false, true]);
});
