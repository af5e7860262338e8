import { createHash, createHmac } from 'node:crypto';
import { NoteError, parseSigner, parseVkey, type Signer } from './note.ts';
import type { KeyChange } from './own-entry.ts';

/** The keys that a gateway starts with. */
export interface LogKeys {
  readonly signer: Signer;
  /** Of older signing keys, as vkeys. */
  readonly older: readonly string[];
  /** Oldest first; the place of a key is its epoch, from 1. */
  readonly pseudonyms: readonly Uint8Array[];
}

/** The keys are not those that the log may go on with. Each problem names a variable and what would be right. */
export class KeyError extends Error {
  override readonly name = 'KeyError';
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(problems.join('\n'));
    this.problems = problems;
  }
}

/** How the name of a signing key ends, and how a pseudonym key begins, that `throughgate start` made. */
const DEVELOPMENT_NAME = '.development';
export const DEVELOPMENT_KEY = Buffer.from('development:');

/**
 * @param given the signing key's line, vkeys of older ones, and the pseudonym keys
 * @param development whether keys made for development will do
 * @throws KeyError
 */
export function openLogKeys(
  given: {
    readonly signing: string;
    readonly older: readonly string[];
    readonly pseudonyms: readonly Uint8Array[];
  },
  development: boolean,
): LogKeys {
  const problems: string[] = [];
  const parsed = <T>(variable: string, parse: () => T): T | null => {
    try {
      return parse();
    } catch (error) {
      if (!(error instanceof NoteError)) throw error;
      problems.push(`${variable}: ${error.message}`);
      return null;
    }
  };
  const signer = parsed('AUDIT_SIGNING_KEY_FILE', () => parseSigner(given.signing));
  parsed('AUDIT_VERIFY_KEYS_FILE', () => given.older.map((vkey) => parseVkey(vkey)));
  if (!development && signer?.name.endsWith(DEVELOPMENT_NAME)) {
    problems.push('AUDIT_SIGNING_KEY_FILE is a key made for development: make one for this log');
  }
  if (!development && given.pseudonyms.some(isForDevelopment)) {
    problems.push('AUDIT_HMAC_KEY_FILE has a key made for development: make one for this log');
  }
  if (signer === null || problems.length > 0) throw new KeyError(problems);
  return { signer, older: given.older, pseudonyms: given.pseudonyms };
}

function isForDevelopment(key: Uint8Array): boolean {
  return Buffer.compare(key.subarray(0, DEVELOPMENT_KEY.length), DEVELOPMENT_KEY) === 0;
}

/** How the log stands when a gateway starts. */
export interface LogAtStart {
  /** Changes of keys that it has recorded, oldest first. */
  readonly recorded: readonly KeyChange[];
  readonly size: number;
  /** The key that signed its newest checkpoint, as a vkey; null where there is none. */
  readonly signedBy: string | null;
  /** The size of a backup, where the operator says that the database was restored from one. */
  readonly restoredFrom: number | null;
}

/**
 * Refuses keys that the log has left behind, as when somebody puts an old file back.
 * @param recorded changes of keys that the log has recorded, oldest first
 * @throws KeyError
 */
export function refuseOlderKeys(recorded: readonly KeyChange[], { signer, pseudonyms }: LogKeys): void {
  const problems: string[] = [];
  const signing = recorded.filter(({ what }) => what === 'signing');
  const current = signing.at(-1)?.to;
  if (current !== signer.vkey && signing.some(({ from, to }) => from === signer.vkey || to === signer.vkey)) {
    problems.push(`AUDIT_SIGNING_KEY_FILE has an older key of the log: the one in use since is ${current}`);
  }
  const names = pseudonyms.map(publicName);
  const gone = recorded.filter(({ what, to }) => what === 'pseudonym' && !names.includes(to));
  if (gone.length > 0) {
    problems.push(
      'AUDIT_HMAC_KEY_FILE must keep every key that the log has used, each on its own line, oldest first: it lacks ' +
        gone.map(({ to }) => to).join(', '),
    );
  }
  if (problems.length > 0) throw new KeyError(problems);
}

/**
 * What the log has to record of its keys before anything is done with them.
 * @throws KeyError for keys that changed otherwise than by a rotation or a restore
 */
export function dueKeyChanges(log: LogAtStart, keys: LogKeys): KeyChange[] {
  return [dueSigning(log, keys), duePseudonym(log, keys)].filter((change) => change !== null);
}

function dueSigning(
  { recorded, size, signedBy, restoredFrom }: LogAtStart,
  { signer: { name, vkey }, older }: LogKeys,
): KeyChange | null {
  const known = recorded.filter(({ what }) => what === 'signing');
  const before = known.at(-1)?.to ?? signedBy;
  if (before === null || (before === vkey && known.length === 0)) {
    return { what: 'signing', from: null, to: vkey, reason: 'first' };
  }
  if (before === vkey) return null;
  if (!older.includes(before)) {
    throw new KeyError([`AUDIT_VERIFY_KEYS_FILE must have the key that signed the log so far: ${before}`]);
  }
  if (parseVkey(before).name === name) return { what: 'signing', from: before, to: vkey, reason: 'rotated' };
  if (restoredFrom !== size) {
    throw new KeyError([
      'AUDIT_SIGNING_KEY_FILE has a key of another name, and a log has one name: a rotation keeps it. Only where the ' +
        `database was restored from a backup, set AUDIT_RESTORED_FROM to the size of its log, ${size}`,
    ]);
  }
  return { what: 'signing', from: before, to: vkey, reason: 'restored', size };
}

function duePseudonym({ recorded }: LogAtStart, { pseudonyms }: LogKeys): KeyChange | null {
  const before = recorded.findLast(({ what }) => what === 'pseudonym')?.to ?? null;
  const newest = pseudonyms.map(publicName).at(-1) ?? '';
  if (before === newest) return null;
  return { what: 'pseudonym', from: before, to: newest, reason: before === null ? 'first' : 'rotated' };
}

/** What may be known of a key: enough to tell it from another, and nothing to find it by. */
function publicName(key: Uint8Array, index: number): string {
  const commitment = createHmac('sha256', key).update('throughgate key commitment').digest();
  return `epoch ${index + 1} ${createHash('sha256').update(commitment).digest('hex').slice(0, 16)}`;
}
