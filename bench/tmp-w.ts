import pg from 'pg';
import { readFileSync } from 'node:fs';
import { createAuditLog } from '../src/audit/log.ts';
import { createAuditStore } from '../src/store/audit.ts';
import { openStore } from '../src/store/client.ts';
import { withAuditDatabase } from './audit-database.ts';
import { entriesOfOperation } from './audit-entries.ts';
const ticks = (pid: number) => { const f = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]!.split(' '); return Number(f[11]) + Number(f[12]); };
await withAuditDatabase(async ({ gatewayUrl, sql }) => {
  const opened = openStore(gatewayUrl, { poolSize: 1 });
  const store = createAuditStore(opened.db);
  const [{ pid }] = await opened.db.$queryRaw<[{ pid: number }]>`select pg_backend_pid() as pid`;
  let n = 0, stop = false, made = 0, prep = 0;
  const log = createAuditLog({ append: async (b) => { await store.append(b); n += b.length; } });
  const load = Array.from({ length: 64 }, async () => { while (!stop) { const e = entriesOfOperation(made++); await log.append(e); } });
  await new Promise((r) => setTimeout(r, 3000));
  const [w0] = await sql<any>('select pg_current_wal_lsn() l'); const io0 = await sql<any>("select * from pg_stat_wal");
  const n0 = n, t0 = performance.now(), k0 = ticks(pid), c0 = process.cpuUsage(), e0 = performance.eventLoopUtilization();
  const waits = new Map<string, number>();
  while (performance.now() - t0 < 8000) { const [r] = await sql<any>('select state, wait_event_type t, wait_event e from pg_stat_activity where pid=$1', [pid]); const k = `${r.state} ${r.t} ${r.e}`; waits.set(k, (waits.get(k) ?? 0) + 1); await new Promise((r) => setTimeout(r, 4)); }
  const s = (performance.now() - t0) / 1e3; const d = process.cpuUsage(c0);
  const [w1] = await sql<any>('select pg_current_wal_lsn() l, pg_wal_lsn_diff(pg_current_wal_lsn(), $1) d', [w0.l]); const io1 = await sql<any>("select * from pg_stat_wal");
  console.log(((n - n0) / s).toFixed(0), 'entries/s; backend cores', ((ticks(pid) - k0) / 100 / s).toFixed(2), 'node cores', ((d.user + d.system) / 1e6 / s).toFixed(2), 'node ELU', performance.eventLoopUtilization(e0).utilization.toFixed(2), 'wal bytes/entry', (Number(w1.d) / (n - n0)).toFixed(0), 'fpi', Number(io1[0].wal_fpi) - Number(io0[0].wal_fpi));
  console.log([...waits].sort((a, b) => b[1] - a[1]).map(([k, v]) => `${k}: ${v}`).join('\n'));
  stop = true; await Promise.all(load); await opened.close();
});
