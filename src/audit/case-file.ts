import type { Read } from './reading.ts';

/** Everything that any account saw of one person, or was refused, as far as the reader may read it. */
export interface CaseFile {
  readonly entries: readonly CaseFileEntry[];
  /** The policies that decided it, in the order in which they first did. */
  readonly policies: readonly {
    readonly policy: string;
    /** When it first and last decided something here. RFC 3339. */
    readonly first: string;
    readonly last: string;
  }[];
}

export type CaseFileEntry = Read & {
  /** False where the caller had gone before the answer was written. */
  readonly delivered: boolean;
};

/**
 * @param reads in the order of the log
 * @param lost ids of the requests whose answer did not reach the caller
 */
export function caseFile(reads: readonly Read[], lost: ReadonlySet<string>): CaseFile {
  const policies = new Map<string, { policy: string; first: string; last: string }>();
  for (const { policy, at } of reads) {
    if (policy === null) continue;
    const { first } = policies.get(policy) ?? { first: at };
    policies.set(policy, { policy, first, last: at });
  }
  return {
    entries: reads.map((read) => ({ ...read, delivered: isDelivered(read, lost) })),
    policies: [...policies.values()],
  };
}

export function isDelivered({ requestId }: Pick<Read, 'requestId'>, lost: ReadonlySet<string>): boolean {
  return requestId === null || !lost.has(requestId);
}
