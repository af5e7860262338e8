/** One command of `throughgate`: what it takes, what its help says, and what it does. */
export interface Command {
  /** The words that call it, e.g. `policy check`. */
  readonly name: string;
  /** One line for the list of commands. */
  readonly summary: string;
  /** What stands after the options in its usage line, e.g. `<file>`; as many words as it takes arguments. */
  readonly arguments?: string;
  readonly options: Readonly<Record<string, Option>>;
  /** Further lines of help, as they are printed: environment, output. An empty one parts two paragraphs. */
  readonly details?: readonly string[];
  readonly exitCodes: Readonly<Record<number, string>>;
  /** The exit code of a wrong command line, where 1 means something else. */
  readonly misuse?: number;
  /** Answers the exit code. @throws UsageError for a value that no parser could refuse */
  readonly run: (input: Input) => Promise<number>;
}

export interface Option {
  /** What its value is called in help, e.g. `DIR`; absent for a switch. */
  readonly value?: string;
  readonly text: string;
}

export interface Input {
  readonly arguments: readonly string[];
  /** The value of an option, or undefined where it was not given. */
  readonly option: (name: string) => string | undefined;
  readonly switched: (name: string) => boolean;
}

export const EXIT = { ok: 0, usage: 1, fault: 70 } as const;

/** The command line or the environment asks for something that cannot be. The message says what would be right. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** An option's value as a whole number at or above `least`; null where it was not given. @throws UsageError */
export function wholeNumber(name: string, text: string | undefined, least: number): number | null {
  if (text === undefined) {
    return null;
  }
  if (!/^\d{1,9}$/.test(text) || Number(text) < least) {
    throw new UsageError(`${name} must be a whole number, ${least} or more`);
  }
  return Number(text);
}
