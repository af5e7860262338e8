import { createHash, createHmac } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import {
  DEVELOPMENT_KEY,
  dueKeyChanges,
  KeyError,
  type LogAtStart,
  openLogKeys,
  refuseOlderKeys,
} from '../../src/audit/keys.ts';
import { generateKey, parseSigner } from '../../src/audit/note.ts';
import { type KeyChange, keyChangeEntry } from '../../src/audit/own-entry.ts';

const [one, two, three] = ['log.example', 'log.example', 'log.example'].map((name) => generateKey(name)) as [
  Pair,
  Pair,
  Pair,
];
const renamed = generateKey('log-2.example');
type Pair = ReturnType<typeof generateKey>;
type Mutable<T> = { -readonly [K in keyof T]: T[K] };
const secret = (fill: number) => new Uint8Array(32).fill(fill);
const nameOf = (epoch: number, fill: number) => {
  const commitment = createHmac('sha256', secret(fill)).update('throughgate key commitment').digest();
  return `epoch ${epoch} ${createHash('sha256').update(commitment).digest('hex').slice(0, 16)}`;
};

const keys = (signing: Pair, older: readonly Pair[] = [], fills: readonly number[] = [1]) => ({
  signer: parseSigner(signing.privateKey),
  older: older.map(({ vkey }) => vkey),
  pseudonyms: fills.map(secret),
});
const NEW: LogAtStart = { recorded: [], size: 0, signedBy: null, restoredFrom: null };

/** A log whose gateways were started with these, one after the other. */
function logOf(...started: ReturnType<typeof keys>[]): LogAtStart {
  const log: Mutable<LogAtStart> & { recorded: KeyChange[] } = { ...NEW, recorded: [] };
  for (const each of started) {
    log.recorded.push(...dueKeyChanges({ ...log, restoredFrom: log.size }, each));
    log.size += 10;
    log.signedBy = each.signer.vkey;
  }
  return log;
}

describe('what the log has to record of its keys', () => {
  test('both, of a new log', () => {
    expect(dueKeyChanges(NEW, keys(one))).toEqual([
      { what: 'signing', from: null, to: one.vkey, reason: 'first' },
      { what: 'pseudonym', from: null, to: nameOf(1, 1), reason: 'first' },
    ]);
  });

  test('nothing, of keys that it knows', () => {
    expect(dueKeyChanges(logOf(keys(one)), keys(one))).toEqual([]);
    expect(dueKeyChanges(logOf(keys(one)), keys(one, [one, two]))).toEqual([]);
  });

  test('the key that signed it before keys were recorded', () => {
    const old = { ...NEW, size: 5, signedBy: one.vkey };
    expect(dueKeyChanges(old, keys(one))[0]).toEqual({ what: 'signing', from: null, to: one.vkey, reason: 'first' });
    expect(dueKeyChanges(old, keys(two, [one]))[0]).toMatchObject({ from: one.vkey, to: two.vkey, reason: 'rotated' });
  });

  test('a rotation of either key', () => {
    expect(dueKeyChanges(logOf(keys(one)), keys(two, [one]))).toEqual([
      { what: 'signing', from: one.vkey, to: two.vkey, reason: 'rotated' },
    ]);
    expect(dueKeyChanges(logOf(keys(one)), keys(one, [], [1, 2, 3]))).toEqual([
      { what: 'pseudonym', from: nameOf(1, 1), to: nameOf(3, 3), reason: 'rotated' },
    ]);
  });

  test('a rotation that another gateway recorded, whose newest checkpoint the older key still signed: nothing', () => {
    const log = { ...logOf(keys(one), keys(two, [one])), signedBy: one.vkey };
    expect(dueKeyChanges(log, keys(two, [one]))).toEqual([]);
  });

  test('a restore, under a new name and with the size of the copy', () => {
    const log = { ...logOf(keys(one)), restoredFrom: 10 };
    expect(dueKeyChanges(log, keys(renamed, [one]))).toEqual([
      { what: 'signing', from: one.vkey, to: renamed.vkey, reason: 'restored', size: 10 },
    ]);
    // The variable may stay where it was set.
    const later = { ...logOf(keys(one), keys(renamed, [one])), restoredFrom: 10 };
    expect(dueKeyChanges(later, keys(renamed, [one]))).toEqual([]);
  });

  test('one entry, whichever of the gateways that start at once records it', () => {
    const [change] = dueKeyChanges(NEW, keys(one)) as [KeyChange];
    const ids = ['node-1', 'node-2'].map((node) => keyChangeEntry(new Date(), node, change).id);
    expect(new Set(ids).size).toBe(1);
    const [other] = dueKeyChanges(NEW, keys(two)) as [KeyChange];
    expect(ids).not.toContain(keyChangeEntry(new Date(), 'node-1', other).id);
    expect(ids[0]).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-8[0-9a-f]{3}-[0-9a-f]{12}$/);
  });
});

describe('keys that the log does not go on with', () => {
  const refused = (run: () => unknown): readonly string[] => {
    try {
      run();
    } catch (error) {
      if (error instanceof KeyError) return error.problems;
      throw error;
    }
    return [];
  };

  test('an old file that somebody put back, of either key: everything is said at once', () => {
    const { recorded } = logOf(keys(one), keys(two, [one], [1, 2]));
    expect(refused(() => refuseOlderKeys(recorded, keys(one)))).toEqual([
      `AUDIT_SIGNING_KEY_FILE has an older key of the log: the one in use since is ${two.vkey}`,
      `AUDIT_HMAC_KEY_FILE must keep every key that the log has used, each on its own line, oldest first: it lacks ${nameOf(2, 2)}`,
    ]);
    expect(refused(() => refuseOlderKeys(recorded, keys(two, [], [1, 2])))).toEqual([]);
    expect(refused(() => refuseOlderKeys(recorded, keys(three, [two], [1, 2, 3])))).toEqual([]);
  });

  test.each([
    ['the other way round', [2, 1]],
    ['without the first', [2]],
    ['with another first', [3, 2]],
  ])('pseudonym keys %s', (_what, fills) => {
    const { recorded } = logOf(keys(one, [], [1]), keys(one, [], [1, 2]));
    expect(refused(() => refuseOlderKeys(recorded, keys(one, [], fills)))[0]).toContain(nameOf(1, 1));
  });

  test('a new signing key without what verifies the one before', () => {
    expect(refused(() => dueKeyChanges(logOf(keys(one)), keys(two)))).toEqual([
      `AUDIT_VERIFY_KEYS_FILE must have the key that signed the log so far: ${one.vkey}`,
    ]);
  });

  test.each([null, 9, 11])(
    'a key of another name, when the operator says %j and the log has 10 entries',
    (restoredFrom) => {
      const log = { ...logOf(keys(one)), restoredFrom };
      const [problem] = refused(() => dueKeyChanges(log, keys(renamed, [one])));
      expect(problem).toContain('set AUDIT_RESTORED_FROM to the size of its log, 10');
    },
  );

  test('keys made for development, unless this is', () => {
    const given = {
      signing: generateKey('throughgate.development').privateKey,
      older: [one.vkey],
      pseudonyms: [secret(1), Buffer.concat([DEVELOPMENT_KEY, secret(2)])],
    };
    expect(refused(() => openLogKeys(given, false))).toEqual([
      'AUDIT_SIGNING_KEY_FILE is a key made for development: make one for this log',
      'AUDIT_HMAC_KEY_FILE has a key made for development: make one for this log',
    ]);
    expect(openLogKeys(given, true).signer.name).toBe('throughgate.development');
  });

  test('keys that cannot be read, without a part of them', () => {
    const given = {
      signing: one.privateKey.slice(0, -4),
      older: ['log.example+00000000+AAAA'],
      pseudonyms: [secret(1)],
    };
    const problems = refused(() => openLogKeys(given, false));
    expect(problems.map((problem) => problem.split(':')[0])).toEqual([
      'AUDIT_SIGNING_KEY_FILE',
      'AUDIT_VERIFY_KEYS_FILE',
    ]);
    expect(problems.join()).not.toContain(one.privateKey.slice(-20, -4));
  });
});
