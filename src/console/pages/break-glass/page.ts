import { coordinateOf, holderOf } from '../../../audit/reading.ts';
import type { FieldProblem } from '../../fields.ts';
import type { Page, PageAnswer, PageRequest, Visit } from '../../page.ts';
import type { Done } from '../incident/documents.ts';
import { type KindsIn, kindsInOf } from '../incident/kinds.ts';
import {
  ACKNOWLEDGE_DOCUMENT,
  CLOSE_DOCUMENT,
  DISCLOSED_DOCUMENT,
  type DisclosedData,
  type DisclosedEntry,
  type Item,
  LEAD_QUEUE_DOCUMENT,
  QUEUE_DOCUMENT,
  type QueueData,
  REVIEWS_DOCUMENT,
  type ReviewsData,
} from './documents.ts';
import { closedOf, dueOf, reviewsOf, summaryOf } from './queue.ts';

/** What waits for a review, whose data was shown, and whether the reader may close it. */
export const BREAK_GLASS_PAGES: readonly Page[] = [
  { path: '/break-glass', get: (visit, request) => queue(visit, request, []), post: acknowledge },
  { path: '/break-glass/:reference', get: (visit, request) => review(visit, request, []), post: close },
];

/** Requests of which the entries are shown beside the item; the others are a link. */
const MOST_LOOKED_UP = 20;
const DAY = 86_400_000;

async function queue(visit: Visit, { query }: PageRequest, problems: readonly FieldProblem[]): Promise<PageAnswer> {
  const { officer, now } = visit;
  const data = await visit.ask<QueueData>(officer.isLead ? LEAD_QUEUE_DOCUMENT : QUEUE_DOCUMENT);
  const reviews = reviewsOf(data.reviews, now, kindsInOf(visit.policy));
  const disclosed = await withEntries(visit, data.disclosed ?? []);
  return {
    kind: 'page',
    template: 'pages/break-glass/queue.njk',
    status: problems.length > 0 ? 409 : 200,
    data: {
      title: 'Break-glass',
      problems,
      done: query.get('done'),
      isLead: officer.isLead,
      summary: summaryOf(reviews),
      reviews,
      isCut: data.reviews.length === 100,
      disclosed,
      closed: closedOf(data.closedBreakGlassReviews),
    },
  };
}

async function withEntries(visit: Visit, items: readonly Item[]) {
  const looked = items.slice(0, MOST_LOOKED_UP);
  const kindsIn = kindsInOf(visit.policy);
  const entries = new Map<string, ReturnType<typeof ownPart>[]>();
  for (const { reference, openedAt } of looked) {
    const at = Date.parse(openedAt);
    const [from, to] = [new Date(at - DAY), new Date(at + DAY)].map((each) => each.toISOString());
    const filter = { from, to, requestId: reference, kind: 'disclosure' };
    const { logEntries } = await visit.ask<DisclosedData>(DISCLOSED_DOCUMENT, { filter });
    const found = (logEntries?.entries ?? []).map((entry) => ownPart(entry, visit, kindsIn));
    entries.set(
      reference,
      found.filter(({ kinds }) => kinds.length > 0),
    );
  }
  return items.map((item) => ({ ...item, due: dueOf(item, visit.now), entries: entries.get(item.reference) ?? null }));
}

/** What of the officer's own partner's data was in it. */
function ownPart({ released, ...entry }: DisclosedEntry, { officer, policy }: Visit, kindsIn: KindsIn) {
  const own = released.filter((field) => holderOf(field) === officer.partner);
  return { ...entry, kinds: kindsIn(own.flatMap((field) => policy.classOf.get(coordinateOf(field)) ?? [])) };
}

async function acknowledge(visit: Visit, request: PageRequest): Promise<PageAnswer> {
  const input = { kind: 'BREAK_GLASS_DISCLOSED', reference: request.form.get('reference') ?? '' };
  const { acknowledgeWorkItem } = await visit.ask<Done<'acknowledgeWorkItem'>>(ACKNOWLEDGE_DOCUMENT, { input });
  if (acknowledgeWorkItem?.ok) return { kind: 'redirect', to: '/break-glass?done=acknowledged' };
  return queue(visit, request, [
    { text: 'It is not on your list any more: a colleague may have acknowledged it', href: '#disclosed' },
  ]);
}

async function review(
  visit: Visit,
  { parts, form }: PageRequest,
  problems: readonly FieldProblem[],
  status = 400,
): Promise<PageAnswer> {
  const { reviews } = await visit.ask<ReviewsData>(REVIEWS_DOCUMENT);
  const found =
    reviewsOf(reviews, visit.now, kindsInOf(visit.policy)).find(({ reference }) => reference === parts['reference']) ??
    null;
  return {
    kind: 'page',
    template: 'pages/break-glass/review.njk',
    status: problems.length > 0 ? status : found ? 200 : 404,
    data: {
      title: found ? `Break-glass by ${found.practitioner}` : 'No such review waits',
      problems,
      errors: Object.fromEntries(problems.map(({ text, href }) => [href.slice(1), { text }])),
      review: found,
      form: Object.fromEntries(form),
    },
  };
}

async function close(visit: Visit, request: PageRequest): Promise<PageAnswer> {
  const { form, parts } = request;
  const [outcome, text] = [form.get('outcome') ?? '', (form.get('text') ?? '').trim()];
  const problems = [
    ...(OUTCOMES.includes(outcome) ? [] : [{ text: 'Select what you found', href: '#outcome' }]),
    ...([...text].length >= 10 && [...text].length <= 500
      ? []
      : [{ text: 'Say in 10 to 500 characters what you found', href: '#text' }]),
  ];
  if (problems.length > 0) return review(visit, request, problems);
  const input = { reference: parts['reference'], outcome, text, expectedVersion: Number(form.get('version') ?? 0) };
  const { closeBreakGlassReview } = await visit.ask<Done<'closeBreakGlassReview'>>(CLOSE_DOCUMENT, { input });
  if (closeBreakGlassReview?.ok) return { kind: 'redirect', to: '/break-glass?done=closed' };
  const refusal = REFUSALS[closeBreakGlassReview?.code ?? ''] ?? 'It was not closed: your role may not close it';
  return review(visit, request, [{ text: refusal, href: '#outcome' }], 409);
}

const OUTCOMES: readonly string[] = ['JUSTIFIED', 'NOT_JUSTIFIED', 'MISTAKE'];

const REFUSALS: Readonly<Record<string, string>> = {
  NOT_OPEN:
    'It is closed already, or not yours to close: nothing was changed. Closed reviews are on the page Break-glass',
  OWN_LINE: 'It is your own, or of your own line: another officer of your partner, or the lead, must close it',
  VERSION_CONFLICT: 'It changed while you were reading: check what it says now, and send yours again',
};
