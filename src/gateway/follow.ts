import type { Logger } from 'pino';
import { type Repeated, repeat } from './repeat.ts';

/** With half a second until it is signed, what anybody appends is signed within the second that is promised. */
const PAUSE_MILLISECONDS = 300;

/** Keeps hearing of what other gateways and commands append to the log, so that it is signed by an idle gateway too. */
export function followLog(store: { follow(): Promise<void> }, logger: Logger): Repeated {
  let problem = '';
  return repeat(async () => {
    const before = problem;
    problem = '';
    await store.follow().catch((error: Error) => {
      problem = error.message;
      // Told when it begins, and not each time.
      if (problem !== before) logger.error({ err: error }, 'the end of the log cannot be read; it is tried again');
    });
    return PAUSE_MILLISECONDS;
  });
}
