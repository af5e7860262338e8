/** Work that goes on when the answer that began it has left, and ends with the gateway. */
export interface ExportRuns {
  /** @param work never rejects; its signal says that the gateway stops */
  begin(work: (signal: AbortSignal) => Promise<void>): Promise<void>;
  /** Resolves when nothing runs any more. */
  close(): Promise<void>;
}

export function createExportRuns(): ExportRuns {
  const stop = new AbortController();
  const running = new Set<Promise<void>>();
  return {
    begin(work) {
      const run: Promise<void> = work(stop.signal).finally(() => running.delete(run));
      running.add(run);
      return run;
    },
    async close() {
      stop.abort();
      await Promise.all(running);
    },
  };
}
