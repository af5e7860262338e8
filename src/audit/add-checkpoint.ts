import { fromBase64 } from './note.ts';

/** What a log sends to a witness: the body of `add-checkpoint` in https://c2sp.org/tlog-witness. */
export interface Submission {
  /** The size that the witness has cosigned, as the log believes. */
  readonly old: number;
  /** Shows that the checkpoint's tree began as the one of that size. */
  readonly proof: readonly Uint8Array[];
  /** The checkpoint, signed by the log. */
  readonly note: string;
}

/** Enough for every tree. */
const MOST_HASHES = 63;

export function formatSubmission({ old, proof, note }: Submission): string {
  return `old ${old}\n${proof.map((hash) => `${Buffer.from(hash).toString('base64')}\n`).join('')}\n${note}`;
}

/** Null for a text that is none; the note is not looked at. */
export function parseSubmission(text: string): Submission | null {
  const end = text.indexOf('\n\n');
  const [first = '', ...lines] = text.slice(0, Math.max(end, 0)).split('\n');
  const old = /^old (0|[1-9]\d*)$/.test(first) ? Number(first.slice(4)) : Number.NaN;
  const proof = lines.map(fromBase64).filter((hash) => hash?.length === 32) as Uint8Array[];
  if (!Number.isSafeInteger(old) || proof.length !== lines.length || lines.length > MOST_HASHES) return null;
  return { old, proof, note: text.slice(end + 2) };
}
