import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { commandOf, guardName, interrupt, serves } from './server.ts';

/**
 * Clears the way for a cluster that PostgreSQL refuses to start because it seems to be in use.
 *
 * A postmaster whose guard has lost its process is asked to shut down; a lock file that names an unrelated program is
 * removed; one that names a dead process goes away by itself. The caller then tries again.
 * @throws Error when the cluster really is in use
 */
export function clearLeftover(cluster: string): void {
  const pid = readPid(cluster);
  if (pid === null) return;
  if (commandOf(pid) === null) return;
  if (!serves(pid, cluster)) {
    rmSync(join(cluster, 'postmaster.pid'), { force: true });
    return;
  }
  const user = userOf(pid);
  if (user !== null) throw new Error(`The data in ${cluster} are in use by process ${user}: stop it first`);
  interrupt(pid, cluster);
}

/** Whether a live PostgreSQL serves this cluster. */
export function isServed(cluster: string): boolean {
  const pid = readPid(cluster);
  return pid !== null && serves(pid, cluster);
}

function readPid(cluster: string): number | null {
  try {
    const pid = Number.parseInt(readFileSync(join(cluster, 'postmaster.pid'), 'utf8'), 10);
    return pid > 0 ? pid : null;
  } catch {
    return null;
  }
}

/** The process that a postmaster's guard works for, if it lives: a guard is named after the process that started it. */
function userOf(pid: number): number | null {
  const guard = parentOf(pid);
  const user = guard === null ? null : parentOf(guard);
  return guard !== null && user !== null && commandOf(guard)?.includes(guardName(user)) ? user : null;
}

function parentOf(pid: number): number | null {
  try {
    const line = readFileSync(`/proc/${pid}/status`, 'utf8').match(/^PPid:\t(\d+)$/m);
    return line ? Number(line[1]) : null;
  } catch {
    return null;
  }
}
