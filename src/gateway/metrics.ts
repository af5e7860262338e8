import { Counter, collectDefaultMetrics, Histogram, Registry } from 'prom-client';

/** What an operator watches. No label carries anything about a person, practitioner or identifier. */
export interface Metrics {
  readonly registry: Registry;
  answered(outcome: string, milliseconds: number): void;
  asked(holder: string, faults: number): void;
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
  return {
    registry,
    answered(outcome, milliseconds) {
      operations.inc({ outcome });
      duration.observe(milliseconds / 1000);
    },
    asked(holder, faults) {
      holders.inc({ holder, outcome: faults === 0 ? 'heard' : 'fault' });
    },
  };
}
