import { randomUUID } from 'node:crypto';
import { type Logged, parseLogged } from '../../audit/logged.ts';
import { GatewayError } from '../../errors.ts';
import { addDays } from '../../record/day.ts';
import type { Day } from '../../record/facts.ts';
import type { Telling } from '../../record/telling.ts';
import type { Accepted, Engine } from '../engine.ts';
import { type Errand, refusedAs } from '../errand.ts';
import { UUID } from '../input.ts';
import { startLook } from '../log/look.ts';
import { waitingItems } from './tellings.ts';
import { usesIn } from './uses.ts';

interface DecideTellingInput {
  readonly entry: string;
  readonly decision: Telling['decision'];
  readonly ground?: string | null;
  readonly reviewOn?: Day | null;
  readonly expectedVersion: number;
}

/**
 * Decides for the caller's partner whether a person is told of its part in one entry. Never by whoever that entry says
 * did it. An entry that is not the partner's to decide, one that waits for nobody and none at all are told alike.
 * @throws GatewayError BAD_USER_INPUT, STORE_UNAVAILABLE
 */
export async function decideTelling(errand: Errand): Promise<object> {
  const { engine, request, root, args, afterRecorded } = errand;
  const { partner, practitioner } = request.principal;
  const input = args['input'] as DecideTellingInput;
  const { ground, reviewOn } = checkDecision(engine, request, input);

  const look = await startLook(errand, null);
  const [row] = UUID.test(input.entry) ? await look.log.byIds([input.entry]) : [];
  const entry = row ? parseLogged(row.body) : null;
  const uses = entry ? usesIn([entry], look, engine.policy.bundle) : [];
  const mine = uses.filter(({ deciders }) => deciders.includes(partner));
  if (entry === null || mine.length === 0) return refuse('NOT_OPEN', null);
  if (mine.some((use) => use.recipient === partner && use.practitioner === practitioner)) {
    return refuse('OWN_ACCESS', entry);
  }
  const decided = await engine.tellings.ofEntries([entry.id]);
  const version = decided.find(({ controller }) => controller === partner)?.version ?? 0;
  if (version !== input.expectedVersion) return refuse('VERSION_CONFLICT', entry, 'tellings');

  const telling: Telling = {
    id: randomUUID(),
    entry: entry.id,
    controller: partner,
    decision: input.decision,
    ground,
    reviewOn,
    decidedBy: practitioner,
    decidedAt: request.now,
    version: version + 1,
  };
  root.deed = {
    kind: 'review',
    of: 'telling',
    ok: true,
    code: null,
    reference: telling.id,
    outcome: ground === null ? 'TELL' : `WITHHOLD_${ground}`,
    person: entry.subject,
    entry: entry.id,
  };
  // Its person's items of which this was the last are done with.
  const items = (await waitingItems(errand, look)).filter(
    (item) => item.refs.includes(entry.subject?.ref ?? '') && item.uses.every((use) => use.entry === entry.id),
  );
  afterRecorded(async () => {
    if (!(await engine.tellings.decide(telling))) throw new Error('somebody else decided meanwhile');
    for (const { reference } of items) {
      await engine.governance.acknowledge(partner, 'SUBJECT_REPORT_DECISION', reference);
    }
  });
  return { ok: true, code: null, allowedNow: ['tellings'], version: telling.version };

  function refuse(code: string, of: Logged | null, ...allowedNow: readonly string[]): object {
    root.deed = {
      kind: 'review',
      of: 'telling',
      ok: false,
      code,
      reference: null,
      outcome: input.decision,
      person: of?.subject ?? null,
      entry: of?.id ?? null,
    };
    return { ...refusedAs(code, ...allowedNow), version: null };
  }
}

/** @throws GatewayError BAD_USER_INPUT saying what would be right */
function checkDecision(
  { policy }: Engine,
  { view }: Accepted,
  { decision, ground = null, reviewOn = null }: DecideTellingInput,
): { readonly ground: string | null; readonly reviewOn: Day | null } {
  const { grounds, longestReviewDays } = policy.bundle.telling;
  if (decision === 'TELL') {
    if (ground === null && reviewOn === null) return { ground, reviewOn };
    throw new GatewayError('BAD_USER_INPUT', '"ground" and "reviewOn" are for what is withheld.');
  }
  const last = addDays(view.day, longestReviewDays);
  const problems = [
    ...(ground === null || !grounds.has(ground) ? [`"ground" needs one of: ${[...grounds.keys()].join(', ')}.`] : []),
    ...(reviewOn === null || reviewOn <= view.day || reviewOn > last
      ? [`"reviewOn" needs a day after today and not after ${last}.`]
      : []),
  ];
  if (problems.length > 0) throw new GatewayError('BAD_USER_INPUT', problems.join(' '));
  return { ground, reviewOn };
}
