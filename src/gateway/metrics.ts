import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';

/** What an operator watches. No label carries anything about a person, practitioner or identifier. */
export interface Metrics {
  readonly registry: Registry;
  answered(outcome: string, milliseconds: number): void;
  asked(holder: string, faults: number): void;
  policyReloaded(outcome: string): void;
  policyInForce(hash: string): void;
  /** @param ageSeconds null when the owner never sent a list */
  restrictionList(owner: string, ageSeconds: number | null, hasProblem: boolean): void;
  /** @param unwitnessedSeconds how long the oldest checkpoint waits that too few witnesses cosigned; 0 when none does */
  logWitnessed(size: number, unwitnessedSeconds: number): void;
  witnessFailed(witness: string, cause: string): void;
  /** Whether those of the log could be made ahead when it was last tried. */
  partitions(areMade: boolean): void;
  /** Requests for checks that wait for an answer, and those of them that are late. */
  checksWaiting(counts: { readonly waiting: number; readonly late: number }): void;
  /** @param what `ask`, `answer`, `chase`, `late`, `expire`, `reopen`, `hold`, `delete`, `end` (of a pack), or a root field taken up again */
  checkSwept(what: string): void;
  /** Events that a look at what is watched found. */
  watched(events: number): void;
  /** @param outcome `delivered`, `status <code>`, `unreachable`, `timed-out` or `refused-address` */
  webhookSent(endpoint: string, outcome: string): void;
  /** Events that were given up, and wait for somebody to look. */
  deadLetters(count: number): void;
}

export function createMetrics(): Metrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const operations = new Counter({
    name: 'throughgate_operations_total',
    help: 'Operations, by how they ended: answered or the public code of the refusal',
    labelNames: ['outcome'],
    registers: [registry],
  });
  const duration = new Histogram({
    name: 'throughgate_operation_seconds',
    help: 'Time from the request to the answer, audit included',
    buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
    registers: [registry],
  });
  const holders = new Counter({
    name: 'throughgate_holder_requests_total',
    help: 'Operations that asked a holder, and whether some of its answer was refused or missing',
    labelNames: ['holder', 'outcome'],
    registers: [registry],
  });
  const reloads = new Counter({
    name: 'throughgate_policy_reload_total',
    help: 'Times that the policy files were read again: taken, unchanged or refused',
    labelNames: ['outcome'],
    registers: [registry],
  });
  const policy = new Gauge({
    name: 'throughgate_policy_info',
    help: 'The hash of the policy in force, as its label',
    labelNames: ['hash'],
    registers: [registry],
  });
  const listAge = new Gauge({
    name: 'throughgate_restriction_list_age_seconds',
    help: 'How long ago the owner drew up the list of restrictions that is in force',
    labelNames: ['owner'],
    registers: [registry],
  });
  const listProblem = new Gauge({
    name: 'throughgate_restriction_list_problem',
    help: '1 when a list that the owner sent could not be taken, and the one before it is in force',
    labelNames: ['owner'],
    registers: [registry],
  });
  const partitionProblem = new Gauge({
    name: 'throughgate_log_partition_problem',
    help: '1 when the partitions of the log for the months ahead could not be made; its default one takes the entries',
    registers: [registry],
  });
  const witnessed = new Gauge({
    name: 'throughgate_log_witnessed_entries',
    help: 'How many entries of the log are covered by the cosignatures of as many witnesses as are needed',
    registers: [registry],
  });
  const unwitnessed = new Gauge({
    name: 'throughgate_log_unwitnessed_seconds',
    help: 'How long the oldest checkpoint has waited for enough witnesses; 0 when none waits',
    registers: [registry],
  });
  const witnessFailures = new Counter({
    name: 'throughgate_witness_failures_total',
    help: 'Submissions that a witness did not cosign: unreachable, refused, wrong-answer, conflict, store or forked',
    labelNames: ['witness', 'cause'],
    registers: [registry],
  });
  const waiting = new Gauge({
    name: 'throughgate_check_requests_waiting',
    help: 'Requests for checks that wait for an answer',
    registers: [registry],
  });
  const late = new Gauge({
    name: 'throughgate_check_requests_overdue',
    help: 'Requests for checks that were not answered in the time agreed for it',
    registers: [registry],
  });
  const swept = new Counter({
    name: 'throughgate_checks_swept_total',
    help: 'What the gateway did to checks by itself, by what it was',
    labelNames: ['what'],
    registers: [registry],
  });
  const noticed = new Counter({
    name: 'throughgate_watched_events_total',
    help: 'Events that were found by looking at what is watched',
    registers: [registry],
  });
  const webhooks = new Counter({
    name: 'throughgate_webhook_attempts_total',
    help: 'Attempts to tell a registered endpoint of an event, by what became of them',
    labelNames: ['endpoint', 'outcome'],
    registers: [registry],
  });
  const dead = new Gauge({
    name: 'throughgate_webhook_dead_letters',
    help: 'Events that could not be delivered and were given up; throughgate webhooks dead lists them',
    registers: [registry],
  });
  return {
    registry,
    answered(outcome, milliseconds) {
      operations.inc({ outcome });
      duration.observe(milliseconds / 1000);
    },
    asked(holder, faults) {
      holders.inc({ holder, outcome: faults === 0 ? 'heard' : 'fault' });
    },
    policyReloaded(outcome) {
      reloads.inc({ outcome });
    },
    policyInForce(hash) {
      policy.reset();
      policy.set({ hash }, 1);
    },
    restrictionList(owner, ageSeconds, hasProblem) {
      if (ageSeconds !== null) listAge.set({ owner }, ageSeconds);
      listProblem.set({ owner }, hasProblem ? 1 : 0);
    },
    logWitnessed(size, unwitnessedSeconds) {
      witnessed.set(size);
      unwitnessed.set(unwitnessedSeconds);
    },
    witnessFailed(witness, cause) {
      witnessFailures.inc({ witness, cause });
    },
    checksWaiting(counts) {
      waiting.set(counts.waiting);
      late.set(counts.late);
    },
    checkSwept(what) {
      swept.inc({ what });
    },
    watched(events) {
      noticed.inc(events);
    },
    webhookSent(endpoint, outcome) {
      webhooks.inc({ endpoint, outcome });
    },
    deadLetters(count) {
      dead.set(count);
    },
    partitions(areMade) {
      partitionProblem.set(areMade ? 0 : 1);
    },
  };
}
