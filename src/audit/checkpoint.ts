import { fromBase64 } from './note.ts';

/** What the log was at one moment: https://c2sp.org/tlog-checkpoint. */
export interface Checkpoint {
  /** The name of the log, and of the key that signs for it. */
  readonly origin: string;
  /** How many entries. */
  readonly size: number;
  /** 32 bytes. */
  readonly root: Uint8Array;
}

/** The text to be signed: origin, size and root, a line each. */
export function formatCheckpoint({ origin, size, root }: Checkpoint): string {
  return `${origin}\n${size}\n${Buffer.from(root).toString('base64')}\n`;
}

/** The checkpoint that the text of a note says. Lines after the third are passed over, as the format asks; null for no checkpoint. */
export function parseCheckpoint(text: string): Checkpoint | null {
  const [, origin = '', digits = '', base64 = ''] = /^(.+)\n(0|[1-9]\d*)\n(.+)\n(?:.+\n)*$/u.exec(text) ?? [];
  const [size, root] = [Number(digits), fromBase64(base64)];
  return origin === '' || !Number.isSafeInteger(size) || root?.length !== 32 ? null : { origin, size, root };
}
