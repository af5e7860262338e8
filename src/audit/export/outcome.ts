import type { Logged } from '../logged.ts';

/** What became of what an entry records, for forms that know no more than this. */
export type Result = 'success' | 'refused' | 'fault';

const SUCCESSES: ReadonlySet<string> = new Set(['answered', 'explained', 'shown', 'granted', 'taken']);

/**
 * A decision of a reviewer, and the life of the gateway and its keys, are successes whatever they say. What was not
 * delivered was answered, and failed after that.
 */
export function resultOf({ kind, outcome, status, deed }: Logged): Result {
  if (status !== null && status >= 500) return 'fault';
  if (outcome === 'not-delivered') return 'fault';
  if (kind === 'refusal' || deed?.ok === false) return 'refused';
  if (kind === 'review' || kind === 'start' || kind === 'stop' || kind === 'key-change') return 'success';
  return outcome === null || SUCCESSES.has(outcome) ? 'success' : 'refused';
}

/** Every code that says why, each once. */
export function whyOf({ outcome, reasons, withheld, deed }: Logged): string[] {
  const codes = [...reasons, ...withheld.map(({ reason }) => reason)].filter((reason) => reason.outcome !== 'pass');
  return [
    ...new Set([outcome, deed?.code, ...codes.map(({ code }) => code)].filter((code) => typeof code === 'string')),
  ];
}
