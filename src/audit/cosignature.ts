import { sign, verify } from 'node:crypto';
import {
  COSIGNATURE,
  formatSignature,
  generateKey,
  NoteError,
  parseSigner,
  parseVkeyOf,
  type Signer,
  splitNote,
  type Verifier,
} from './note.ts';

/** Cosignatures of checkpoints: https://c2sp.org/tlog-cosignature, the type with Ed25519. */

/** What a witness said of a checkpoint: that no larger tree of this log was known to it then, and none that differs. */
export interface Cosignature {
  readonly cosigner: Verifier;
  /** In seconds since 1970, by the witness's clock. */
  readonly time: number;
  /** Its line under the note. */
  readonly line: string;
}

const TIME_BYTES = 8;

/** The line of a witness under a checkpoint's text. @param time in whole seconds since 1970 */
export function cosign(text: string, signer: Signer, time: number): string {
  const seconds = Buffer.alloc(TIME_BYTES);
  seconds.writeBigUInt64BE(BigInt(time));
  const signature = sign(null, message(text, BigInt(time)), signer.key);
  return formatSignature(parseCosigner(signer.vkey), Buffer.concat([seconds, signature]));
}

/**
 * What those of `cosigners` said whose lines are under a note, the last of each that has several. Lines of other keys are
 * passed over.
 * @throws NoteError `malformed`; `bad-signature` of a key that we know
 */
export function cosignaturesOf(note: string, cosigners: readonly Verifier[]): Cosignature[] {
  const { text, signatures } = splitNote(note);
  const found = new Map<Verifier, Cosignature>();
  for (const { name, id, signature } of signatures) {
    const cosigner = cosigners.find((known) => known.name === name && known.id === id);
    if (cosigner === undefined) continue;
    const time = signature.length > TIME_BYTES ? signature.readBigUInt64BE() : -1n;
    const known = time >= 0n && time <= BigInt(Number.MAX_SAFE_INTEGER);
    if (!known || !verify(null, message(text, time), cosigner.key, signature.subarray(TIME_BYTES))) {
      throw new NoteError('bad-signature', `the cosignature of ${name} is not one of this text`);
    }
    found.set(cosigner, { cosigner, time: Number(time), line: formatSignature(cosigner, signature) });
  }
  return [...found.values()];
}

/** What verifies a witness. @throws NoteError `malformed`, for the key of a log too */
export function parseCosigner(vkey: string): Verifier {
  return parseVkeyOf(COSIGNATURE, vkey);
}

/** A witness's key, from its line. @throws NoteError `malformed`, without repeating the text, for the key of a log too */
export function parseCosigningKey(line: string): Signer {
  return parseSigner(line, COSIGNATURE);
}

/** A new key for a witness. @throws NoteError for a name that no key can have */
export function generateCosigningKey(name: string): ReturnType<typeof generateKey> {
  return generateKey(name, COSIGNATURE);
}

function message(text: string, time: bigint): Buffer {
  return Buffer.from(`cosignature/v1\ntime ${time}\n${text}`);
}
