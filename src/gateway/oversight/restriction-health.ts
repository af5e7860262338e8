import type { RestrictionPolicy } from '../../policy/bundle.ts';
import type { ListHealth } from '../../record/restriction-health.ts';
import { ANY_PARTNER } from '../break-glass-review.ts';
import type { Errand } from '../errand.ts';

const HOUR = 3_600_000;

/**
 * How the lists of restrictions come: to an owner's officer their own, with how many of its records want something; to
 * the lead everybody's, without a number that would count people.
 * @throws GatewayError STORE_UNAVAILABLE
 */
export async function restrictionHealth({ engine, request }: Errand): Promise<object[]> {
  const { principal, view, now } = request;
  const isLead = view.role.name === ANY_PARTNER;
  const owners = [...engine.policy.bundle.restrictions].filter(([owner]) => isLead || owner === principal.partner);
  if (owners.length === 0) return [];
  const lists = await engine.restrictionHealth.lists();
  return Promise.all(
    owners.map(async ([owner, agreed]) => {
      const list = lists.find((each) => each.owner === owner) ?? NEVER;
      const isOwn = owner === principal.partner;
      const faults = isOwn ? await engine.restrictionHealth.faults(owner, view.day) : null;
      return {
        owner,
        ...healthOf(list, agreed, now),
        unreadable: faults?.unreadable ?? null,
        unresolved: faults?.unresolved ?? null,
        ring: agreed.page,
      };
    }),
  );
}

const NEVER: Omit<ListHealth, 'owner'> = { asOf: null, receivedAt: null, problem: null };

function healthOf(
  { asOf, receivedAt, problem }: Omit<ListHealth, 'owner'>,
  { freshnessHours }: Pick<RestrictionPolicy, 'freshnessHours'>,
  now: Date,
) {
  const old = asOf && new Date(asOf.getTime() + freshnessHours * HOUR);
  const staleSince = old && old < now ? old : null;
  const state = asOf === null ? 'NEVER' : problem !== null ? 'REFUSED' : staleSince ? 'STALE' : 'FRESH';
  return {
    state,
    asOf: asOf?.toISOString() ?? null,
    receivedAt: receivedAt?.toISOString() ?? null,
    freshnessHours,
    staleSince: staleSince?.toISOString() ?? null,
    problem,
  };
}
