import { GatewayError } from '../errors.ts';
import { restrictionReasons } from '../policy/restriction.ts';
import type { WorkItem } from '../record/governance.ts';
import { ANY_PARTNER, isOwnLine } from './break-glass-review.ts';
import type { Errand } from './errand.ts';
import { type Look, startLook } from './log/look.ts';
import { shownUnder } from './notices/shown-under.ts';

const LARGEST_PAGE = 100;

/**
 * The open items of the caller's partner, of the kinds in the role's queues; for the role that answers to the board, of
 * every partner.
 * @throws GatewayError BAD_USER_INPUT naming the kinds, or the limit
 */
export async function workItems(errand: Errand): Promise<object[]> {
  const { engine, request, args, selection } = errand;
  const { role } = request.view;
  const { kind, first } = args as { kind?: string | null; first?: number | null };
  if (kind != null && !role.queues.includes(kind)) {
    const kinds = [...role.queues].sort().join(', ');
    throw new GatewayError('BAD_USER_INPUT', `"kind" needs one of: ${kinds || 'none, your role has no queue'}.`);
  }
  const size = first ?? 50;
  if (size < 1 || size > LARGEST_PAGE) {
    throw new GatewayError('BAD_USER_INPUT', `"first" must be from 1 to ${LARGEST_PAGE}.`);
  }
  const kinds = kind == null ? role.queues : [kind];
  const partner = role.name === ANY_PARTNER ? null : request.principal.partner;
  const items = kinds.length > 0 ? await engine.governance.workItems(partner, kinds, size, request.principal) : [];
  const people = selection.has('person') ? await unrestrictedIds(errand, items) : new Map<string, string>();
  // One look into the log for all of them, and none where nothing of it is asked.
  let look: Promise<Look> | null = null;
  const lookIn = () => {
    look ??= startLook(errand, null);
    return look;
  };
  return Promise.all(
    items.map(async (item) => ({
      kind: item.kind,
      reference: item.reference,
      person: people.get(item.person ?? '') ?? null,
      openedAt: item.openedAt.toISOString(),
      dueAt: item.dueAt.toISOString(),
      review: selection.has('review') ? await reviewOf(errand, item, lookIn) : null,
    })),
  );
}

/** SHARE-06: an item about somebody restricted stays, and names them only to those whom the restriction lists. */
async function unrestrictedIds(
  { engine, request }: Errand,
  items: readonly WorkItem[],
): Promise<ReadonlyMap<string, string>> {
  const { principal, view } = request;
  const meant = [...new Set(items.flatMap(({ person }) => person ?? []))];
  const ids = await engine.subjects.opaqueIds(principal.partner, meant);
  const references = [...ids.values()].map((value) => ({ by: 'id', value }) as const);
  const account = `${principal.partner}/${principal.practitioner}`;
  const known = references.length > 0 ? await engine.subjects.read(principal, references, view.day) : [];
  return new Map(
    known.flatMap((facts) => {
      if (!facts) return [];
      const reader = { partner: principal.partner, account, teams: facts.callerTeams };
      const isOpen = restrictionReasons(facts, reader, view.day).every(({ outcome }) => outcome === 'pass');
      return isOpen ? [[facts.person, ids.get(facts.person) ?? ''] as const] : [];
    }),
  );
}

/** What was said stays with the partner whose practitioner said it, and there with those who review. */
async function reviewOf(
  errand: Errand,
  { kind, reference }: WorkItem,
  lookIn: () => Promise<Look>,
): Promise<object | null> {
  const { engine, request } = errand;
  const isReviewer = engine.policy.bundle.breakGlass.reviewers.includes(request.view.role.name);
  if (kind !== 'BREAK_GLASS_REVIEW' || !isReviewer) return null;
  const review = await engine.governance.review(reference);
  if (review === null) return null;
  const isOwnPartner = review.partner === request.principal.partner;
  if (!isOwnPartner && request.view.role.name !== ANY_PARTNER) return null;
  const { partner, practitioner, role, purpose, reason, textId, until, version } = review;
  const asked = errand.selection.get('review');
  return {
    ...{ partner, practitioner, role, purpose, reason, version },
    text: isOwnPartner && textId ? await engine.texts.read(textId) : null,
    until: until?.toISOString() ?? null,
    whyNot: asked?.has('whyNot') && (await isOwnLine(engine, request, review)) ? 'OWN_LINE' : null,
    shown: asked?.has('shown') ? await shownUnder(await lookIn(), review) : [],
  };
}
