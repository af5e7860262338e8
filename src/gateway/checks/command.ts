import type { Command, KeptCommand } from '../../record/checks.ts';
import type { SealedText } from '../../record/governance.ts';
import type { Errand } from '../errand.ts';
import { readIdempotencyKey } from '../input.ts';
import type { Deed, SentMessage } from '../scope.ts';

/** What is kept of a command as its result: enough to record it again, and to answer it again. No value is in it. */
export interface KeptResult {
  /** As whom, and for what. */
  readonly role: string;
  readonly purpose: string;
  /** Of a check, or of the command where it is about many. */
  readonly reference: string;
  readonly text: Pick<SealedText, 'id' | 'commitment'> | null;
  /** What is to be recorded: the store forgets it once it is (`Checks.activate`). */
  readonly messages: readonly SentMessage[];
  /** Of `requestChecks`. */
  readonly people?: readonly KeptPerson[];
}

export interface KeptPerson {
  /** The opaque id. */
  readonly person: string;
  readonly code: string | null;
  readonly allowedNow: readonly string[];
  readonly checks: readonly string[];
  readonly choices: readonly object[];
  readonly notAsked: readonly { readonly type: string; readonly responder: string; readonly code: string }[];
}

/** An action that may be sent again, and what was kept of it if it was done before. */
export interface Repeatable {
  readonly kept: KeptCommand | null;
  /** The key was used for something else. */
  readonly isReused: boolean;
  keep(result: KeptResult): Command;
}

/**
 * @param input of the mutation, in the order of the schema
 * @throws GatewayError BAD_USER_INPUT
 */
export async function repeatable(
  { engine, request, root }: Errand,
  { idempotencyKey, ...input }: { readonly idempotencyKey: string },
): Promise<Repeatable> {
  const { partner, practitioner } = request.principal;
  const field = root.field.name;
  const hashes = request.pseudonyms.everyOfIdentifier(`input:${field}`, JSON.stringify(input)).map(({ ref }) => ref);
  const of = { partner, practitioner, idempotencyKey: readIdempotencyKey(idempotencyKey) };
  const kept = await engine.checks.command(of);
  return {
    kept,
    isReused: kept !== null && !(kept.field === field && hashes.includes(kept.input) && isSamePurpose(kept)),
    keep: (result) => ({ ...of, id: request.requestId, field, input: hashes.at(-1) ?? '', result }),
  };

  /** What is left out is filled in by the purpose: for another, the same words ask for something else. */
  function isSamePurpose(command: Command): boolean {
    return resultOf(command).purpose === request.view.purpose.code;
  }
}

export function resultOf({ result }: Command): KeptResult {
  return result as KeptResult;
}

/** What was done, for the log. Of what was recorded before, nothing new was written or told. */
export function deedOf({ reference, text, messages }: KeptResult, isRecorded = false): Deed {
  const written = text && { ...text, epoch: 0, sealed: new Uint8Array() };
  return {
    kind: 'message',
    ok: true,
    code: null,
    reference,
    messages: isRecorded ? [] : messages,
    text: isRecorded ? null : written,
  };
}
