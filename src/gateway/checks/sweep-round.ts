import { randomUUID } from 'node:crypto';
import type { Logger } from 'pino';
import {
  NOBODY,
  type OperationFacts,
  type RequestFacts,
  type StoredEntry,
  subjectEntry,
  watchEntry,
} from '../../audit/entry.ts';
import type { AuditLog } from '../../audit/log.ts';
import type { Pseudonyms } from '../../audit/pseudonym.ts';
import type { Moment, Outcome, Party } from '../../checks/act.ts';
import type { Clock } from '../../clock.ts';
import type { CheckTypePolicy } from '../../policy/practice.ts';
import type { Check, CheckChange } from '../../record/checks.ts';
import type { Day } from '../../record/facts.ts';
import { londonDay } from '../../record/london.ts';
import type { Engine } from '../engine.ts';
import type { Metrics } from '../metrics.ts';
import type { SentMessage } from '../scope.ts';
import { messageOutcome } from '../subject-outcome.ts';
import { askerAt } from './outward.ts';

export interface SweepDependencies {
  /** What is in force now: asked once a round. */
  readonly engine: () => Engine;
  readonly log: Pick<AuditLog, 'append'>;
  readonly pseudonyms: Pseudonyms;
  readonly clock: Clock;
  readonly metrics: Pick<Metrics, 'asked' | 'checksWaiting' | 'checkSwept'>;
  readonly logger: Logger;
  /** The gateway's name, as its entries say. */
  readonly node: string;
}

/** One look at all checks, with what it is decided by. */
export interface Round extends Omit<SweepDependencies, 'engine' | 'clock' | 'logger'> {
  readonly engine: Engine;
  readonly now: Date;
  readonly day: Day;
  readonly moment: Moment;
  /** Aborted when the gateway stops: what is under way is finished, and nothing is begun. */
  readonly signal: AbortSignal;
  /** Tells the operator, once: the same again of the same is not told. No value and no identifier may be in it. */
  fault(of: string, problem: unknown): void;
}

export function beginRound(
  { engine, clock, logger: _, ...rest }: SweepDependencies,
  signal: AbortSignal,
  fault: Round['fault'],
): Round {
  const [pinned, now] = [engine(), clock.now()];
  const moment = { at: now, practice: pinned.policy.bundle, newId: randomUUID };
  return { ...rest, engine: pinned, now, day: londonDay(now), moment, signal, fault };
}

/** By whom is done what nobody does. */
export const SYSTEM = 'system';

export const AS_SYSTEM: Party = { as: 'SYSTEM', by: SYSTEM };

/** On whose behalf the gateway acts, and what for. */
export interface Behalf {
  readonly partner: string;
  readonly role: string;
  readonly purpose: string;
}

export function typeOf({ engine }: Pick<Round, 'engine'>, { type }: Check): CheckTypePolicy {
  const policy = engine.policy.bundle.checks.types.get(type);
  if (!policy) throw new Error(`the policy has no check of type ${type}`);
  return policy;
}

/** The side that asks. */
export function behalfOfAsker(round: Pick<Round, 'engine'>, check: Check): Behalf {
  const { partner } = check;
  return { partner, role: askerAt(round.engine.policy.bundle, partner), purpose: typeOf(round, check).purpose };
}

/** What the gateway did by itself, or for a gateway that could not record it, as the entry has it. */
export type SystemDeed = NonNullable<RequestFacts['deed']>;

/** What a command of the gateway's own keeps: enough for any gateway to record it. */
export interface SystemResult {
  readonly behalf: Behalf;
  readonly deeds: readonly SystemDeed[];
  /** What others were told by it. */
  readonly messages: readonly SentMessage[];
}

/**
 * Keeps a change, records it, and only then lets it take effect. A gateway that dies between leaves what `takeUpCommands`
 * finds; of gateways that try the same at once, one succeeds.
 * @returns whether it is in force now
 */
export async function commit(
  round: Round,
  before: Check,
  { after, events }: Extract<Outcome, { ok: true }>,
  result: SystemResult,
  contents: CheckChange['contents'] = [],
): Promise<boolean> {
  if (after === before) return true;
  const { checks } = round.engine;
  const change: CheckChange = { before, after, contents, texts: [], events };
  const [deed] = result.deeds;
  // When somebody will look again is nobody's business.
  if (!deed) return (await checks.save([change], null, round.now)) === 'saved';
  const command = {
    id: randomUUID(),
    partner: result.behalf.partner,
    practitioner: SYSTEM,
    field: deed.field,
    idempotencyKey: `${before.id} ${after.version}`,
    input: '',
    result,
  };
  if ((await checks.save([change], command, round.now)) !== 'saved') return false;
  await recordAndActivate(round, command.id, result);
  return true;
}

/** @param command its id is that of the operation in the log */
export async function recordAndActivate(round: Round, command: string, result: SystemResult): Promise<void> {
  const operation = operationOf(round, command, result.behalf);
  await round.log.append(entriesOfDeeds(round, operation, result));
  await round.engine.checks.activate(command);
  for (const { field } of result.deeds) round.metrics.checkSwept(field);
}

/** @param behalf null for what is done for nobody in particular */
export function operationOf({ engine, node }: Round, requestId: string, behalf: Behalf | null): OperationFacts {
  const { partner = null, role = null, purpose = null } = behalf ?? {};
  return {
    requestId,
    trace: null,
    network: null,
    node,
    actor: { ...NOBODY, name: SYSTEM, partner, role },
    purpose,
    policy: engine.policy.bundle.hash,
    operation: { name: null, hash: null },
  };
}

/** What an entry of a deed says besides the deed. */
export const DONE = {
  outcome: 'answered',
  status: 200,
  reasons: [],
  sources: [],
  counts: { subjects: 0, shown: 0, considered: 0 },
} as const satisfies RequestFacts;

/**
 * An entry for each deed, and one for each person of whom somebody was told.
 * @param sources the holders that were asked
 */
export function entriesOfDeeds(
  { now, pseudonyms, engine }: Round,
  operation: OperationFacts,
  { deeds, messages }: Omit<SystemResult, 'behalf'>,
  sources: readonly string[] = [],
): StoredEntry[] {
  const { agreements } = engine.policy.bundle;
  const subjects = new Set(messages.map(({ person }) => person)).size;
  const shown = new Set(messages.flatMap(({ person, sent }) => (sent ? [person] : []))).size;
  const done = { ...DONE, sources, counts: { subjects, shown, considered: subjects } };
  return [
    ...deeds.map((deed) => watchEntry(now, operation, { ...done, deed })),
    ...messages.map((message) => subjectEntry(now, operation, messageOutcome(message, pseudonyms, agreements))),
  ];
}
