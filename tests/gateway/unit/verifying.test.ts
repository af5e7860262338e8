import { setTimeout as sleep } from 'node:timers/promises';
import { pino } from 'pino';
import { describe, expect, test } from 'vitest';
import { signTree } from '../../../src/audit/checkpointer.ts';
import { cosign, generateCosigningKey, parseCosigningKey } from '../../../src/audit/cosignature.ts';
import { generateKey, parseSigner, splitNote } from '../../../src/audit/note.ts';
import { EMPTY, extend, type Frontier, leafHash } from '../../../src/audit/tree.ts';
import type { LogTree } from '../../../src/audit/tree-proofs.ts';
import { systemClock } from '../../../src/clock.ts';
import { keepVerifying, type VerifyingDependencies } from '../../../src/gateway/proof/verifying.ts';
import type { VerificationEnd, Verifications } from '../../../src/record/verification.ts';

const LOG = parseSigner(generateKey('log.example').privateKey);
const WITNESS = parseCosigningKey(generateCosigningKey('witness.example').privateKey);
const TREE = extend(EMPTY, [leafHash(Buffer.from('one')), leafHash(Buffer.from('two'))]);
const SIGNED = signTree(TREE, LOG);
const GOOD = { ok: true, size: 2, entries: 2, root: '', checkpoints: 1 } as const;

interface Given {
  readonly check: VerifyingDependencies['check'];
  /** What was kept as signed at the size of the newest checkpoint. */
  readonly kept: Frontier | null;
  /** What lies there as the witness's. */
  readonly cosigned: string;
}

/** Runs one check with what is given of the store, and returns how it ended. */
async function run(given: Partial<Given> = {}, stopsAfter?: Promise<void>): Promise<VerificationEnd> {
  const { kept = TREE, cosigned = SIGNED.note + cosign(splitNote(SIGNED.note).text, WITNESS, 1) } = given;
  const ends: VerificationEnd[] = [];
  const verifying = keepVerifying({
    keys: [LOG.vkey],
    witnesses: { need: 1, witnesses: [{ name: 'the witness', vkey: WITNESS.vkey }] },
    checkpoint: () => SIGNED.note,
    tree: {
      signed: async () => kept,
      cosigned: async () => [{ key: WITNESS.vkey, size: 2, note: cosigned }],
    } as Pick<LogTree, 'signed' | 'cosigned'> as LogTree,
    verifications: {
      beat: async () => {},
      end: async (_id, end) => void ends.push(end),
      latestOutside: async () => null,
    } as Pick<Verifications, 'beat' | 'end' | 'latestOutside'> as Verifications,
    check: given.check ?? (async () => GOOD),
    clock: systemClock,
    logger: pino({ level: 'silent' }),
  });
  verifying.start('one');
  await stopsAfter;
  for (let turn = 0; stopsAfter === undefined && ends.length === 0 && turn < 1_000; turn += 1) await sleep(1);
  await verifying.close();
  expect(ends).toHaveLength(1);
  return ends[0] as VerificationEnd;
}

describe('AUDIT-04 a check of the whole log in the background', () => {
  test('is good where log, memory and witnesses agree, and says how far it came', async () => {
    const end = await run({
      check: async (progress) => {
        await progress(0, 2);
        await progress(2, 2);
        return GOOD;
      },
    });
    expect(end).toMatchObject({ state: 'GOOD', checked: 2, size: 2, problem: null, entry: null });
  });

  test.each<[string, Partial<Given>, Partial<VerificationEnd>]>([
    [
      'an entry that is another',
      { check: async () => ({ ok: false, fault: 'tampered', entry: 1, message: 'entry 1 is not' }) },
      { state: 'TAMPERED', entry: 1, problem: 'entry 1 is not' },
    ],
    [
      'a checkpoint of an unknown key',
      { check: async () => ({ ok: false, fault: 'key', entry: null, message: 'no key' }) },
      { state: 'KEY', problem: 'no key' },
    ],
    [
      'a database that was put back, and agrees with itself',
      { kept: null },
      { state: 'TAMPERED', problem: 'it is not the log that this gateway has signed at 2 entries' },
    ],
    [
      'one that was written anew',
      { kept: extend(EMPTY, [leafHash(Buffer.from('one')), leafHash(Buffer.from('three'))]) },
      { state: 'TAMPERED', problem: 'it is not the log that this gateway has signed at 2 entries' },
    ],
    [
      'a signature that is not the witness’s',
      { cosigned: SIGNED.note + cosign('another\n', WITNESS, 1) },
      { state: 'TAMPERED', problem: 'what is kept as signed by the witness at 2 entries is not' },
    ],
    [
      'a store that cannot be read',
      { check: () => Promise.reject(new Error('gone')) },
      { state: 'FAILED', problem: null },
    ],
  ])('tells of %s', async (_, given, end) => {
    expect(await run(given)).toMatchObject(end);
  });

  test('ends when the gateway does, and says so', async () => {
    const begun = Promise.withResolvers<void>();
    const check: Given['check'] = async (progress) => {
      for (let entry = 0; ; entry += 1) {
        await progress(entry, 1_000_000);
        begun.resolve();
      }
    };
    expect(await run({ check }, begun.promise)).toMatchObject({ state: 'INTERRUPTED', problem: null });
  });
});
