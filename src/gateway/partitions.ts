import type { Logger } from 'pino';
import type { Metrics } from './metrics.ts';

const AHEAD_MONTHS = 3;
const DAY = 24 * 60 * 60_000;

/**
 * Makes the log's partitions of this month and the next ones: now, and each day. Where that fails nothing else does: the
 * default partition takes the entries, from where they are moved once it goes well.
 */
export async function keepPartitions(dependencies: {
  /** @returns how many were missing */
  make(monthsAhead: number): Promise<number>;
  metrics: Pick<Metrics, 'partitions'>;
  logger: Logger;
}): Promise<{ close(): Promise<void> }> {
  const { make, metrics, logger } = dependencies;
  let work = makeAhead();
  await work;
  const timer = setInterval(() => {
    work = makeAhead();
  }, DAY).unref();

  return {
    async close() {
      clearInterval(timer);
      await work;
    },
  };

  async function makeAhead(): Promise<void> {
    try {
      const made = await make(AHEAD_MONTHS);
      metrics.partitions(true);
      if (made > 0) logger.info({ made }, 'partitions of the log were made ahead');
    } catch (error) {
      metrics.partitions(false);
      logger.error({ err: error }, 'partitions of the log could not be made; the default one takes its entries');
    }
  }
}
