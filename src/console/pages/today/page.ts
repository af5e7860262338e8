import { addDays } from '../../../record/day.ts';
import { londonDay } from '../../../record/london.ts';
import type { FieldProblem } from '../../fields.ts';
import type { Page, PageAnswer, PageRequest, Visit } from '../../page.ts';
import { chartsOf } from './charts.ts';
import { ACKNOWLEDGE_DOCUMENT, type Health, LEAD_DOCUMENT, OFFICER_DOCUMENT, type TodayData } from './documents.ts';
import { queueOf } from './queue.ts';

/** What waits, overdue first; how lists of restrictions come; what was counted. */
export const TODAY_PAGES: readonly Page[] = [
  { path: '/today', get: (visit, request) => show(visit, request, []), post: acknowledge },
];

const SPANS = [
  { name: '30-days', words: 'the last 30 days', days: 30 },
  { name: '12-months', words: 'the last 12 months', days: 365 },
] as const;

async function show(
  visit: Visit,
  { query }: Pick<PageRequest, 'query'>,
  problems: readonly FieldProblem[],
): Promise<PageAnswer> {
  const { officer, policy, now } = visit;
  const today = londonDay(now);
  const span = SPANS.find(({ name }) => name === query.get('charts')) ?? SPANS[0];
  const document = officer.isLead ? LEAD_DOCUMENT : OFFICER_DOCUMENT;
  const data = await visit.ask<TodayData>(document, { from: addDays(today, 1 - span.days), to: today });
  const queue = queueOf(data, officer.partner, now);
  return {
    kind: 'page',
    template: 'pages/today/today.njk',
    status: problems.length > 0 ? 400 : 200,
    data: {
      title: 'Today',
      problems,
      queue,
      overdue: queue.filter(({ isOverdue }) => isOverdue).length,
      moreFlags: data.flagCases.hasNextPage,
      lists: data.restrictionHealth.map((health) => ({ ...health, words: STATES[health.state] })),
      isLead: officer.isLead,
      charts: chartsOf(data.logFigures.rows, policy),
      counted: data.logFigures.upTo,
      span,
      spans: SPANS,
    },
  };
}

const STATES: Readonly<Record<Health['state'], string>> = {
  FRESH: 'As agreed',
  STALE: 'Too old',
  REFUSED: 'Newest refused',
  NEVER: 'None came',
};

async function acknowledge(visit: Visit, request: PageRequest): Promise<PageAnswer> {
  const input = { kind: request.form.get('kind') ?? '', reference: request.form.get('reference') ?? '' };
  const { acknowledgeWorkItem } = await visit.ask<{
    readonly acknowledgeWorkItem: { readonly ok: boolean } | null;
  }>(ACKNOWLEDGE_DOCUMENT, { input });
  if (acknowledgeWorkItem?.ok) return { kind: 'redirect', to: '/today' };
  return show(visit, request, [{ text: 'It is not on your list any more.', href: '#queue' }]);
}
