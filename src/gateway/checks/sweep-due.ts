import { dueOf, type Step, sweep } from '../../checks/sweep.ts';
import type { Check } from '../../record/checks.ts';
import { answerBySubgraph } from './responder.ts';
import { AS_SYSTEM, behalfOfAsker, commit, type Round, type SystemDeed } from './sweep-round.ts';

/** Checks that one gateway takes up at once. Those that it does not come to within a minute are anybody's again. */
const AT_ONCE = 40;
/** Responders take their time, and others wait; but requests need the store's connections too. */
const SIDE_BY_SIDE = 4;

/**
 * Does what time brings to requests: asks responders that answer by their subgraph, chases, says that one is late, gives
 * up.
 * @returns whether more may be due
 */
export async function sweepDue(round: Round): Promise<boolean> {
  const due = await round.engine.checks.due(round.now, AT_ONCE);
  const waiting = due.values();
  const worker = async () => {
    for (const check of waiting) {
      if (round.signal.aborted) return;
      await sweepCheck(round, check).catch((error: unknown) => round.fault(`check ${check.id}`, error));
    }
  };
  await Promise.all(Array.from({ length: SIDE_BY_SIDE }, worker));
  return due.length === AT_ONCE;
}

async function sweepCheck(round: Round, found: Check): Promise<void> {
  const { moment, now } = round;
  let check = found;
  for (const { request, steps } of dueOf(found, moment)) {
    if (!steps.includes('ASK')) continue;
    const after = await answerBySubgraph(round, check, request);
    // Somebody else changed it meanwhile: whoever looks next sees to the rest.
    if (after === null) return;
    check = after;
  }
  const deeds = dueOf(check, moment).flatMap(({ request, steps }) =>
    steps.flatMap((step): SystemDeed[] =>
      step === 'ASK' ? [] : [{ field: FIELDS[step], ok: true, code: null, reference: request.id }],
    ),
  );
  const outcome = sweep(check, { askAgainAt: askAgainAt(check, now) }, AS_SYSTEM, moment);
  if (!outcome.ok) throw new Error(`a check could not be swept: ${outcome.code}`);
  await commit(round, check, outcome, { behalf: behalfOfAsker(round, check), deeds, messages: [] });
}

const FIELDS: Readonly<Record<Exclude<Step, 'ASK'>, string>> = { CHASE: 'chase', LATE: 'late', EXPIRE: 'expire' };

const MINUTE = 60_000;

/** Who gave no answer is asked again after as long as it has been silent: from a minute to an hour. */
function askAgainAt({ requests }: Check, now: Date): Date {
  const asked = Math.max(...requests.map(({ requestedAt }) => requestedAt.getTime()));
  return new Date(now.getTime() + Math.min(Math.max(now.getTime() - asked, MINUTE), 60 * MINUTE));
}
