import { execFile } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import pg from 'pg';
import { parseCheckpoint } from '../../src/audit/checkpoint.ts';
import { openNote, parseVkey } from '../../src/audit/note.ts';
import { wrongChecks } from './checks.ts';
import { anomaliesOf, type Log } from './history.ts';
import type { World } from './world.ts';

const COSIGNED_MILLISECONDS = 60_000;

/** The log's checkpoint at the beginning, as anybody may keep it, once the witness has cosigned one. */
export async function beginning({ database, posts: [{ door }] }: World): Promise<string> {
  const session = new pg.Client({ connectionString: database.ownerUrl });
  await session.connect();
  try {
    for (const deadline = Date.now() + COSIGNED_MILLISECONDS; ; await sleep(50)) {
      if ((await session.query('select from audit.cosignature limit 1')).rowCount === 1) break;
      if (Date.now() > deadline) throw new Error('the witness has cosigned nothing');
    }
  } finally {
    await session.end();
  }
  return (await fetch(`${door.url}/log/checkpoint`)).text();
}

/**
 * Stops both gateways under load, then the clients, and says everything in which the log does not fit what was seen of it.
 * The log must be signed to its end, and be found good by our own commands, against the witness and a checkpoint kept from the beginning.
 */
export async function judge(world: World, early: string): Promise<string[]> {
  const { load, posts } = world;
  const problems: string[] = [];
  await Promise.all(posts.map((post) => post.stop().catch((error: Error) => problems.push(error.message))));
  await load.stop();
  const log = await readLog(world);
  if (log.checkpoints.at(-1)?.size !== log.head.size) {
    problems.push(`the gateways stopped, and of ${log.head.size} entries ${log.checkpoints.at(-1)?.size} are signed`);
  }
  return [
    ...problems,
    ...posts.flatMap((post) => post.deaths()),
    ...load.strange,
    ...(load.reasons.has('LOG_FORKED') ? ['a gateway said that its log was forked'] : []),
    ...anomaliesOf({ answers: load.answers, sights: load.sights }, log),
    ...(await wrongChecks(world.database.ownerUrl)),
    ...(await verified(world, early)),
  ];
}

async function readLog({ database, vkey }: World): Promise<Log> {
  const session = new pg.Client({ connectionString: database.ownerUrl });
  await session.connect();
  try {
    const read = async <Row extends pg.QueryResultRow>(sql: string) => (await session.query<Row>(sql)).rows;
    const entries = await read<{ index: string; body: Buffer }>('select index, body from audit.entry order by index');
    const leaves = await read<{ index: string; id: string; hash: string }>(
      `select index, entry_id as id, encode(hash, 'base64') as hash from audit.leaf order by index`,
    );
    const [head] = await read<{ size: string; root: string }>(
      `select size, encode(root, 'base64') as root from audit.head`,
    );
    const notes = await read<{ note: string }>('select note from audit.checkpoint order by size');
    return {
      entries: entries.map(({ index, body }) => ({ index: Number(index), body })),
      leaves: leaves.map(({ index, id, hash }) => ({ index: Number(index), id, hash })),
      head: { size: Number(head?.size), root: head?.root ?? '' },
      checkpoints: notes.map(({ note }) => {
        const checkpoint = parseCheckpoint(openNote(note, [parseVkey(vkey)]).text);
        return { size: checkpoint?.size ?? -1, root: Buffer.from(checkpoint?.root ?? '').toString('base64') };
      }),
    };
  } finally {
    await session.end();
  }
}

/** What `audit verify` has against what `audit export` writes. */
async function verified({ folder, readerUrl, gatewayUrl, vkey, witness }: World, early: string): Promise<string[]> {
  const [bundle, since] = [join(folder, 'bundle'), join(folder, 'early')];
  writeFileSync(since, early);
  const env = { PATH: process.env['PATH'], AUDIT_READER_URL: readerUrl, DATABASE_URL: gatewayUrl };
  const throughgate = async (...argv: string[]) => {
    const bin = join(import.meta.dirname, '..', '..', 'bin', 'throughgate.js');
    await promisify(execFile)(process.execPath, [bin, 'audit', ...argv], { env, timeout: 60_000 });
  };
  try {
    await throughgate('export', '--format', 'bundle', '--out', bundle);
    await throughgate('verify', '--bundle', bundle, '--key', vkey, '--since', since, '--witness', witness.vkey);
    return [];
  } catch (error) {
    const { message, stderr } = error as { message: string; stderr?: string };
    return [`the log is not found good: ${message} ${stderr}`];
  }
}
