import { ANY_PARTNER } from '../break-glass-review.ts';
import type { Errand } from '../errand.ts';
import { readSize } from './size.ts';

const DAYS = 30;

/**
 * Reviews of break-glass that were closed lately. What the reviewer wrote stays with the partner whose review it was.
 * @throws GatewayError BAD_USER_INPUT, STORE_UNAVAILABLE
 */
export async function closedBreakGlassReviews({ engine, request, args, selection }: Errand): Promise<object[]> {
  const { principal, view, now } = request;
  const size = readSize(args['first'], { usual: 50, largest: 100 });
  const partner = view.role.name === ANY_PARTNER ? null : principal.partner;
  const since = new Date(now.getTime() - DAYS * 86_400_000);
  const closed = await engine.governance.closedReviews(partner, since, size, principal);
  return Promise.all(
    closed.map(async (review) => {
      const isOwnPartner = review.partner === principal.partner;
      const { id, practitioner, role, purpose, reason, until, reviewer, outcome, reviewTextId } = review;
      return {
        ...{ reference: id, partner: review.partner, practitioner, role, purpose, reason, reviewer, outcome },
        granted: until !== null,
        openedAt: review.openedAt.toISOString(),
        dueAt: review.dueAt.toISOString(),
        closedAt: review.closedAt.toISOString(),
        text: selection.has('text') && isOwnPartner && reviewTextId ? await engine.texts.read(reviewTextId) : null,
      };
    }),
  );
}
