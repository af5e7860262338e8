import { formatSubmission, type Submission } from '../audit/add-checkpoint.ts';

/** What a witness answered, before anything of it is believed. */
export type WitnessAnswer =
  | { readonly kind: 'lines'; readonly lines: string }
  /** The newest that it cosigned is of another size, or of the same and another tree; null where it does not say. */
  | { readonly kind: 'conflict'; readonly size: number | null }
  /** By its account the checkpoint does not go on from the one that it cosigned. */
  | { readonly kind: 'inconsistent' }
  | { readonly kind: 'failed'; readonly cause: 'refused' | 'unreachable' | 'wrong-answer' };

/** No answer is nearly as long, in bytes. */
const LONGEST_ANSWER = 64 * 1024;
const MILLISECONDS = 10_000;

/** One submission, as https://c2sp.org/tlog-witness has it. Throws nothing. @param url of the witness's prefix */
export async function submitCheckpoint(
  url: string,
  submission: Submission,
  signal: AbortSignal,
): Promise<WitnessAnswer> {
  try {
    const response = await fetch(`${url}/add-checkpoint`, {
      method: 'POST',
      headers: { 'content-type': 'text/plain; charset=utf-8' },
      body: formatSubmission(submission),
      redirect: 'error',
      signal: AbortSignal.any([signal, AbortSignal.timeout(MILLISECONDS)]),
    });
    const text = await readAnswer(response);
    if (response.status >= 500) return { kind: 'failed', cause: 'unreachable' };
    if (response.status === 422) return { kind: 'inconsistent' };
    if (response.status !== 200 && response.status !== 409) return { kind: 'failed', cause: 'refused' };
    if (text === null) return { kind: 'failed', cause: 'wrong-answer' };
    if (response.status === 200) return { kind: 'lines', lines: text };
    const size = /^(0|[1-9]\d*)\n$/.test(text) ? Number(text) : Number.NaN;
    return { kind: 'conflict', size: Number.isSafeInteger(size) ? size : null };
  } catch {
    return { kind: 'failed', cause: 'unreachable' };
  }
}

/** Null for one that is too long. */
async function readAnswer(response: Response): Promise<string | null> {
  const pieces: Uint8Array[] = [];
  let length = 0;
  for await (const piece of response.body ?? []) {
    length += piece.byteLength;
    if (length > LONGEST_ANSWER) return null;
    pieces.push(piece);
  }
  return Buffer.concat(pieces).toString();
}
