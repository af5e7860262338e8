import process from 'node:process';
import { NoteError, type Verifier } from '../audit/note.ts';
import { type Fault, type Verdict, verifyLog } from '../audit/verify.ts';
import { openBundle, readKeys, readNote } from './audit-bundle.ts';
import { type Command, EXIT, UsageError } from './command.ts';

export const auditVerifyCommand: Command = {
  name: 'audit verify',
  summary: 'Check an export of the audit log for any edit, deletion, insertion, reordering or truncation.',
  options: {
    bundle: { value: 'DIR', text: 'What `audit export --format bundle` wrote.' },
    key: {
      value: 'VKEY',
      text: 'The public key of the log, or a file with one on each line. Not from the same hands.',
    },
    since: { value: 'FILE', text: 'A checkpoint kept elsewhere: the log must still begin with what it covers.' },
    json: { text: 'Print {ok, origin, size, root, checkpoints} or {ok, fault, entry, message} as JSON.' },
  },
  details: [
    'Needs neither network nor database. Entries are counted from 0; the first bad one is between `from` and `to`.',
    'Only a checkpoint kept elsewhere shows that the end was cut off, or that the whole was written anew.',
  ],
  exitCodes: {
    [EXIT.ok]: 'good: every entry is as it was signed',
    [EXIT.usage]: 'wrong command line, or a file that cannot be read',
    2: 'tampered',
    3: 'truncated: there are fewer entries than the trusted checkpoint says',
    4: 'key: no key, or none that signed this log',
  },
  run: async ({ option, switched }) => {
    const [bundle, key, since] = [option('bundle'), option('key'), option('since')];
    if (bundle === undefined || key === undefined)
      throw new UsageError('audit verify needs --bundle DIR and --key VKEY');
    const verdict = await verify(bundle, key, since);
    if (switched('json')) {
      process.stdout.write(`${JSON.stringify(verdict)}\n`);
    } else {
      (verdict.ok ? process.stdout : process.stderr).write(`${describe(verdict)}\n`);
    }
    return verdict.ok ? EXIT.ok : FAULTS[verdict.fault];
  },
};

const FAULTS: Readonly<Record<Fault['fault'], number>> = { tampered: 2, truncated: 3, key: 4 };

async function verify(bundle: string, key: string, since: string | undefined): Promise<Verdict> {
  let keys: Verifier[];
  try {
    keys = readKeys(key);
  } catch (error) {
    if (!(error instanceof NoteError)) throw error;
    return { ok: false, fault: 'key', entry: null, message: `--key: ${error.message}` };
  }
  return verifyLog({ ...openBundle(bundle), keys, since: since === undefined ? undefined : readNote(since) });
}

function describe(verdict: Verdict): string {
  if (verdict.ok) {
    const { origin, size, root, checkpoints } = verdict;
    return `good: ${origin}, entries ${size}, checkpoints ${checkpoints}, root ${root}`;
  }
  const { fault, message, entry } = verdict;
  const where =
    entry === null || entry.from === entry.to ? '' : `; the first bad one is from ${entry.from} to ${entry.to}`;
  return `${fault}: ${message}${where}`;
}
