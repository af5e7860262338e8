import process from 'node:process';

/**
 * Resolves at the first signal to stop. Later ones change nothing: a terminal's Ctrl-C arrives twice under npm, once from
 * the terminal and once from npm.
 */
export function stopSignal(signals: readonly NodeJS.Signals[] = ['SIGINT', 'SIGTERM', 'SIGHUP']): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of signals) {
      process.on(signal, () => resolve());
    }
  });
}
