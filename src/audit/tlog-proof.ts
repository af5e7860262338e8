import { fromBase64 } from './note.ts';

/** A proof that can be given away with one entry: https://c2sp.org/tlog-proof. */
export interface TlogProof {
  readonly index: number;
  /** The hashes beside the leaf's way up to the root, lowest first. */
  readonly hashes: readonly Uint8Array[];
  /** The checkpoint that it leads to, as it was signed. */
  readonly note: string;
}

const FORMAT = 'c2sp.org/tlog-proof@v1';
/** As many levels as there are bits in the largest index. */
const MOST_HASHES = 63;

export function formatTlogProof({ index, hashes, note }: TlogProof): string {
  const lines = hashes.map((hash) => `${Buffer.from(hash).toString('base64')}\n`);
  return `${FORMAT}\nindex ${index}\n${lines.join('')}\n${note}`;
}

/** Null for a text that is none. Its `extra` line, which says nothing that can be checked, is passed over. */
export function parseTlogProof(text: string): TlogProof | null {
  const end = text.indexOf('\n\n');
  const [format, ...lines] = text.slice(0, end).split('\n');
  if (end < 0 || format !== FORMAT) return null;
  if (lines[0]?.startsWith('extra ')) lines.shift();
  const [, digits] = /^index (0|[1-9]\d{0,15})$/.exec(lines.shift() ?? '') ?? [];
  const hashes = lines.map(fromBase64).filter((hash) => hash?.length === 32) as Uint8Array[];
  if (digits === undefined || hashes.length !== lines.length || hashes.length > MOST_HASHES) return null;
  return { index: Number(digits), hashes, note: text.slice(end + 2) };
}
