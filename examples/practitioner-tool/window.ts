/** What a window shows after an action. */
export interface Screen {
  readonly text: string;
  /** Whether a job begins with this action: it is the first that counts. */
  readonly begins?: boolean;
  /** What was done by it, and by those since the job began: how many they were is told. */
  readonly done?: string;
}

/** One person's work at a terminal. A line typed is one action. */
export interface Window {
  readonly help: string;
  open(): Promise<Screen>;
  /** @throws NotUnderstood with what would be right */
  act(words: readonly string[]): Promise<Screen>;
}

export class NotUnderstood extends Error {
  override readonly name = 'NotUnderstood';
}

/** The one of a list that was numbered on the screen, from 1. */
export function numbered<Item>(items: readonly Item[], word: string | undefined): Item {
  const item = items[Number(word) - 1];
  if (item === undefined) {
    throw new NotUnderstood(
      items.length === 0 ? 'There is nothing in the list.' : `Give a number from 1 to ${items.length}.`,
    );
  }
  return item;
}
