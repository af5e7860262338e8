import { expect, test } from 'vitest';
import { lapseViews } from '../../src/console/pages/policy/lapsing.ts';
import { clockWords } from '../../src/console/pages/requests/register.ts';
import { chartsOf } from '../../src/console/pages/today/charts.ts';
import type { Figure, TodayData } from '../../src/console/pages/today/documents.ts';
import { queueOf } from '../../src/console/pages/today/queue.ts';
import { buildBundle } from '../../src/policy/load/load.ts';
import { lapses } from '../../src/policy/report/lapse.ts';
import { record, texts } from '../policy/load/real.ts';

const bundle = buildBundle(texts, record);
const NOW = new Date('2026-11-22T12:00:00Z');
const EMPTY: TodayData = {
  workItems: [],
  tellings: [],
  nameRequests: [],
  flagCases: { hasNextPage: false, cases: [] },
  subjectRequests: [],
  restrictionHealth: [],
  logFigures: { upTo: null, rows: [] },
};
const figure = (measure: string, key: string, count: number, more: Partial<Figure> = {}): Figure => ({
  measure,
  partner: 'northmere-police',
  key,
  dataClass: null,
  count,
  ...more,
});

test('what waits is told overdue first, with age and deadline in words, and where it is done', () => {
  const at = (hours: number) => new Date(NOW.getTime() + hours * 3_600_000).toISOString();
  const data: TodayData = {
    ...EMPTY,
    workItems: [
      {
        kind: 'BREAK_GLASS_REVIEW',
        reference: 'glass',
        openedAt: at(-20),
        dueAt: at(52),
        review: { practitioner: 'PRO-0004', reason: 'RISK_TO_LIFE' },
      },
      { kind: 'RESTRICTION_APPROACHED', reference: 'tried', openedAt: at(-80), dueAt: at(-49), review: null },
      { kind: 'RESTRICTION_UNREADABLE', reference: 'LR-7', openedAt: at(-1), dueAt: at(0.5), review: null },
      { kind: 'SUBJECT_REPORT_DECISION', reference: 'report', openedAt: at(-1), dueAt: at(1), review: null },
    ],
    nameRequests: [
      { reference: 'names', askedBy: 'IGO-0002', askedAt: at(-3), asked: 2, own: false, agreedBy: null },
      { reference: 'mine', askedBy: 'IGO-0001', askedAt: at(-3), asked: 2, own: true, agreedBy: null },
    ],
    flagCases: {
      hasNextPage: false,
      cases: [
        {
          reference: 'case',
          partner: 'probation-service',
          practitioner: 'PRO-0004',
          summary: 'Nobody knows why.',
          openedAt: at(-50),
          dueAt: at(100),
          state: 'OPEN',
          barred: null,
        },
        {
          reference: 'own',
          partner: 'probation-service',
          practitioner: 'PRO-0005',
          summary: 'Of my own line.',
          openedAt: at(-50),
          dueAt: at(1),
          state: 'OPEN',
          barred: 'OWN_LINE',
        },
      ],
    },
    subjectRequests: [
      {
        reference: 'request',
        partner: 'probation-service',
        kind: 'ACCESS',
        receivedOn: '2026-11-01',
        dueOn: '2026-12-01',
      },
      { reference: 'other', partner: 'hmpps-prisons', kind: 'ACCESS', receivedOn: '2026-11-01', dueOn: '2026-12-01' },
    ],
    declaredInterests: [{ reference: 'tie', practitioner: 'PRO-0004', declaredAt: at(-30) }],
  };
  const queue = queueOf(data, 'probation-service', NOW);
  expect(queue.map(({ href, age, deadline, isOverdue }) => [href, age, deadline, isOverdue])).toEqual([
    ['/log?request=tried', '3 days', '2 days overdue', true],
    [null, '1 hour', 'less than an hour left', false],
    ['/break-glass/glass', '20 hours', '2 days left', false],
    ['/flags/case', '2 days', '4 days left', false],
    ['/requests/request', '21 days', '9 days left', false],
    ['/interests', '30 hours', null, false],
    ['/incident', '3 hours', null, false],
  ]);
  expect(queue.map(({ what }) => what)).toEqual(
    expect.arrayContaining(['Review the break-glass of PRO-0004', 'Flagged: PRO-0004: Nobody knows why.']),
  );
  expect(queue[0]?.acknowledge).toEqual({ kind: 'RESTRICTION_APPROACHED', reference: 'tried' });
  expect(queueOf(EMPTY, 'probation-service', NOW)).toEqual([]);
});

test('a chart says in its table what its bars show, the most first, and nothing of nothing', () => {
  const charts = chartsOf(
    [
      figure('ACCESSES', 'RELEASE_PLANNING', 1_500),
      figure('ACCESSES', 'PUBLIC_PROTECTION', 500),
      figure('ACCESSES', 'RELEASE_PLANNING', 4_000, { partner: 'probation-service' }),
      figure('BREAK_GLASS', 'GRANTED', 3),
      figure('BREAK_GLASS', 'REFUSED', 1),
      figure('REFUSALS', 'NOTHING_TO_SHOW', 7),
    ],
    bundle,
  );
  const [accesses, refusals, glass, turnaround] = charts;
  expect(accesses?.bars.map(({ label, cells, width }) => [label, ...cells, width])).toEqual([
    [bundle.partners.get('probation-service')?.name, '4,000', 600],
    ['Northmere Police', '2,000', 300],
  ]);
  expect(refusals?.bars).toHaveLength(1);
  expect(glass?.bars.map(({ cells }) => cells)).toEqual([['2.0', '4', '2,000']]);
  expect(turnaround?.bars).toEqual([]);
  for (const { bars, columns, height } of charts) {
    for (const { cells, barY } of bars) expect([cells.length + 1, barY < height]).toEqual([columns.length, true]);
  }
});

test('what passed under an agreement stands beside it, the most used class first', () => {
  const ending = {
    ...bundle,
    agreements: bundle.agreements.map((each) =>
      each.reference === 'PRI-DWP-01' ? { ...each, until: '2026-12-10' } : each,
    ),
  };
  const figures = [
    figure('AGREEMENT_USES', 'PRI-DWP-01', 5),
    figure('AGREEMENT_USES', 'PRI-DWP-01', 2, { dataClass: 'custody.location' }),
    figure('AGREEMENT_USES', 'PRI-DWP-01', 2, { dataClass: 'custody.release' }),
    figure('AGREEMENT_USES', 'PRI-DWP-01', 1, { dataClass: 'custody.release', partner: 'benefits-department' }),
    figure('AGREEMENT_USES', 'POL-PRB-01', 9),
    figure('ACCESSES', 'PRI-DWP-01', 9),
  ];
  const [view, ...others] = lapseViews(lapses({ bundle: ending, record }, '2026-11-22', '2026-12-22'), figures, bundle);
  expect(others).toEqual([]);
  expect(view).toMatchObject({ day: '2026-12-10', morning: '2026-12-11', reviews: [] });
  expect(view?.ends).toMatchObject([
    {
      reference: 'PRI-DWP-01',
      accesses: 5,
      uses: [
        { dataClass: bundle.classes.get('custody.release')?.description, count: 3 },
        { dataClass: bundle.classes.get('custody.location')?.description, count: 2 },
      ],
    },
  ]);
  expect(view?.losses.map(({ role }) => role)).toContain('Work coach');
});

test.each([
  [-1, '1 day overdue'],
  [0, 'due today'],
  [12, '12 days left'],
])('%i days are said as %s', (left, words) => {
  expect(clockWords(left)).toBe(words);
});
