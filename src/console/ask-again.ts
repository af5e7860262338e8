import { AskError, type Visit } from './page.ts';

/**
 * Asks once more where it could not take effect: what a second click, or another window, began at the same moment is then
 * found. For what is the same when it is sent again.
 * @throws AskError
 */
export async function askAgain<Data>(
  visit: Pick<Visit, 'ask'>,
  document: string,
  variables: Readonly<Record<string, unknown>>,
): Promise<Data> {
  try {
    return await visit.ask<Data>(document, variables);
  } catch (error) {
    if (!(error instanceof AskError) || error.code !== 'STORE_UNAVAILABLE') throw error;
    return visit.ask<Data>(document, variables);
  }
}
