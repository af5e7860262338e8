import { randomUUID } from 'node:crypto';
import { watchEntry } from '../../audit/entry.ts';
import { hold } from '../../checks/sweep.ts';
import { AS_SYSTEM, behalfOfAsker, commit, DONE, operationOf, type Round } from './sweep-round.ts';

const AT_ONCE = 100;
const HOUR = 3_600_000;
const DAY = 24 * HOUR;

/** After two records of a person became one, or one became two, a person must decide whom an open check is about. */
export async function holdMoved(round: Round): Promise<boolean> {
  const moved = await round.engine.checks.movedPeople(AT_ONCE);
  for (const { check, why } of moved) {
    const outcome = hold(check, why, AS_SYSTEM, round.moment);
    if (!outcome.ok) continue;
    const deed = { field: 'hold', ok: true, code: null, reference: check.id };
    await commit(round, check, outcome, { behalf: behalfOfAsker(round, check), deeds: [deed], messages: [] });
  }
  return moved.length === AT_ONCE;
}

/** Deletes what checks told and were told, once the agreed days have passed since they were closed. */
export async function deleteOld(round: Round): Promise<boolean> {
  const { engine, now, log, metrics, signal } = round;
  if (!(await engine.events.claimWatch('checks: old contents', now, HOUR))) return false;
  const { contents } = engine.checks;
  const closedBefore = new Date(now.getTime() - engine.policy.bundle.checks.retentionDays * DAY);
  while (!signal.aborted && (await contents.hasOld(closedBefore))) {
    const deed = { field: 'delete', ok: true, code: null, reference: null };
    await log.append([watchEntry(now, operationOf(round, randomUUID(), null), { ...DONE, deed }, 'erasure')]);
    await contents.deleteOld(closedBefore, AT_ONCE);
    metrics.checkSwept('delete');
  }
  return false;
}
