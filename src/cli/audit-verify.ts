import process from 'node:process';
import { parseCosigner } from '../audit/cosignature.ts';
import { NoteError, type Verifier } from '../audit/note.ts';
import type { Quorum } from '../audit/tally.ts';
import { type Fault, type Verdict, verifyLog } from '../audit/verify.ts';
import { openBundle, readKeys, readNote } from './audit-bundle.ts';
import { type Command, EXIT, UsageError, wholeNumber } from './command.ts';

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
    witness: {
      value: 'VKEYS',
      text: 'The public keys of witnesses, with commas between them, or a file with one on each line.',
    },
    need: { value: 'K', text: 'How many of them must have cosigned it; all of them unless said.' },
    json: {
      text: 'Print {ok, origin, from, size, root, checkpoints, restored, witnessed} or {ok, fault, entry, message} as JSON.',
    },
  },
  details: [
    'Needs neither network nor database. Entries are counted from 0; the first bad one is between `from` and `to`.',
    'Only a checkpoint kept elsewhere, or the cosignatures of witnesses, show that the end was cut off, or that the whole',
    'was written anew. `witnessed` is how many entries enough of them have cosigned. `restored` are the entries by which',
    'the log went on, under another name, from a backup: what it had beyond that is gone.',
  ],
  exitCodes: {
    [EXIT.ok]: 'good: every entry is as it was signed',
    [EXIT.usage]: 'wrong command line, or a file that cannot be read',
    2: 'tampered',
    3: 'truncated: there are fewer entries than the trusted checkpoint says',
    4: 'key: no key, or none that signed this log',
    5: 'witness: nothing is wrong with it, but too few witnesses have cosigned any of it',
  },
  run: async ({ option, switched }) => {
    const [bundle, key, since, witness] = [option('bundle'), option('key'), option('since'), option('witness')];
    const need = wholeNumber('--need', option('need'), 1);
    if (bundle === undefined || key === undefined)
      throw new UsageError('audit verify needs --bundle DIR and --key VKEY');
    if (witness === undefined && need !== null) throw new UsageError('--need says how many of --witness: name them');
    const verdict = await verify(bundle, key, since, witness === undefined ? null : { witness, need });
    if (switched('json')) {
      process.stdout.write(`${JSON.stringify(verdict)}\n`);
    } else {
      (verdict.ok ? process.stdout : process.stderr).write(`${describe(verdict)}\n`);
    }
    return verdict.ok ? EXIT.ok : FAULTS[verdict.fault];
  },
};

const FAULTS: Readonly<Record<Fault['fault'], number>> = { tampered: 2, truncated: 3, key: 4, witness: 5 };

interface Asked {
  readonly witness: string;
  readonly need: number | null;
}

async function verify(bundle: string, key: string, since: string | undefined, asked: Asked | null): Promise<Verdict> {
  let keys: Verifier[];
  let quorum: Quorum | undefined;
  let what = '--key';
  try {
    keys = readKeys(key);
    what = '--witness';
    quorum = asked === null ? undefined : quorumOf(asked);
  } catch (error) {
    if (!(error instanceof NoteError)) throw error;
    return { ok: false, fault: 'key', entry: null, message: `${what}: ${error.message}` };
  }
  return verifyLog({ ...openBundle(bundle), keys, quorum, since: since === undefined ? undefined : readNote(since) });
}

/** @throws NoteError for a key; UsageError */
function quorumOf({ witness, need }: Asked): Quorum {
  const cosigners = witness.split(',').flatMap((given) => readKeys(given, parseCosigner));
  const different = new Set(cosigners.map(({ key }) => key.export({ format: 'jwk' }).x));
  if (different.size < cosigners.length) throw new UsageError('--witness has the same key twice: it would count twice');
  if (need !== null && need > cosigners.length) {
    throw new UsageError(`--need must be at most ${cosigners.length}, as many as there are in --witness`);
  }
  return { cosigners, need: need ?? cosigners.length };
}

function describe(verdict: Verdict): string {
  if (verdict.ok) {
    const { origin, from, size, root, checkpoints, restored = [], witnessed } = verdict;
    const which = from === 0 ? size : `from ${from} to ${size - 1}`;
    const how = witnessed === undefined ? '' : `, witnessed ${witnessed}`;
    const since = restored.map((index) => `, restored from a backup at ${index}`).join('');
    return `good: ${origin}, entries ${which}, checkpoints ${checkpoints}, root ${root}${since}${how}`;
  }
  const { fault, message, entry } = verdict;
  const where =
    entry === null || entry.from === entry.to ? '' : `; the first bad one is from ${entry.from} to ${entry.to}`;
  return `${fault}: ${message}${where}`;
}
