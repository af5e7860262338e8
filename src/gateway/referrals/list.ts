import { GatewayError } from '../../errors.ts';
import { londonInstant } from '../../record/london.ts';
import type { ReferralCursor } from '../../record/referrals.ts';
import { caseload } from '../caseload.ts';
import type { Errand } from '../errand.ts';
import { findPack } from './find.ts';
import { isProvider, isSender, type Seen, seenBy, stateOf, waitedForFrom } from './standing.ts';
import { placePeople, tellPack } from './told.ts';

interface ListArguments {
  readonly id?: string | null;
  readonly list?: 'AWAITING_MY_ANSWER' | 'MINE' | null;
  readonly first?: number | null;
  readonly after?: string | null;
}

const LARGEST_PAGE = 100;
/** Packs that wait for one provider and are looked through, at most. */
const LARGEST_QUEUE = 2_000;

/**
 * One pack, or those of a list, soonest arrival first, with how many there are. Null for a pack that there is not or that
 * is not the caller's business (SHARE-04).
 * @throws GatewayError BAD_USER_INPUT, or TOO_COMPLEX for more people than can be looked through
 */
export async function referralPack(errand: Errand): Promise<object | null> {
  const { id, list, first, after } = errand.args as unknown as ListArguments;
  if ((id == null) === (list == null)) {
    throw new GatewayError('BAD_USER_INPUT', '"referralPack" takes exactly one of "id" and "list".');
  }
  const size = first ?? 50;
  if (size < 1 || size > LARGEST_PAGE) {
    throw new GatewayError('BAD_USER_INPUT', `"first" must be from 1 to ${LARGEST_PAGE}.`);
  }
  const { partner, practitioner, role } = errand.request.principal;
  const boundTo = ['referralPack', partner, practitioner, role, errand.request.view.purpose.code, id ?? list ?? ''];
  const { cursors } = errand.engine;
  const place = after == null ? null : cursors.read(after, boundTo);

  let page: Page;
  if (id != null) {
    const seen = await findPack(errand, id);
    if (!seen) return null;
    page = { rows: place ? [] : [seen], total: 1 };
  } else {
    const from = place && { arrivesAt: new Date(place.date), id: place.id };
    page = list === 'MINE' ? await mine(errand, from, size + 1) : await awaiting(errand, from);
  }
  const selection = errand.selection.get('edges')?.get('node');
  const shown = placePeople(errand, page.rows.slice(0, size), selection ?? undefined);
  const edges = await Promise.all(
    shown.map(async (placed) => ({
      cursor: cursors.write({ date: placed.pack.arrivesAt.toISOString(), id: placed.pack.id }, boundTo),
      node: selection ? await tellPack(errand, placed, selection) : null,
    })),
  );
  return {
    edges,
    pageInfo: {
      hasNextPage: page.rows.length > size,
      hasPreviousPage: place !== null,
      startCursor: edges[0]?.cursor ?? null,
      endCursor: edges.at(-1)?.cursor ?? null,
    },
    totalCount: page.total,
  };
}

interface Page {
  /** More than were asked for, where there are more. */
  readonly rows: readonly Seen[];
  /** Null for those who have no such list. */
  readonly total: number | null;
}

const NONE: Page = { rows: [], total: null };

async function mine(errand: Errand, after: ReferralCursor | null, limit: number): Promise<Page> {
  const { engine, request } = errand;
  if (!isSender(errand)) return NONE;
  const { openDays } = engine.policy.bundle.referrals;
  const { packs, total } = await engine.referrals.page({
    list: 'SENT_BY',
    partner: request.principal.partner,
    people: await caseload(errand),
    from: londonInstant(waitedForFrom(request.view.day, openDays), '00:00'),
    after,
    limit,
  });
  return { rows: await seenBy(errand, packs), total };
}

/** Who may see which of them is decided one by one: a provider has few. */
async function awaiting(errand: Errand, after: ReferralCursor | null): Promise<Page> {
  const { engine, request } = errand;
  if (!isProvider(errand)) return NONE;
  const { partner } = request.principal;
  const people = await engine.referrals.peopleSentTo(partner, LARGEST_QUEUE + 1);
  if (people.length > LARGEST_QUEUE) {
    throw new GatewayError('TOO_COMPLEX', `"referralPack" looks through ${LARGEST_QUEUE} packs at most.`);
  }
  const filter = { list: 'SENT_TO', partner, people, from: new Date(0), after: null, limit: LARGEST_QUEUE } as const;
  const { packs } = await engine.referrals.page(filter);
  const seen = await seenBy(errand, packs);
  const rows = seen.filter(({ pack, as }) => as === 'PROVIDER' && stateOf(pack, errand) === 'SENT');
  return { rows: after ? rows.filter(({ pack }) => isAfter(pack, after)) : rows, total: rows.length };
}

function isAfter(pack: ReferralCursor, cursor: ReferralCursor): boolean {
  const [at, from] = [pack.arrivesAt.getTime(), cursor.arrivesAt.getTime()];
  return at > from || (at === from && pack.id > cursor.id);
}
