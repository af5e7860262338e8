import type { KeptCommand } from '../../record/checks.ts';
import { type KeptResult, resultOf } from './command.ts';
import { type Round, recordAndActivate, SYSTEM, type SystemResult } from './sweep-round.ts';

/** Longer than it takes from when something is kept until it is recorded, the log's patience included. */
const GRACE_MILLISECONDS = 30_000;
const AT_ONCE = 50;

/**
 * Takes up what a gateway kept and died over: records it, and lets it take effect. Where that gateway had recorded it
 * already, the log says besides that it was taken up.
 * @returns whether there may be more
 */
export async function takeUpCommands(round: Round): Promise<boolean> {
  const before = new Date(round.now.getTime() - GRACE_MILLISECONDS);
  const left = await round.engine.checks.unrecorded(before, AT_ONCE);
  for (const command of left) {
    if (round.signal.aborted) return false;
    await recordAndActivate(round, command.id, kept(command)).catch((error: unknown) =>
      round.fault(`command ${command.id}`, error),
    );
  }
  return left.length === AT_ONCE;
}

function kept(command: KeptCommand): SystemResult {
  const { partner, practitioner, field } = command;
  if (practitioner === SYSTEM) return command.result as SystemResult;
  const { reference, text, messages, role, purpose }: KeptResult = resultOf(command);
  const deed = { field, ok: true, code: null, reference, ...(text && { text }) };
  return { behalf: { partner, role, purpose }, deeds: [deed], messages };
}
