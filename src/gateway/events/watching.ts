import { systemClock } from '../../clock.ts';
import { type Repeated, repeat } from '../repeat.ts';
import { type WatchDependencies, watchPartner } from './watch.ts';

export interface Watching extends Repeated {
  /** Looks now for a partner, whoever's turn it is. Rejects where something could not be looked at. */
  look(partner: string): Promise<void>;
}

/** Shorter than the time between two rounds, so that a gateway whose clock is a little early finds its turn. */
const TURN = 0.9;
/** Events are kept so long: longer than anybody who polls stays away. */
const KEPT_DAYS = 90;
const FORGOTTEN_AT_ONCE = 10_000;
const DAY_MILLISECONDS = 86_400_000;

/**
 * Looks again and again, as often as policy says, for each partner in turn. Of several gateways one looks for a partner at
 * a time; which, is settled in the store, by the machine's time. A gateway that has just started waits first.
 */
export function keepWatching(dependencies: WatchDependencies): Watching {
  const { engine, clock, logger } = dependencies;
  const closing = new AbortController();
  const partners = () => [...engine().policy.bundle.partners.keys()];
  const everyMilliseconds = () => engine().policy.bundle.watching.everySeconds * 1_000;
  let isFirst = true;

  const turns = repeat(async () => {
    if (!isFirst) await takeTurns();
    isFirst = false;
    return everyMilliseconds();
  });

  async function takeTurns(): Promise<void> {
    const claim = (key: string) => engine().events.claimWatch(key, systemClock.now(), everyMilliseconds() * TURN);
    for (const partner of partners()) {
      if (closing.signal.aborted) return;
      try {
        if (await claim(`watch ${partner}`)) await watchPartner(dependencies, partner, closing.signal);
      } catch (error) {
        logger.error(
          { err: error, partner },
          'what a partner is to be told of could not be looked at; it is tried again',
        );
      }
    }
    await engine()
      .events.forget(new Date(clock.now().getTime() - KEPT_DAYS * DAY_MILLISECONDS), FORGOTTEN_AT_ONCE)
      .catch((error: unknown) => logger.error({ err: error }, 'old events could not be forgotten; it is tried again'));
  }

  return {
    look: (partner) => watchPartner(dependencies, partner, closing.signal),
    async close() {
      closing.abort();
      await turns.close();
    },
  };
}
