import { expect } from 'vitest';

/** `Person.sections`, all of it. */
export const ROWS = 'sections { section holder status reason asOf match }';

/** One of its rows, for somebody who is matched with certainty. */
export function row(section: string, holder: string | null, status: string, rest: object = {}) {
  return { section, holder, status, reason: null, asOf: null, match: holder && 1, ...rest };
}

export const asOf = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d/);
