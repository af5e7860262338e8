/** Where every room gets the time from, so that a demonstration or a test can move it. */
export interface Clock {
  now(): Date;
}

export const systemClock: Clock = { now: () => new Date() };

/** A clock that keeps ticking from wherever it was set. Only `throughgate start` and tests have one. */
export interface MovableClock extends Clock {
  set(instant: Date): void;
}

export function movableClock(initial?: Date): MovableClock {
  let offsetMilliseconds = 0;
  const clock: MovableClock = {
    now: () => new Date(Date.now() + offsetMilliseconds),
    set: (instant) => {
      offsetMilliseconds = instant.getTime() - Date.now();
    },
  };
  if (initial !== undefined) {
    clock.set(initial);
  }
  return clock;
}
