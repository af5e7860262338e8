import { parseSubmission } from '../audit/add-checkpoint.ts';
import { type Checkpoint, parseCheckpoint } from '../audit/checkpoint.ts';
import { cosign } from '../audit/cosignature.ts';
import { formatSignature, NoteError, openNote, type Signer, splitNote, type Verifier } from '../audit/note.ts';
import { verifyConsistency } from '../audit/proof.ts';
import { EMPTY, rootOf } from '../audit/tree.ts';
import type { Clock } from '../clock.ts';
import type { States } from './states.ts';

/** Cosigns the checkpoints of logs, each log's only as it grows: https://c2sp.org/tlog-witness. */
export interface Witness {
  /** What a log submitted. Whatever it answers is true on disk. @throws StateError, after which nothing was cosigned */
  add(body: string): Answer;
  /** The newest checkpoint that it cosigned of a log, by the SHA-256 of the log's name in hexadecimal; null for none. */
  newest(originHash: string): string | null;
}

export type Answer =
  | { readonly status: 200; readonly lines: string }
  | { readonly status: 400 | 403 | 404 | 422; readonly why: string }
  /** Another size than the log believes is the newest that was cosigned. */
  | { readonly status: 409; readonly size: number };

export interface WitnessOptions {
  readonly signer: Signer;
  /** The keys of each log, by its name. */
  readonly logs: ReadonlyMap<string, readonly Verifier[]>;
  readonly states: States;
  readonly clock: Clock;
}

export function createWitness({ signer, logs, states, clock }: WitnessOptions): Witness {
  return {
    newest: (originHash) => states.read(originHash)?.note ?? null,
    /** In one step from reading the state to having written it: nothing comes between in this process. */
    add(body) {
      const submission = parseSubmission(body);
      if (submission === null) return refuse(400, 'send "old <size>", the proof, an empty line and the checkpoint');
      const { old, proof, note } = submission;
      const opened = open(note, logs);
      if ('status' in opened) return opened;
      const { checkpoint, text, signatures } = opened;
      if (old > checkpoint.size) return refuse(400, 'the old size is larger than that of the checkpoint');
      const state = states.of(checkpoint.origin);
      const known = state.checkpoint ?? { size: 0, root: rootOf(EMPTY) };
      if (old !== known.size) return { status: 409, size: known.size };
      if (!follows(proof, known, checkpoint)) {
        return refuse(422, 'the checkpoint is not shown to be of a log that begins as the one cosigned before');
      }
      const lines = cosign(text, signer, Math.floor(clock.now().getTime() / 1000));
      // Another process on the same folder was faster: it may have cosigned something else.
      if (!state.advance(`${text}\n${signatures}${lines}`)) {
        return { status: 409, size: states.of(checkpoint.origin).checkpoint?.size ?? 0 };
      }
      return { status: 200, lines };
    },
  };
}

interface Opened {
  readonly checkpoint: Checkpoint;
  readonly text: string;
  /** The lines of the log's keys, and no others. */
  readonly signatures: string;
}

/** The checkpoint of a note that one of its log's keys signed. */
function open(note: string, logs: WitnessOptions['logs']): Opened | (Answer & { status: 400 | 403 | 404 }) {
  try {
    const { text, signatures } = splitNote(note);
    const checkpoint = parseCheckpoint(text);
    if (checkpoint === null) return refuse(400, 'the note is no checkpoint: origin, size and root, a line each');
    const keys = logs.get(checkpoint.origin);
    if (keys === undefined) return refuse(404, 'this log is not one of those that are witnessed here');
    const lines = openNote(note, keys).signedBy.map(({ name, id }) => {
      const found = signatures.find((line) => line.name === name && line.id === id);
      return found === undefined ? '' : formatSignature(found, found.signature);
    });
    return { checkpoint, text, signatures: lines.join('') };
  } catch (error) {
    if (!(error instanceof NoteError)) throw error;
    return refuse(error.why === 'malformed' ? 400 : 403, error.message);
  }
}

/** RFC 6962 section 2.1.2. Of the empty tree every other is the continuation, without a proof. */
function follows(
  proof: readonly Uint8Array[],
  older: Pick<Checkpoint, 'size' | 'root'>,
  newer: Pick<Checkpoint, 'size' | 'root'>,
): boolean {
  if (newer.size === 0 && Buffer.compare(newer.root, rootOf(EMPTY)) !== 0) return false;
  return verifyConsistency(proof, older, newer);
}

function refuse<Status extends 400 | 403 | 404 | 422>(status: Status, why: string) {
  return { status, why } as const;
}
