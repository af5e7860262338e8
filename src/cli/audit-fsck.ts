import process from 'node:process';
import type { Finding } from '../audit/fsck.ts';
import { NoteError, type Verifier } from '../audit/note.ts';
import { readKeys } from './audit-bundle.ts';
import { readerUrlFromEnvironment } from './audit-record.ts';
import { type Command, EXIT } from './command.ts';

export const auditFsckCommand: Command = {
  name: 'audit fsck',
  summary: 'Check the audit log where it lies: entries, tree, checkpoints and the columns it is searched by.',
  options: {
    key: { value: 'VKEY', text: 'The public key of the log, or a file with one on each line: signatures are checked.' },
    json: { text: 'Print {ok, size, entries, root, checkpoints} or {ok, fault, entry, message} as JSON.' },
  },
  details: [
    'AUDIT_READER_URL says where the log is read. Without it, the demonstration in DATA_DIR (.data), while it runs.',
    'Gateways may append meanwhile. Entries are counted from 0; `entry` is the first bad one.',
    'A database that was written anew as a whole agrees with itself: for that, `audit verify` with a checkpoint kept',
    'elsewhere.',
  ],
  exitCodes: {
    [EXIT.ok]: 'good: everything agrees',
    [EXIT.usage]: 'wrong command line, or nothing to read from',
    2: 'tampered',
    4: 'key: no key that was given has signed the log',
    [EXIT.fault]: 'the log could not be read',
  },
  run: async ({ option, switched }) => {
    const finding = await check(readerUrlFromEnvironment(), option('key'));
    if (switched('json')) {
      process.stdout.write(`${JSON.stringify(finding)}\n`);
    } else {
      (finding.ok ? process.stdout : process.stderr).write(`${describe(finding)}\n`);
    }
    return finding.ok ? EXIT.ok : FAULTS[finding.fault];
  },
};

const FAULTS = { tampered: 2, key: 4 } as const;

async function check(readerUrl: string, key: string | undefined): Promise<Finding> {
  let keys: Verifier[];
  try {
    keys = key === undefined ? [] : readKeys(key);
  } catch (error) {
    if (!(error instanceof NoteError)) throw error;
    return { ok: false, fault: 'key', entry: null, message: `--key: ${error.message}` };
  }
  const { checkLog } = await import('../store/fsck.ts');
  return checkLog(readerUrl, keys);
}

function describe(finding: Finding): string {
  if (!finding.ok) return `${finding.fault}: ${finding.message}`;
  const { size, entries, checkpoints, root } = finding;
  const retired = size > entries ? `, ${size - entries} of them retired` : '';
  return `good: entries ${size}${retired}, checkpoints ${checkpoints}, root ${root}`;
}
