import { mkdtempSync } from 'node:fs';
import { join } from 'node:path';
import { pino } from 'pino';
import type { SignedTree } from '../../src/audit/checkpointer.ts';
import { signTree } from '../../src/audit/checkpointer.ts';
import { generateCosigningKey, parseCosigner, parseCosigningKey } from '../../src/audit/cosignature.ts';
import { parseVkey } from '../../src/audit/note.ts';
import { EMPTY, extend } from '../../src/audit/tree.ts';
import type { WitnessedLog } from '../../src/gateway/witness-feed.ts';
import type { ListedWitness } from '../../src/gateway/witness-list.ts';
import { type RunningWitness, startWitness } from '../../src/witness/start.ts';
import { LOG, SIGNER, VKEY } from '../audit/bundles.ts';

/** A log in memory, signed with the key of tests' logs. */
export interface MemoryLog extends WitnessedLog {
  /** Signs and keeps the first so many of its leaves. */
  sign(size: number): void;
  readonly lines: { readonly size: number; readonly key: string; readonly line: string }[];
}

export function memoryLog(leaves: readonly Uint8Array[]): MemoryLog {
  const kept = new Map<number, SignedTree>();
  const lines: MemoryLog['lines'] = [];
  return {
    lines,
    sign: (size) => void kept.set(size, signTree(extend(EMPTY, leaves.slice(0, size)), SIGNER)),
    newest: async () => kept.get(Math.max(...kept.keys())) ?? signTree(EMPTY, SIGNER),
    checkpointAt: async (size) => kept.get(size) ?? null,
    async *pages(first) {
      yield leaves.slice(first, first + 7);
      yield leaves.slice(first + 7);
    },
    keep: async (size, key, line) => void lines.push({ size, key, line }),
  };
}

/** A witness in this process, of the log of tests. @param folder where its own folder is made */
export async function witnessIn(
  folder: string,
  name: string,
  vkeys: readonly string[] = [VKEY],
): Promise<{ readonly listed: ListedWitness; readonly running: RunningWitness }> {
  const { privateKey, vkey } = generateCosigningKey(name);
  const verifiers = vkeys.map((key) => parseVkey(key));
  const running = await startWitness(
    {
      host: '127.0.0.1',
      port: 0,
      signer: parseCosigningKey(privateKey),
      logs: new Map([[verifiers[0]?.name ?? LOG, verifiers]]),
      dir: mkdtempSync(join(folder, 'witness-')),
    },
    { logger: pino({ level: 'silent' }) },
  );
  return { listed: { name, url: `${running.url}/log`, vkey, verifier: parseCosigner(vkey) }, running };
}
