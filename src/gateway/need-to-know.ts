import { GatewayError } from '../errors.ts';
import { addDays } from '../record/day.ts';
import type { Errand } from './errand.ts';
import { releaseDate } from './release-date.ts';
import { RELEASE_DATE } from './roots.ts';
import { subjectsOf } from './subjects-of.ts';

const LONGEST_DAYS = 366;
/** Restricted people of one owner who are looked through, at most. */
const LARGEST_LIST = 2_000;

/**
 * Whom the caller's partner restricts, and who will be released soon to people of whom nobody is listed. Only those whose
 * record is open to the caller are in it, with partners of whose sections the view may know; their dates are asked of
 * prison like those of `releases`.
 * @throws GatewayError BAD_USER_INPUT, or TOO_COMPLEX for more people than can be looked through
 */
export async function needToKnow({ engine, request, root, args, ask, place }: Errand): Promise<object[]> {
  const { policy, governance } = engine;
  const { principal, view } = request;
  const agreed = policy.bundle.restrictions.get(principal.partner);
  const days = (args['withinDays'] as number | null | undefined) ?? agreed?.needToKnowDays ?? 0;
  if (days < 1 || days > LONGEST_DAYS) {
    if (agreed) throw new GatewayError('BAD_USER_INPUT', `"withinDays" must be from 1 to ${LONGEST_DAYS}.`);
    throw new GatewayError('BAD_USER_INPUT', 'Your partner asserts no restrictions.');
  }
  const notListed = await governance.whoIsNotListed(principal.partner, view.day, LARGEST_LIST + 1);
  if (notListed.length > LARGEST_LIST) {
    throw new GatewayError('TOO_COMPLEX', `"needToKnow" looks through ${LARGEST_LIST} restricted people at most.`);
  }
  const waiting = notListed
    .map(({ person, parties }) => ({ person, parties: parties.filter(({ partner }) => mayBeKnown(partner)) }))
    .filter(({ parties }) => parties.length > 0);
  const found = await subjectsOf(
    { engine, request },
    waiting.map(({ person }) => person),
  );
  const until = addDays(view.day, days);
  const rows = await Promise.all(
    waiting.map(async ({ parties }, index) => {
      const subject = found[index];
      if (!subject?.decision.permitted) return [];
      const released = await releaseDate(subject, ask, root);
      if (released === null || released.date < view.day || released.date > until) return [];
      return [{ subject, released, parties, person: subject.id }];
    }),
  );
  const soon = rows.flat().sort((a, b) => compare(a.released.date, b.released.date) || compare(a.person, b.person));
  root.subjects = soon.map(({ subject }) => subject);
  root.nodes = soon.map(({ subject, released }) => {
    const node = place(subject, new Map());
    // To be in the list tells that the date is near.
    root.told.set(node, [`${released.holder}|${RELEASE_DATE.type}.${RELEASE_DATE.field}`]);
    return node;
  });
  return soon.map(({ person, parties }) => ({ person, parties }));

  /** That a treatment service works with somebody tells that there is treatment, which the view may not know. */
  function mayBeKnown(partner: string): boolean {
    const sources = policy.territory.holders.filter(({ code }) => code === partner).map(({ source }) => source);
    const known = [...view.sections.values()].filter(({ existence }) => existence === 'open');
    return sources.length === 0 || known.some(({ source }) => sources.includes(source));
  }
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
