import { randomInt, randomUUID } from 'node:crypto';
import type { Logger } from 'pino';
import { type OperationFacts, subjectEntry, watchEntry } from '../../audit/entry.ts';
import type { AuditLog } from '../../audit/log.ts';
import type { Pseudonyms } from '../../audit/pseudonym.ts';
import { type Clock, systemClock } from '../../clock.ts';
import type { SavedEvent } from '../../record/checks.ts';
import type { Delivery, DeliveryOutcome } from '../../record/events.ts';
import { londonDay } from '../../record/london.ts';
import { createLoaders } from '../../sources/loaders.ts';
import type { Engine } from '../engine.ts';
import type { Metrics } from '../metrics.ts';
import { createPersonNode } from '../person.ts';
import { type Repeated, repeat } from '../repeat.ts';
import { outcomeOf } from '../subject-outcome.ts';
import type { NamedSubject } from '../subjects-of.ts';
import type { Endpoint } from './endpoints.ts';
import { kindsInView, PARTY_DAYS, toldBy } from './kinds.ts';
import { closedToSystems, decideOnBehalf, standingsIn, systemActor } from './on-behalf.ts';
import { postWebhook, type WebhookAnswer } from './webhook-client.ts';

export interface OutboxDependencies {
  readonly endpoints: readonly Endpoint[];
  readonly engine: () => Engine;
  readonly log: Pick<AuditLog, 'append'>;
  readonly pseudonyms: Pseudonyms;
  readonly clock: Clock;
  readonly metrics: Pick<Metrics, 'webhookSent' | 'deadLetters'>;
  readonly logger: Logger;
  readonly node: string;
}

export interface Outbox extends Repeated {
  /** Whether something was given up, when last looked. */
  hasDead(): boolean;
}

const PAUSE_MILLISECONDS = 500;
const BATCH = 200;
/** What is claimed comes back after a minute: by then nothing of it may be on its way. */
const ROUND_MILLISECONDS = 40_000;
const FIRST_RETRY_MILLISECONDS = 5_000;
const LAST_RETRY_MILLISECONDS = 10 * 3_600_000;
/** https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md#delivery-success-and-failures */
const GONE = 410;

/**
 * Tells registered endpoints of events, at least once each: a gateway that dies between sending and noting it leaves the
 * event to be sent again, under the same id. What was given up stays until somebody has it tried again.
 */
export function keepDelivering(dependencies: OutboxDependencies): Outbox {
  const { endpoints, engine, metrics, logger } = dependencies;
  const closing = new AbortController();
  /** By the name of the endpoint: what is on its way there. One that is slow keeps no other waiting. */
  const under = new Map<string, Promise<void>>();
  let dead = 0;
  let problem = '';
  const rounds = repeat(async () => {
    try {
      const { events } = engine();
      const fresh = await events.unrouted(BATCH);
      const routed = fresh.map(({ id }) => id);
      if (fresh.length > 0) await events.route(routed, routesOf(fresh, endpoints), systemClock.now());
      const free = endpoints.map(({ name }) => name).filter((name) => !under.has(name));
      const due = await events.claimDeliveries(free, systemClock.now(), BATCH);
      const until = performance.now() + ROUND_MILLISECONDS;
      const stillOpen = () => !closing.signal.aborted && performance.now() < until;
      for (const [name, each] of Map.groupBy(due, ({ endpoint }) => endpoint)) {
        const delivered = deliverAll(each, stillOpen).catch(report);
        under.set(
          name,
          delivered.finally(() => under.delete(name)),
        );
      }
      // Nothing is on its way that could have failed.
      if (under.size === 0) problem = '';
      dead = await events.deadCount();
      metrics.deadLetters(dead);
      // There may be more of them.
      if (!closing.signal.aborted && fresh.length === BATCH) return 0;
    } catch (error) {
      report(error as Error);
    }
    return PAUSE_MILLISECONDS;
  });

  return {
    hasDead: () => dead > 0,
    async close() {
      closing.abort();
      await rounds.close();
      await Promise.all(under.values());
    },
  };

  /** Told when it begins, and not each time. */
  function report(error: Error): void {
    if (error.message !== problem) logger.error({ err: error }, 'events cannot be delivered; it is tried again');
    problem = error.message;
  }

  /** In their order. After one that failed the rest waits: a receiver that is down is not asked for each of them. */
  async function deliverAll(deliveries: readonly Delivery[], stillOpen: () => boolean): Promise<void> {
    for (const delivery of deliveries) {
      if (!stillOpen()) return;
      const outcome = await deliver(dependencies, delivery, closing.signal);
      if (outcome === null) return;
      await engine().events.settle({ event: delivery.event.id, endpoint: delivery.endpoint }, outcome);
      if (typeof outcome === 'object' && 'retryAt' in outcome) return;
    }
  }
}

function routesOf(events: readonly SavedEvent[], endpoints: readonly Endpoint[]) {
  return events.flatMap(({ id, kind, partner }) =>
    endpoints
      .filter((endpoint) => endpoint.kinds.has(kind) && (partner === null || partner === endpoint.partner))
      .map(({ name }) => ({ event: id, endpoint: name })),
  );
}

/**
 * One attempt. Decided by today's policy and on record before it leaves (SHARE-07, AUDIT-01).
 * @returns null where the gateway closes meanwhile: nobody knows what became of it
 */
async function deliver(
  dependencies: OutboxDependencies,
  { event, endpoint: name, attempts }: Delivery,
  closing: AbortSignal,
): Promise<DeliveryOutcome | null> {
  const { endpoints, log, clock, metrics, logger, node, pseudonyms } = dependencies;
  const engine = dependencies.engine();
  const { bundle } = engine.policy;
  const endpoint = endpoints.find((each) => each.name === name);
  // Taken off the list, it is told nothing any more.
  if (!endpoint) return 'dropped';
  const now = clock.now();
  const view = engine.policy.viewOf(endpoint, endpoint.purpose, londonDay(now));
  const kind = view && kindsInView(engine.policy, view).find(({ policy }) => policy.kind === event.kind);
  if (!view || !kind) return 'dropped';

  const toldOf = ({ decision }: NamedSubject) => toldBy(kind, event, view, decision);
  const standings = await standingsIn(engine, view, [event.person], PARTY_DAYS);
  const [subject] = await decideOnBehalf(engine, { view, now }, standings, (each) => toldOf(each) !== null);
  // Nobody there works with the person: there is nobody on whose behalf to decide.
  if (!subject?.facts) return 'dropped';
  const closed = closedToSystems(subject.facts, view);
  const told = closed.length > 0 ? null : toldOf(subject);
  const requestId = randomUUID();
  const operation: OperationFacts = {
    requestId,
    trace: null,
    network: null,
    node,
    actor: systemActor(view),
    purpose: view.purpose.code,
    policy: bundle.hash,
    operation: { name: null, hash: null },
  };
  const place = createPersonNode(subject, new Map(), {
    view,
    now,
    loaders: createLoaders(engine.holders, engine.keyField, { requestId, signal: closing }),
    holdersOf: engine.policy.holdersOf,
    permit: () => {},
  });
  const outcome = outcomeOf(place, told, { view, agreements: bundle.agreements, pseudonyms });
  const reasons = [...outcome.reasons, ...closed];
  const recipient = { partner: endpoint.partner, reference: event.id };
  await log.append([subjectEntry(now, operation, { ...outcome, reasons, recipient })]);
  if (told === null) return 'dropped';

  const answer = await send(endpoint, event, subject.id, closing);
  if (closing.aborted) return null;
  const problem = problemOf(answer);
  metrics.webhookSent(name, problem ?? 'delivered');
  if (problem === null) return { deliveredAt: systemClock.now() };
  logger.warn({ endpoint: name, event: event.id, problem, attempts: attempts + 1 }, 'an event could not be delivered');
  const isLast = attempts + 1 >= bundle.watching.deliveryAttempts || ('status' in answer && answer.status === GONE);
  if (!isLast) return { retryAt: retryAfter(attempts), problem };
  await log.append([
    watchEntry(clock.now(), operation, {
      outcome: 'answered',
      status: 200,
      reasons: [],
      sources: [],
      counts: { subjects: 0, shown: 0, considered: 0 },
      deed: { field: 'deliver', ok: false, code: 'DEAD', reference: event.id },
    }),
  ]);
  return { deadAt: systemClock.now(), problem };
}

/** References only: what happened, to whom as the partner knows them, and where to look. */
async function send(
  { url, signers }: Endpoint,
  { id, kind, at, reference }: SavedEvent,
  person: string,
  closing: AbortSignal,
): Promise<WebhookAnswer> {
  const body = JSON.stringify({ type: kind, timestamp: at.toISOString(), data: { id, kind, person, reference } });
  const sentAt = systemClock.now();
  const headers = {
    'content-type': 'application/json',
    'user-agent': 'Throughgate',
    'webhook-id': id,
    'webhook-timestamp': String(Math.floor(sentAt.getTime() / 1_000)),
    'webhook-signature': signers.map((signer) => signer.sign(id, sentAt, body)).join(' '),
  };
  return postWebhook(url, headers, body, closing);
}

function problemOf(answer: WebhookAnswer): string | null {
  if ('problem' in answer) return answer.problem;
  return answer.status >= 200 && answer.status < 300 ? null : `status ${answer.status}`;
}

/** Each time four times as long, up to ten hours; a fifth more or less, so that not everything comes at once. */
function retryAfter(attempts: number): Date {
  const pause = Math.min(FIRST_RETRY_MILLISECONDS * 4 ** attempts, LAST_RETRY_MILLISECONDS);
  return new Date(systemClock.now().getTime() + (pause * randomInt(80, 121)) / 100);
}
