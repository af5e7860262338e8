// Started by the tests as a process of its own: starts PostgreSQL, says where, and waits to be killed.
import process from 'node:process';
import { startPostgres } from '../../../src/demo/postgres/start.ts';

const [dataDir] = process.argv.slice(2);
if (dataDir === undefined) throw new Error('usage: hold.ts DATA_DIR');
const { pid, ownerUrl } = await startPostgres({ dataDir });
process.stdout.write(`${JSON.stringify({ pid, ownerUrl })}\n`);
setInterval(() => {}, 60_000);
