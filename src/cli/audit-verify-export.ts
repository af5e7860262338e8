import { readFileSync } from 'node:fs';
import process from 'node:process';
import { linesOf } from '../audit/lines.ts';
import { NoteError } from '../audit/note.ts';
import { type OpenedExport, openExport } from '../audit/signed-export.ts';
import { leafHash } from '../audit/tree.ts';
import { openBundle, readKeys } from './audit-bundle.ts';
import { type Command, EXIT, UsageError } from './command.ts';

const TAMPERED = 2;
const NOT_IN_LOG = 3;
const KEY = 4;

export const auditVerifyExportCommand: Command = {
  name: 'audit verify-export',
  summary:
    'Say whether a signed export of the console is what the key of the log signed, and of entries that are in the log.',
  arguments: '<file>',
  options: {
    key: { value: 'VKEY', text: 'The public key of the log, or a file with one on each line.' },
    bundle: { value: 'DIR', text: 'Also look for its entries in what `audit export --format bundle` wrote.' },
  },
  details: [
    'The lines of an export are as its officer may read them: no proof of the log is one of them. Each names the hash of its\n' +
      'leaf, by which whoever has the log finds the entry; what the officer did, and the gateway by itself, has none.',
    'Verify the bundle by itself, with `audit verify`.',
  ],
  exitCodes: {
    [EXIT.ok]: 'good',
    [EXIT.usage]: 'wrong command line, or a file that cannot be read',
    [TAMPERED]: 'it is not what the key signed',
    [NOT_IN_LOG]: '--bundle: an entry that it names is not there',
    [KEY]: 'no key, or none that signed it',
  },
  run: async ({ arguments: [file = ''], option }) => {
    const [key, dir] = [option('key'), option('bundle')];
    if (key === undefined) throw new UsageError('audit verify-export needs --key VKEY');
    const opened = open(readFile(file), key);
    if (typeof opened === 'number') return opened;
    const missing = dir === undefined ? 0 : await countMissing(opened, dir);
    process.stdout.write(`${opened.text.slice(0, opened.text.indexOf('\n\n') + 1)}\n`);
    if (missing > 0) {
      process.stderr.write(`${missing} of its entries are not in the bundle\n`);
      return NOT_IN_LOG;
    }
    const inLog = dir === undefined ? '' : `, and the ${leavesOf(opened).size} that name a leaf are in the bundle`;
    process.stdout.write(`good: ${opened.lines.length} entries, as they were signed${inLog}\n`);
    return EXIT.ok;
  },
};

/** @throws UsageError */
function readFile(file: string): Uint8Array {
  try {
    return readFileSync(file);
  } catch (error) {
    throw new UsageError(`${file} cannot be read (${(error as NodeJS.ErrnoException).code})`);
  }
}

/** What was signed, or the exit code that says what is wrong. */
function open(file: Uint8Array, key: string): OpenedExport | number {
  let isOfKey = true;
  try {
    const keys = readKeys(key);
    isOfKey = false;
    return openExport(file, keys);
  } catch (error) {
    if (!(error instanceof NoteError)) throw error;
    process.stderr.write(`${error.message}\n`);
    return isOfKey || error.why === 'unknown-key' ? KEY : TAMPERED;
  }
}

async function countMissing(opened: OpenedExport, dir: string): Promise<number> {
  const wanted = leavesOf(opened);
  for await (const line of linesOf(openBundle(dir).entries)) {
    wanted.delete(Buffer.from(leafHash(line)).toString('base64'));
  }
  return wanted.size;
}

function leavesOf({ lines }: OpenedExport): Set<string> {
  return new Set(lines.flatMap((line) => (JSON.parse(line) as { readonly leaf?: string | null }).leaf ?? []));
}
