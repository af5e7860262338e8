import process from 'node:process';
import { parseCheckpoint } from '../audit/checkpoint.ts';
import { createInclusionProver } from '../audit/inclusion.ts';
import { LineError, linesOf } from '../audit/lines.ts';
import { verifyInclusion } from '../audit/proof.ts';
import { parseRange } from '../audit/range.ts';
import { EMPTY, type Frontier, leafHash } from '../audit/tree.ts';
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
    const { checkpoint: note, range, entries } = openBundle(dir);
    const checkpoint = parseCheckpoint(note.slice(0, note.indexOf('\n\n') + 1));
    const start = range === undefined ? EMPTY : parseRange(range)?.tree;
    const tree = start && (await grow(start, entries, id ?? index ?? 0));
    if (checkpoint === null || !start || !tree || tree.size !== checkpoint.size) return notTheLog();
    if (tree.inclusion === null) {
      throw new UsageError(`The bundle has no such entry: it holds those from ${start.size} to ${tree.size - 1}`);
    }
    if (!verifyInclusion(tree.inclusion, checkpoint)) return notTheLog();
    const hashes = tree.inclusion.proof.map((hash) => `${Buffer.from(hash).toString('base64')}\n`);
    process.stdout.write(`c2sp.org/tlog-proof@v1\nindex ${tree.inclusion.index}\n${hashes.join('')}\n${note}`);
    return EXIT.ok;
  },
};

/** The tree with the entries, and the proof for the one of an id or at a place; null where they are not lines. */
async function grow(start: Frontier, entries: AsyncIterable<Uint8Array>, wanted: string | number) {
  const prover = createInclusionProver(start);
  let index = start.size;
  try {
    for await (const line of linesOf(entries)) {
      prover.add(leafHash(line), typeof wanted === 'number' ? index === wanted : idOf(line) === wanted);
      index += 1;
    }
  } catch (error) {
    if (error instanceof LineError) return null;
    throw error;
  }
  return prover.finish();
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
