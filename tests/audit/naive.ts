import { createHash, createPublicKey, verify } from 'node:crypto';

/** A second verifier, written from the formats alone: all in memory, by definition and not by method. Shares nothing. */

/** A bundle as its files would be. */
export interface Files {
  readonly entries: Buffer;
  readonly checkpoint: string;
  readonly range?: string | undefined;
  readonly earlier: readonly { readonly name: string; readonly note: string }[];
}

/** `outside`: the trusted checkpoint is of what the part does not have. */
export type Finding = 'good' | 'tampered' | 'truncated' | 'key' | 'outside';

/**
 * MTH of RFC 6962 section 2.1, as it is written there.
 * @param known hashes of trees whose leaves are not at hand, by their ends, such as `0-4`
 */
export function treeHash(
  leaves: readonly Uint8Array[],
  known: ReadonlyMap<string, Uint8Array> = new Map(),
  at = 0,
): Buffer {
  const sha256 = (...parts: readonly Uint8Array[]) => createHash('sha256').update(Buffer.concat(parts)).digest();
  const told = known.get(`${at}-${at + leaves.length}`);
  if (told !== undefined) return Buffer.from(told);
  const [only] = leaves;
  if (only === undefined) return sha256();
  if (leaves.length === 1) return sha256(Buffer.of(0), only);
  let k = 1;
  while (k * 2 < leaves.length) k *= 2;
  return sha256(Buffer.of(1), treeHash(leaves.slice(0, k), known, at), treeHash(leaves.slice(k), known, at + k));
}

export function findingOf({ entries, checkpoint, range, earlier }: Files, vkey: string, since?: string): Finding {
  const newest = readNote(checkpoint, vkey);
  if (typeof newest === 'string') return newest;
  const trusted = since === undefined ? null : readNote(since, vkey);
  if (typeof trusted === 'string') return 'key';
  const before = range === undefined ? { from: 0, known: new Map() } : readRange(range, newest);
  if (before === null) return 'tampered';
  const { from, known } = before;
  if (trusted !== null && from > 0 && (trusted.size < from || trusted.size > newest.size)) return 'outside';
  const older = earlier.map(({ note }) => readNote(note, vkey));

  const lines = entries.toString('latin1').split('\n');
  const whole = lines.pop() === '';
  const here = lines.map((line) => Buffer.from(line, 'latin1'));
  const leaves = [...Array.from({ length: from }, () => Buffer.of()), ...here];
  const rootAt = (size: number) => treeHash(leaves.slice(0, size), known).toString('base64');
  const agrees = (point: Point) => point.size > leaves.length || rootAt(point.size) === point.root;

  let last = from - 1;
  for (const [i, point] of older.entries()) {
    if (typeof point === 'string') return point;
    if (String(point.size) !== earlier[i]?.name || point.size <= last || point.size > newest.size) return 'tampered';
    last = point.size;
  }
  if (!whole || !here.every(isEntry) || leaves.length > newest.size) return 'tampered';
  const points = [
    ...older.filter((point) => typeof point !== 'string'),
    newest,
    ...(trusted === null ? [] : [trusted]),
  ];
  if (!points.every(agrees)) return 'tampered';
  if (trusted !== null && leaves.length < trusted.size) return 'truncated';
  return leaves.length === newest.size ? 'good' : 'tampered';
}

/** Hashes of the trees that the first entries make up, each as large as it can be. */
function readRange(range: string, newest: Point): { from: number; known: ReadonlyMap<string, Uint8Array> } | null {
  const [origin, size = '', ...lines] = range.split('\n');
  const from = Number(size);
  if (origin !== newest.origin || !/^[1-9][0-9]*$/.test(size) || from >= newest.size || lines.pop() !== '') return null;
  const known = new Map<string, Uint8Array>();
  let at = 0;
  for (const line of lines) {
    let leaves = 1;
    while (leaves * 2 <= from - at) leaves *= 2;
    const hash = Buffer.from(line, 'base64');
    if (at === from || hash.length !== 32 || hash.toString('base64') !== line) return null;
    known.set(`${at}-${at + leaves}`, hash);
    at += leaves;
  }
  return at === from ? { from, known } : null;
}

interface Point {
  readonly origin: string;
  readonly size: number;
  readonly root: string;
}

function readNote(note: string, vkey: string): Point | 'tampered' | 'key' {
  const [name = '', id = '', ...rest] = vkey.split('+');
  const key = Buffer.from(rest.join('+'), 'base64').subarray(1);
  const spki = Buffer.concat([Buffer.from('302a300506032b6570032100', 'hex'), key]);
  const publicKey = createPublicKey({ key: spki, format: 'der', type: 'spki' });

  const split = note.lastIndexOf('\n\n');
  const lines = note.slice(split + 2).split('\n');
  const isWhole = split >= 0 && lines.pop() === '' && lines.length > 0;
  // biome-ignore lint/suspicious/noControlCharactersInRegex: the format forbids them
  if (!isWhole || /[\x00-\x09\x0b-\x1f\x7f-\x9f]/.test(note)) return 'tampered';
  const text = note.slice(0, split + 1);
  let signed = false;
  let bad = false;
  for (const line of lines) {
    const words = line.split(' ');
    const bytes = Buffer.from(words[2] ?? '', 'base64');
    const malformed = words.length !== 3 || words[0] !== '—' || words[1] === '' || words[1]?.includes('+');
    if (malformed || bytes.toString('base64') !== words[2] || bytes.length < 5) return 'tampered';
    if (words[1] !== name || bytes.subarray(0, 4).toString('hex') !== id) continue;
    if (!signed) bad ||= !verify(null, Buffer.from(text), publicKey, bytes.subarray(4));
    signed ||= !bad;
  }
  if (bad) return 'tampered';
  if (!signed) return 'key';
  const [origin, size = '', root = ''] = text.split('\n');
  const sound = /^(0|[1-9][0-9]*)$/.test(size) && Buffer.from(root, 'base64').length === 32;
  if (!sound || !text.endsWith('\n')) return 'tampered';
  return origin === name ? { origin, size: Number(size), root } : 'key';
}

/** One JSON object, in UTF-8, in which every object's keys ascend and nothing could have been written otherwise. */
function isEntry(line: Uint8Array): boolean {
  const text = Buffer.from(line).toString();
  if (!Buffer.from(text).equals(line) || !text.startsWith('{')) return false;
  try {
    return JSON.stringify(inOrder(JSON.parse(text))) === text;
  } catch {
    return false;
  }
}

/** The same, if its keys ascend. @throws where they do not, or for what no entry may hold */
function inOrder(value: unknown): unknown {
  if (typeof value === 'number' && !Number.isSafeInteger(value)) throw new Error('number');
  if (typeof value === 'string' && !value.isWellFormed()) throw new Error('text');
  if (typeof value !== 'object' || value === null) return value;
  Object.values(value).map(inOrder);
  const keys = Object.keys(value);
  if (!Array.isArray(value) && keys.some((key, i) => i > 0 && key <= (keys[i - 1] ?? ''))) throw new Error('order');
  return value;
}
