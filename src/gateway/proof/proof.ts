import type { LogTree } from '../../audit/tree-proofs.ts';
import type { Verifications } from '../../record/verification.ts';

/** What bears the log out, to whoever may ask. */
export interface LogProof {
  /** The public keys of the log as vkeys: the one that signs now, then those before it. */
  readonly keys: readonly [string, ...string[]];
  /** Null where none are configured. */
  readonly witnesses: {
    readonly need: number;
    readonly witnesses: readonly { readonly name: string; readonly vkey: string }[];
  } | null;
  /** The newest signed checkpoint, with what witnesses signed under it; null before the first. */
  checkpoint(): string | null;
  /** Null where the gateway has no login that may read the log. */
  readonly tree: LogTree | null;
  readonly verifications: Verifications;
  /** Runs a check, in the background, that was kept as started. */
  verify(id: string): void;
}
