import { GatewayError } from '../../errors.ts';
import type { CheckType } from '../../record/checks.ts';
import type { Errand } from '../errand.ts';
import { findCheck, namedPeople } from './find.ts';
import { cut, type List, type Page, pageOf } from './pages.ts';
import { seenAs } from './standing.ts';
import { addPlace, placePeople, tellChecks } from './told.ts';

interface ListArguments {
  readonly list: List;
  readonly person?: string | null;
  readonly type?: CheckType | null;
  readonly first?: number | null;
  readonly after?: string | null;
}

const LARGEST_PAGE = 100;

/** One check, or null where there is none or it is not the caller's business (SHARE-04). */
export async function check(errand: Errand): Promise<object | null> {
  const seen = await findCheck(errand, { check: errand.args['id'] as string });
  if (!seen) return null;
  const places = placePeople(errand, [seen], errand.selection);
  const [told] = await tellChecks(errand, [seen], places, errand.selection);
  return told ?? null;
}

/**
 * Checks that are the caller's business. To those who ask and who answer soonest due first, with how many there are; to
 * others in an order that tells nothing. Null where the person who is named may not be shown: an empty list would say
 * that there is no check of them.
 * @throws GatewayError BAD_USER_INPUT, or TOO_COMPLEX for more people than can be looked through
 */
export async function checks(errand: Errand): Promise<object | null> {
  const { engine, request, root } = errand;
  const { list, person, type, first, after } = errand.args as unknown as ListArguments;
  const size = first ?? 50;
  if (size < 1 || size > LARGEST_PAGE) {
    throw new GatewayError('BAD_USER_INPUT', `"first" must be from 1 to ${LARGEST_PAGE}.`);
  }
  if (list === 'OF_PERSON' && person == null) {
    throw new GatewayError('BAD_USER_INPUT', '"list: OF_PERSON" needs "person".');
  }
  const { partner, practitioner, role } = request.principal;
  const boundTo = ['checks', partner, practitioner, role, request.view.purpose.code, list, person ?? '', type ?? ''];
  const place = after == null ? null : engine.cursors.read(after, boundTo);
  const from = { type: type ?? null, after: place && { dueAt: new Date(place.date), id: place.id }, limit: size + 1 };

  let page: Page;
  if (person != null) {
    const [subject] = await namedPeople(errand, [person]);
    if (!subject) throw new Error('somebody who was named is not there');
    const known = await engine.checks.ofPeople(subject.facts ? [subject.facts.person] : [], { closed: true });
    const seen = known.flatMap((each) => seenAs(errand, each, subject));
    if (seen.length === 0 && !subject.decision.permitted) {
      addPlace(root, subject, null);
      return null;
    }
    page = cut(errand, seen, list, from);
  } else page = await pageOf(errand, list, from);

  const selection = errand.selection.get('edges')?.get('node') ?? undefined;
  const shown = page.rows.slice(0, size);
  const places = placePeople(errand, shown, selection);
  const told = await tellChecks(errand, shown, places, selection);
  const edges = shown.map(({ check, dueAt }, index) => ({
    cursor: engine.cursors.write({ date: dueAt.toISOString(), id: check.id }, boundTo),
    node: told[index],
  }));
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
