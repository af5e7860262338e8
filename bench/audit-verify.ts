import { createWriteStream, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { pipeline } from 'node:stream/promises';
import { formatCheckpoint } from '../src/audit/checkpoint.ts';
import { generateKey, parseSigner, parseVkey, signNote } from '../src/audit/note.ts';
import { EMPTY, extend, type Frontier, leafHash, rootOf } from '../src/audit/tree.ts';
import { verifyLog } from '../src/audit/verify.ts';
import { openBundle } from '../src/cli/audit-bundle.ts';
import { entriesOfOperation } from './audit-entries.ts';

const ENTRIES = 200_000;
/** As many as a busy gateway signs at once. */
const A_CHECKPOINT = 1_000;

/** How fast `audit verify` reads an export: files, canonical form, tree, and each checkpoint's signature. */
export async function benchVerify(): Promise<void> {
  const dir = mkdtempSync(join(tmpdir(), 'throughgate-bench-'));
  try {
    const key = generateKey('bench.example');
    const bytes = await writeLog(dir, key.privateKey);
    const [started, cpu] = [performance.now(), process.cpuUsage()];
    const verdict = await verifyLog({ ...openBundle(dir), keys: [parseVkey(key.vkey)] });
    const seconds = (performance.now() - started) / 1_000;
    const { user, system } = process.cpuUsage(cpu);
    const cores = (user + system) / 1e6;
    if (!verdict.ok || verdict.size !== ENTRIES) throw new Error('the log that was made does not verify');
    process.stdout.write(
      `verify: ${ENTRIES} entries of ${Math.round(bytes / ENTRIES)} bytes, ${verdict.checkpoints} checkpoints ` +
        '(at least 40000 entries/s on one core, 100000 wished for on two)\n' +
        `  ${Math.round(ENTRIES / seconds)} entries/s, ${Math.round(ENTRIES / cores)} a second of CPU\n`,
    );
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}

/** Returns how many bytes of entries there are. */
async function writeLog(dir: string, privateKey: string): Promise<number> {
  mkdirSync(join(dir, 'checkpoints'));
  const signer = parseSigner(privateKey);
  let tree: Frontier = EMPTY;
  let bytes = 0;
  const note = () =>
    signNote(formatCheckpoint({ origin: 'bench.example', size: tree.size, root: rootOf(tree) }), signer);
  function* lines(): Generator<Buffer> {
    while (tree.size < ENTRIES) {
      for (const { body } of entriesOfOperation(tree.size)) {
        tree = extend(tree, [leafHash(body)]);
        bytes += body.length;
        yield Buffer.concat([body, NEWLINE]);
      }
      if (tree.size % A_CHECKPOINT === 0 && tree.size < ENTRIES) {
        writeFileSync(join(dir, 'checkpoints', String(tree.size)), note());
      }
    }
  }
  await pipeline(lines(), createWriteStream(join(dir, 'entries.ndjson'), { highWaterMark: 2 ** 20 }));
  writeFileSync(join(dir, 'checkpoint'), note());
  return bytes;
}

const NEWLINE = Buffer.from('\n');
