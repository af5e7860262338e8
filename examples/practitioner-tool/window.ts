/** What a window shows after an action. */
export interface Screen {
  readonly text: string;
  /** Where a job of the practitioner's is done with this action, its name: the actions that it took are told. */
  readonly done?: string;
  /** Whether this is where jobs begin, so that actions are counted from here. */
  readonly home?: boolean;
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
