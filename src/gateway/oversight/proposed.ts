import { PolicyError } from '../../policy/load/error.ts';
import { formatProblem } from '../../record/problem.ts';
import type { PolicyInForce } from '../policy.ts';

/** What stands in the folder of the proposed policy. */
export interface Proposal {
  /** Null where it has problems. */
  readonly policy: PolicyInForce | null;
  /** `file:line:column message` */
  readonly problems: readonly string[];
}

/** As of the policy in force, but for another folder. */
export interface ProposalSource {
  print(): Promise<string>;
  /** @throws PolicyError with every problem of the files */
  load(): Promise<PolicyInForce>;
}

/**
 * Reads the proposed policy when somebody asks for it, and anew only once its files have changed.
 * @param source null where none is proposed
 */
export function keepProposal(source: ProposalSource | null): () => Promise<Proposal | null> {
  let kept: { readonly print: string; readonly proposal: Proposal } | null = null;
  return async () => {
    if (source === null) return null;
    const print = await source.print();
    if (kept?.print !== print) kept = { print, proposal: await read(source) };
    return kept.proposal;
  };
}

async function read(source: ProposalSource): Promise<Proposal> {
  try {
    return { policy: await source.load(), problems: [] };
  } catch (error) {
    if (!(error instanceof PolicyError)) throw error;
    return { policy: null, problems: error.problems.map(formatProblem) };
  }
}
