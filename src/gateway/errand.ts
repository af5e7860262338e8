import type { Selection } from '../record/selection.ts';
import type { Accepted, Engine } from './engine.ts';
import type { Root, Scope } from './scope.ts';

/** What a root field of the gateway's own work has at hand. It runs only where the guard let it. */
export interface Errand {
  readonly engine: Engine;
  readonly request: Accepted;
  readonly root: Root;
  readonly args: Readonly<Record<string, unknown>>;
  /** What is selected of the answer. */
  readonly selection: Selection;
  readonly ask: Scope['ask'];
  readonly place: Scope['place'];
  /** The answer leaves no earlier than so many milliseconds after the request came in. */
  hold(milliseconds: number): void;
  /** Done once the request's entries are durable and before the answer leaves: nothing takes effect unrecorded. */
  afterRecorded(effect: () => Promise<void>): void;
}

/** An expected refusal. It changes nothing for the caller, who is told what would do something now. */
export function refusedAs<Code extends string>(code: Code, ...allowedNow: readonly string[]) {
  return { ok: false as const, code, allowedNow };
}
