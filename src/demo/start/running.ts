/** Something that has been started and must be stopped. */
export interface Running {
  readonly name: string;
  readonly pid: number;
  stop(): Promise<void>;
  /** Resolves when it has gone: with null when it was asked to, otherwise with what became of it. */
  readonly exited: Promise<string | null>;
}

/** Everything that a start has set going, in the order in which it is to be stopped. */
export class RunningParts {
  readonly #tiers: Running[][] = [[], [], []];
  readonly #crash = Promise.withResolvers<string>();

  /** Resolves when a part goes without having been asked to, with what became of it. */
  get crashed(): Promise<string> {
    return this.#crash.promise;
  }

  /** A part of tier 0 is stopped first, one of tier 2 last, and those of one tier together. */
  add<T extends Running>(tier: 0 | 1 | 2, part: T): T {
    this.#tiers[tier]?.push(part);
    part.exited.then(
      (end) => (end === null ? undefined : this.#crash.resolve(end)),
      (error: unknown) => this.#crash.resolve(`${part.name}: ${String(error)}`),
    );
    return part;
  }

  async stopAll(): Promise<void> {
    for (const tier of this.#tiers) {
      await Promise.all(tier.map((part) => part.stop()));
    }
  }
}
