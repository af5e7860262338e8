import { createHash } from 'node:crypto';
import { closeSync, createReadStream, existsSync, fsyncSync, openSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { hostname } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import process from 'node:process';
import { NoteError, type Verifier } from '../audit/note.ts';
import { exportEntry } from '../audit/own-entry.ts';
import { rootOf } from '../audit/tree.ts';
import { verifyLog } from '../audit/verify.ts';
import type { RetirableMonth, RetiredMonth } from '../store/retire.ts';
import { openBundle, readKeys } from './audit-bundle.ts';
import { recordOnce } from './audit-record.ts';
import { type Command, EXIT, type Input, UsageError } from './command.ts';
import { isMonth } from './month.ts';
import { ownerUrlFromEnvironment } from './owner.ts';

export const auditRetireCommand: Command = {
  name: 'audit retire',
  summary: 'Take the oldest month of the audit log out of the database, once it is exported, verified and recorded.',
  options: {
    month: { value: 'YYYY-MM', text: 'The month. Months are retired from the oldest on, and never the current one.' },
    out: { value: 'DIR', text: 'The new folder for its bundle, which `audit verify` takes. Keep it safe.' },
    key: { value: 'VKEY', text: 'The public key of the log, or a file with one on each line.' },
    json: { text: 'Print {month, first, past, root, sha256} as JSON.' },
  },
  details: [
    'DATABASE_OWNER_URL says in which database. Leaves and checkpoints stay there, so what is left can be proven still.',
    'A run that was interrupted may be repeated as it was. A month under a hold stays: see `audit hold`.',
  ],
  exitCodes: {
    [EXIT.ok]: 'retired, now or before',
    [EXIT.usage]: 'the month stays: the message says why',
    2: 'the month stays: its export is not what was signed',
    4: 'the month stays: no key, or none that signed this log',
    [EXIT.fault]: 'the month stays: the database or the folder failed',
  },
  run: async (input) => {
    const { month, out, key } = wishOf(input);
    const ownerUrl = ownerUrlFromEnvironment();
    const { findRetirable, findRetired, retire } = await import('../store/retire.ts');
    const before = await findRetired(ownerUrl, month);
    if (before) return report(before, input);
    const found = await findRetirable(ownerUrl, month);
    const draft = `${out}.partial`;
    const root = await copy(ownerUrl, found, draft);
    const sha256 = await digest(draft);
    // One that is there already, from a run before, is kept.
    const bundle = existsSync(out) ? await sameIn(out, sha256) : draft;
    const problem = await verify(bundle, key);
    if (problem !== null) {
      process.stderr.write(`${problem.message}\n`);
      return problem.exitCode;
    }
    if (bundle === draft) moveInPlace(draft, out);
    else rmSync(draft, { recursive: true });
    await recordOnce(ownerUrl, exportEntry(new Date(), hostname(), factsOf(found)));
    const retired = { ...found, root, sha256 };
    await retire(ownerUrl, retired);
    return report(retired, input);
  },
};

/** @throws UsageError with everything that is wrong */
function wishOf({ option }: Input): { month: string; out: string; key: string } {
  const { month, out, key } = { month: option('month'), out: option('out'), key: option('key') };
  const problems: string[] = [];
  if (!isMonth(month)) problems.push('audit retire needs --month YYYY-MM');
  if (out === undefined) problems.push('audit retire needs --out DIR');
  if (key === undefined) problems.push('audit retire needs --key VKEY');
  if (problems.length > 0) throw new UsageError(problems.join('\n'));
  return { month: month ?? '', out: resolve(out ?? ''), key: key ?? '' };
}

/** Writes the month's bundle, over that of a run that was interrupted. Returns the root of the tree up to its end. */
async function copy(ownerUrl: string, { month, first, past }: RetirableMonth, dir: string): Promise<Buffer> {
  const [{ writeBundle }, { openExport }] = await Promise.all([
    import('./audit-export-bundle.ts'),
    import('../store/export-reader.ts'),
  ]);
  rmSync(dir, { recursive: true, force: true });
  const written = await writeBundle(ownerUrl, dir, { first, past });
  if (written.past < past) {
    throw new UsageError(`${month} is not signed to its end yet: a gateway signs it while it runs`);
  }
  await using log = await openExport(ownerUrl);
  return Buffer.from(rootOf(await log.treeAt(past)));
}

async function verify(dir: string, key: string): Promise<{ exitCode: number; message: string } | null> {
  let keys: Verifier[];
  try {
    keys = readKeys(key);
  } catch (error) {
    if (!(error instanceof NoteError)) throw error;
    return { exitCode: 4, message: `--key: ${error.message}` };
  }
  const verdict = await verifyLog({ ...openBundle(dir), keys });
  if (verdict.ok) return null;
  return { exitCode: verdict.fault === 'key' ? 4 : 2, message: `${verdict.fault}: ${verdict.message}` };
}

async function digest(dir: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const piece of createReadStream(join(dir, 'entries.ndjson'))) hash.update(piece);
  return hash.digest('hex');
}

/** @returns the folder @throws UsageError where it has other entries, or none */
async function sameIn(dir: string, sha256: string): Promise<string> {
  const same = await digest(dir).catch(() => null);
  if (same !== sha256) throw new UsageError('--out has something else in it: name a new folder');
  return dir;
}

/** Gives the bundle its name, once all of it is on disk. */
function moveInPlace(draft: string, out: string): void {
  for (const name of ['', ...readdirSync(draft, { recursive: true, encoding: 'utf8' })]) sync(join(draft, name));
  renameSync(draft, out);
  sync(dirname(out));
}

function sync(path: string): void {
  const handle = openSync(path, 'r');
  fsyncSync(handle);
  closeSync(handle);
}

function factsOf({ month, first, past }: RetirableMonth) {
  return { format: 'retire', from: `${month}-01`, to: null, entries: past - first, outcome: 'answered' };
}

function report({ month, first, past, root, sha256 }: RetiredMonth, { switched }: Input): number {
  const text = switched('json')
    ? JSON.stringify({ month, first, past, root: root.toString('base64'), sha256 })
    : `${month} is retired: entries ${first} to ${past - 1}, SHA-256 of entries.ndjson ${sha256}`;
  process.stdout.write(`${text}\n`);
  return EXIT.ok;
}
