import { randomUUID } from 'node:crypto';
import { londonInstant } from '../../record/london.ts';
import type { ReferralPack } from '../../record/referrals.ts';
import { askerAt } from '../checks/outward.ts';
import { type Round, recordAndActivate, SYSTEM, type SystemResult } from '../checks/sweep-round.ts';
import { ended } from './send.ts';
import { waitedForFrom } from './standing.ts';

const AT_ONCE = 50;

/**
 * Ends what no provider answered by its day, and with it what the record had open to them.
 * @returns whether there may be more
 */
export async function endOverdue(round: Round): Promise<boolean> {
  const { referrals, policy } = round.engine;
  const from = londonInstant(waitedForFrom(round.day, policy.bundle.referrals.openDays), '00:00');
  const overdue = await referrals.overdue(from, round.now, AT_ONCE);
  for (const pack of overdue) {
    if (round.signal.aborted) return false;
    await end(round, pack).catch((error: unknown) => round.fault(`pack ${pack.id}`, error));
  }
  return overdue.length === AT_ONCE;
}

async function end(round: Round, pack: ReferralPack): Promise<void> {
  const { engine, now } = round;
  const { bundle } = engine.policy;
  const { partner } = pack;
  const deed = { field: 'end', ok: true, code: null, reference: pack.id };
  const behalf = { partner, role: askerAt(bundle, partner), purpose: bundle.referrals.purpose };
  const result: SystemResult = { behalf, deeds: [deed], messages: [] };
  const command = {
    id: randomUUID(),
    partner,
    practitioner: SYSTEM,
    field: deed.field,
    idempotencyKey: `${pack.id} ${pack.version + 1}`,
    input: '',
    result,
  };
  if ((await engine.referrals.save([ended(pack, now)], command, now)) !== 'saved') return;
  await recordAndActivate(round, command.id, result);
}
