import type { BreakGlassReview, ReviewOutcome } from '../record/governance.ts';
import { londonDay } from '../record/london.ts';
import type { Accepted, Engine } from './engine.ts';
import { type Errand, refusedAs } from './errand.ts';
import { readText } from './input.ts';

interface CloseBreakGlassReviewInput {
  readonly reference: string;
  readonly outcome: ReviewOutcome;
  readonly text: string;
  readonly expectedVersion: number;
}

/** The one role whose reviews are not of its own partner's practitioners: it answers to the board of them all. */
export const ANY_PARTNER = 'ig-lead';

/**
 * Closes a review, for a reviewer of the same partner who is outside the line of whoever broke the glass. A review of
 * another partner, a closed one and none at all are told alike.
 */
export async function closeBreakGlassReview({ engine, request, root, args, afterRecorded }: Errand): Promise<object> {
  const { governance, policy } = engine;
  const { principal, view, now } = request;
  const input = args['input'] as CloseBreakGlassReviewInput;
  const text = engine.texts.seal(readText('text', input.text));

  const review = UUID.test(input.reference) ? await governance.review(input.reference) : null;
  const isOwnPartner = review?.partner === principal.partner;
  const mayClose =
    policy.bundle.breakGlass.reviewers.includes(view.role.name) && (isOwnPartner || view.role.name === ANY_PARTNER);
  if (!review || !mayClose) return refuse('NOT_OPEN', null);
  if (await isOwnLine(engine, request, review)) return refuse('OWN_LINE', review.id);
  if (review.version !== input.expectedVersion) return refuse('VERSION_CONFLICT', review.id, 'workItems');

  root.deed = {
    kind: 'review',
    of: 'break-glass',
    ok: true,
    code: null,
    reference: review.id,
    outcome: input.outcome,
    text,
    // Of a refused attempt the reviewer was told nobody.
    person: review.until ? review.person : null,
  };
  const closing = {
    breakGlass: review.id,
    version: review.version,
    reviewer: principal.practitioner,
    outcome: input.outcome,
    text,
    closedAt: now,
  };
  afterRecorded(async () => {
    // Somebody else closed it in the same moment. Asked again, this answers NOT_OPEN.
    if (!(await governance.closeReview(closing))) throw new Error('the review was closed meanwhile');
  });
  return { ok: true, code: null, allowedNow: ['workItems'] };

  function refuse(code: string, reference: string | null, ...allowedNow: readonly string[]): object {
    const { outcome } = input;
    root.deed = { kind: 'review', of: 'break-glass', ok: false, code, reference, outcome, person: null };
    return refusedAs(code, ...allowedNow);
  }
}

/**
 * Whether what somebody did is the caller's own matter, or one of their own line, that day or today: in line on the day is
 * in line for good, so that nobody is moved to another team to be reviewed by their manager.
 */
export async function isOwnLine(
  { governance }: Engine,
  { principal, view }: Pick<Accepted, 'principal' | 'view'>,
  { partner, practitioner, openedAt }: Pick<BreakGlassReview, 'partner' | 'practitioner' | 'openedAt'>,
): Promise<boolean> {
  if (partner !== principal.partner) return false;
  for (const day of new Set([view.day, londonDay(openedAt)])) {
    if (await governance.sameLine(partner, principal.practitioner, practitioner, day)) return true;
  }
  return false;
}

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
