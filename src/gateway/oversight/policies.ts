import { diffPolicies } from '../../policy/report/diff.ts';
import type { Errand } from '../errand.ts';

/**
 * The policy that is proposed in the place of the one in force: what is wrong with it, or how the two differ.
 * @throws GatewayError STORE_UNAVAILABLE
 */
export async function proposedPolicy({ engine }: Errand): Promise<object | null> {
  const proposal = await engine.proposal();
  if (proposal === null) return null;
  const { bundle, record } = engine.policy;
  const { policy, problems } = proposal;
  const inForce = bundle.hash;
  if (policy === null) return { hash: null, inForce, problems, approved: false, widens: false, changes: [] };
  const { hash } = policy.bundle;
  const { widens, changes } = diffPolicies({ bundle, record }, policy);
  const approved = (await engine.approvals()).some((approval) => approval.hash === hash);
  return {
    hash,
    inForce,
    problems,
    approved,
    widens,
    changes: changes.map(({ kind, sentence, handling }) => ({ kind, sentence, handling })),
  };
}

/** Which policies governance approved, newest first. */
export async function policyApprovals({ engine }: Errand): Promise<object[]> {
  const approvals = await engine.approvals();
  return approvals
    .map((approval) => ({ ...approval, inForce: approval.hash === engine.policy.bundle.hash }))
    .toSorted((one, other) => (one.date < other.date ? 1 : one.date > other.date ? -1 : 0));
}
