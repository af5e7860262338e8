import process from 'node:process';
import type { MovableClock } from '../../clock.ts';
import type { Notice, Order } from './messages.ts';

/** A part of the demonstration that runs in a process of its own. */
export interface Part<Result> {
  /** What the supervisor is told when it has started. */
  readonly result: Result;
  close(): Promise<void>;
}

/**
 * Makes this process a child of the supervisor: it starts when told, stops when told, and goes when the supervisor has
 * gone, however that died.
 */
export function runChild<Settings, Result>(
  clock: MovableClock,
  start: (settings: Settings) => Promise<Part<Result>>,
): void {
  let part: Part<Result> | undefined;
  const obey = async (order: Order<Settings>): Promise<void> => {
    switch (order.type) {
      case 'start':
        part = await start(order.settings);
        return tell({ type: 'ready', result: part.result });
      case 'clock':
        return clock.set(new Date(Date.now() + order.offsetMilliseconds));
      case 'stop':
        await part?.close();
        return process.exit(0);
    }
  };
  process.on('message', (order: Order<Settings>) => {
    obey(order).catch((error: unknown) => {
      console.error(error);
      tell({ type: 'failed', message: error instanceof Error ? error.message : String(error) });
    });
  });
  process.on('disconnect', () => process.exit(1));
}

/** Nobody hears it when the supervisor has gone, and then this process ends anyway. */
export function tell<Result>(notice: Notice<Result>): void {
  process.send?.(notice, undefined, undefined, () => {});
}
