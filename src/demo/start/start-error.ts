/** The demonstration cannot start, for a reason outside it. The message says what to change. */
export class StartError extends Error {
  override readonly name = 'StartError';
}
