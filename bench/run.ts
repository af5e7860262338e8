/**
 * `npm run bench [-- decide list telling]`: measures, and says what it measured and on what. Never part of the tests: a
 * machine that is busy would fail them.
 */
import { cpus } from 'node:os';
import process from 'node:process';
import { benchDecide } from './decide.ts';
import { benchList } from './list.ts';
import { startSurroundings } from './surroundings.ts';
import { benchTelling } from './telling.ts';

const KNOWN = ['decide', 'list', 'telling'];
const wanted = process.argv.slice(2).length > 0 ? process.argv.slice(2) : KNOWN;
const unknown = wanted.filter((name) => !KNOWN.includes(name));
if (unknown.length > 0) {
  process.stderr.write(`There is no benchmark ${unknown.join(', ')}; there are: ${KNOWN.join(', ')}\n`);
  process.exit(1);
}

process.stdout.write(`Node ${process.version}, ${cpus().length} x ${cpus()[0]?.model ?? 'unknown CPU'}\n`);
if (wanted.includes('decide')) await benchDecide();
if (wanted.includes('list') || wanted.includes('telling')) {
  const surroundings = await startSurroundings();
  try {
    if (wanted.includes('list')) await benchList(surroundings);
    if (wanted.includes('telling')) await benchTelling(surroundings);
  } finally {
    await surroundings.close();
  }
}
