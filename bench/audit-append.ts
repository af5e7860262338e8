import process from 'node:process';
import { createAuditLog } from '../src/audit/log.ts';
import { createAuditStore } from '../src/store/audit.ts';
import { openStore } from '../src/store/client.ts';
import { withAuditDatabase } from './audit-database.ts';
import { entriesOfOperation } from './audit-entries.ts';
import { quantile } from './figures.ts';

const IN_FLIGHT = [1, 8, 64, 256];
const MILLISECONDS = 8_000;
const WARM_UP_MILLISECONDS = 2_000;

/**
 * How fast entries become durable while so many operations wait for theirs, two entries each, made as a gateway makes
 * them. `commit` is one transaction of the store, with whatever waited for it; `wait` is what an operation waits.
 */
export async function benchAppend(): Promise<void> {
  await withAuditDatabase(async ({ gatewayUrl, sql }) => {
    const [{ fsync } = { fsync: '?' }] = await sql<{ fsync: string }>('show fsync');
    process.stdout.write(`append: a request and a disclosure each time, fsync ${fsync} (64: at least 5000 entries/s, `);
    process.stdout.write('commit p50 <= 8 ms, p99 <= 50 ms)\n');
    for (const inFlight of IN_FLIGHT) {
      await sql('checkpoint');
      process.stdout.write(`  ${String(inFlight).padStart(3)} in flight: ${await measure(gatewayUrl, inFlight)}\n`);
    }
  });
}

async function measure(gatewayUrl: string, inFlight: number): Promise<string> {
  const opened = openStore(gatewayUrl, { poolSize: 2 });
  const store = createAuditStore(opened);
  let measuring = false;
  const [commits, waits]: [number[], number[]] = [[], []];
  let entries = 0;
  const log = createAuditLog({
    async append(batch) {
      const started = performance.now();
      await store.append(batch);
      if (!measuring) return;
      commits.push(performance.now() - started);
      entries += batch.length;
    },
  });
  let stopping = false;
  let made = 0;
  const load = Array.from({ length: inFlight }, async () => {
    while (!stopping) {
      const operation = entriesOfOperation(made++);
      const started = performance.now();
      await log.append(operation);
      if (measuring) waits.push(performance.now() - started);
    }
  });
  try {
    await pause(WARM_UP_MILLISECONDS);
    measuring = true;
    const [began, cpu] = [performance.now(), process.cpuUsage()];
    await pause(MILLISECONDS);
    measuring = false;
    const seconds = (performance.now() - began) / 1_000;
    const { user, system } = process.cpuUsage(cpu);
    stopping = true;
    await Promise.all(load);
    const spread = (of: number[]) => [0.5, 0.99].map((q) => quantile(of, q).toFixed(1)).join(' / ');
    return [
      `${Math.round(entries / seconds)} entries/s`,
      `commit p50 / p99 ${spread(commits)} ms of ${Math.round(entries / commits.length)} entries`,
      `wait ${spread(waits)} ms`,
      `this process ${((user + system) / 1e6 / seconds).toFixed(2)} cores`,
    ].join(', ');
  } finally {
    stopping = true;
    await Promise.allSettled(load);
    await opened.close();
  }
}

function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
