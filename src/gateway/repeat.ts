/** Work that is done again and again, never twice at once. */
export interface Repeated {
  /** Resolves when it is not under way and will not be again. */
  close(): Promise<void>;
}

/** @param work says after how many milliseconds it is due again; it throws nothing */
export function repeat(work: () => Promise<number>): Repeated {
  let timer: ReturnType<typeof setTimeout> | null = null;
  let closed = false;
  let under = run();

  async function run(): Promise<void> {
    const pause = await work();
    if (closed) return;
    timer = setTimeout(() => {
      under = run();
    }, pause).unref();
  }

  return {
    async close() {
      closed = true;
      if (timer !== null) clearTimeout(timer);
      await under;
    },
  };
}
