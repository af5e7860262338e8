import process from 'node:process';
import { parseCheckpoint } from '../audit/checkpoint.ts';
import { LineError, linesOf } from '../audit/lines.ts';
import { inclusionProof, verifyInclusion } from '../audit/proof.ts';
import { leafHash } from '../audit/tree.ts';
import { openBundle } from './audit-bundle.ts';
import { type Command, EXIT, UsageError, wholeNumber } from './command.ts';

const TAMPERED = 2;

export const auditProveCommand: Command = {
  name: 'audit prove',
  summary: 'Print the proof that one entry is in the log, to give away with the entry and nothing else.',
  options: {
    bundle: { value: 'DIR', text: 'What `audit export --format bundle` wrote.' },
    entry: { value: 'ID', text: 'The entry, by its id.' },
    index: { value: 'N', text: 'The entry, by its place, counted from 0.' },
  },
  details: [
    'The proof is one of https://c2sp.org/tlog-proof: the place, the hashes beside its way up, the checkpoint.',
  ],
  exitCodes: {
    [EXIT.ok]: 'printed',
    [EXIT.usage]: 'wrong command line, no such entry, or a file that cannot be read',
    [TAMPERED]: 'the entries are not those of the checkpoint: see `audit verify`',
  },
  run: async ({ option }) => {
    const [dir, id, index] = [option('bundle'), option('entry'), wholeNumber('--index', option('index'), 0)];
    if (dir === undefined || (id === undefined) === (index === null)) {
      throw new UsageError('audit prove needs --bundle DIR, and either --entry ID or --index N');
    }
    const { checkpoint: note, entries } = openBundle(dir);
    const checkpoint = parseCheckpoint(note.slice(0, note.lastIndexOf('\n\n') + 1));
    const leaves = await readLeaves(entries, id ?? null);
    if (checkpoint === null || leaves === null || leaves.hashes.length !== checkpoint.size) return notTheLog();
    const at = index ?? leaves.place;
    const leaf = leaves.hashes[at];
    if (leaf === undefined) throw new UsageError('The bundle has no such entry');
    const proof = inclusionProof(leaves.hashes, at);
    if (!verifyInclusion({ leaf, index: at, proof }, checkpoint)) return notTheLog();
    const hashes = proof.map((hash) => `${Buffer.from(hash).toString('base64')}\n`);
    process.stdout.write(`c2sp.org/tlog-proof@v1\nindex ${at}\n${hashes.join('')}\n${note}`);
    return EXIT.ok;
  },
};

/** The hash of every entry, and the place of one, or -1; null where they are not lines. */
async function readLeaves(entries: AsyncIterable<Uint8Array>, id: string | null) {
  const hashes: Uint8Array[] = [];
  let place = -1;
  try {
    for await (const line of linesOf(entries)) {
      if (id !== null && place === -1 && idOf(line) === id) place = hashes.length;
      hashes.push(leafHash(line));
    }
  } catch (error) {
    if (error instanceof LineError) return null;
    throw error;
  }
  return { hashes, place };
}

function idOf(line: Uint8Array): unknown {
  try {
    return (JSON.parse(Buffer.from(line).toString()) as { readonly id?: unknown } | null)?.id;
  } catch {
    return null;
  }
}

function notTheLog(): number {
  process.stderr.write('The entries are not those of the checkpoint. See what `throughgate audit verify` says.\n');
  return TAMPERED;
}
