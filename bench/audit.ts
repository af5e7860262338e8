/**
 * `npm run bench:audit [-- floor append overhead verify search] [--entries N]`: measures the audit log, and says what it
 * measured and on what. Never part of the tests: a machine that is busy would fail them. `--entries` is how large the log is
 * that is searched; 10,000,000 take about 10 GB of the temporary folder and twenty minutes.
 */
import { cpus } from 'node:os';
import process from 'node:process';
import { parseArgs } from 'node:util';
import { benchAppend } from './audit-append.ts';
import { benchFloor } from './audit-floor.ts';
import { benchOverhead } from './audit-overhead.ts';
import { benchSearch } from './audit-search.ts';
import { benchVerify } from './audit-verify.ts';

const SMALL = 100_000;
const BENCHES = {
  floor: benchFloor,
  append: benchAppend,
  overhead: benchOverhead,
  verify: benchVerify,
  search: (entries: number) => benchSearch(SMALL, entries),
};
type Name = keyof typeof BENCHES;

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: { entries: { type: 'string', default: '1000000' } },
});
const entries = Number(values.entries);
const unknown = positionals.filter((name) => !(name in BENCHES));
if (unknown.length > 0 || !Number.isSafeInteger(entries) || entries <= SMALL) {
  const names = Object.keys(BENCHES).join(', ');
  process.stderr.write(`Name any of: ${names}; --entries is a number above ${SMALL}\n`);
  process.exit(1);
}

process.stdout.write(`Node ${process.version}, ${cpus().length} x ${cpus()[0]?.model ?? 'unknown CPU'}\n`);
const wanted = (positionals.length > 0 ? positionals : Object.keys(BENCHES)) as Name[];
for (const name of wanted) await BENCHES[name](entries);
