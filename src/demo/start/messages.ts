/** What the supervisor tells a child process. */
export type Order<Settings> =
  | { readonly type: 'start'; readonly settings: Settings }
  | { readonly type: 'clock'; readonly offsetMilliseconds: number }
  | { readonly type: 'stop' };

/** What a child process tells the supervisor. */
export type Notice<Result> =
  | { readonly type: 'ready'; readonly result: Result }
  /** It cannot start. The message is written for the person at the terminal. */
  | { readonly type: 'failed'; readonly message: string }
  /** Somebody moved the clock. An offset from the machine's clock, so that all parts have one time to the millisecond. */
  | { readonly type: 'clock'; readonly offsetMilliseconds: number };
