/** What is no line of the log. */
export class LineError extends Error {
  override readonly name = 'LineError';
  /** Of which line. */
  readonly index: number;

  constructor(index: number, message: string) {
    super(message);
    this.index = index;
  }
}

/** No entry is nearly as long, in bytes. */
const LONGEST = 1024 * 1024;

/**
 * Lines without their newlines, from pieces of any length. Holds one piece and one line.
 * @param first what the first line is counted as
 * @throws LineError for one that is too long or that no newline ends; whatever reading throws
 */
export async function* linesOf(
  pieces: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  first = 0,
): AsyncGenerator<Uint8Array> {
  let rest: Buffer = Buffer.alloc(0);
  let index = first;
  for await (const piece of pieces) {
    rest = rest.length === 0 ? Buffer.from(piece) : Buffer.concat([rest, piece]);
    let begin = 0;
    for (let end = rest.indexOf(0x0a); end !== -1 && end - begin <= LONGEST; end = rest.indexOf(0x0a, begin)) {
      yield rest.subarray(begin, end);
      index += 1;
      begin = end + 1;
    }
    rest = rest.subarray(begin);
    if (rest.length > LONGEST) throw new LineError(index, `is longer than ${LONGEST} bytes`);
  }
  if (rest.length > 0) throw new LineError(index, 'is torn: no newline ends it');
}
