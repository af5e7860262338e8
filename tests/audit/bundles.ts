import { canonicalBytes } from '../../src/audit/canonical.ts';
import { formatCheckpoint } from '../../src/audit/checkpoint.ts';
import { generateKey, parseSigner, type Signer, signNote } from '../../src/audit/note.ts';
import { formatRange } from '../../src/audit/range.ts';
import { EMPTY, extend, type Frontier, leafHash, rootOf } from '../../src/audit/tree.ts';
import type { Files } from './naive.ts';

export const LOG = 'log.example/throughgate';

const ours = generateKey(LOG);
export const VKEY = ours.vkey;
export const SIGNER = parseSigner(ours.privateKey);
/** Somebody else's, of the same name. */
export const FORGER = parseSigner(generateKey(LOG).privateKey);

/** Entries as a log has them; `seed` makes other ones. */
export function linesOf(count: number, seed = 0): string[] {
  return Array.from({ length: count }, (_, i) => {
    const id = `00000000-0000-4000-8000-${String(seed * 1_000_000 + i).padStart(12, '0')}`;
    const entry = {
      v: 1,
      id,
      kind: 'disclosure',
      at: new Date(i * 1000).toISOString(),
      released: ['é', `T.f${i % 3}`],
    };
    return Buffer.from(canonicalBytes(entry)).toString();
  });
}

/** The checkpoint of the first `size` lines. */
export function noteAt(lines: readonly string[], size: number, signer: Signer = SIGNER): string {
  const tree = treeOf(lines.slice(0, size));
  return signNote(formatCheckpoint({ origin: signer.name, size, root: rootOf(tree) }), signer);
}

export function bundleOf(lines: readonly string[], checkpoints: readonly number[], signer: Signer = SIGNER): Files {
  return {
    entries: Buffer.from(lines.map((line) => `${line}\n`).join('')),
    checkpoint: noteAt(lines, lines.length, signer),
    earlier: checkpoints.map((size) => ({ name: String(size), note: noteAt(lines, size, signer) })),
  };
}

/** Those from one place on, with what came before them. */
export function partOf(lines: readonly string[], from: number, checkpoints: readonly number[]): Files {
  return {
    ...bundleOf(lines, checkpoints),
    entries: Buffer.from(
      lines
        .slice(from)
        .map((line) => `${line}\n`)
        .join(''),
    ),
    range: rangeAt(lines, from),
  };
}

export function rangeAt(lines: readonly string[], from: number, origin = LOG): string {
  return formatRange({ origin, tree: treeOf(lines.slice(0, from)) });
}

function treeOf(lines: readonly string[]): Frontier {
  return extend(
    EMPTY,
    lines.map((line) => leafHash(Buffer.from(line))),
  );
}
