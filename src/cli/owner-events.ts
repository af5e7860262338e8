import type { Events } from '../record/events.ts';
import { ownerUrlFromEnvironment } from './owner.ts';

/** The events of the database that the environment names. @throws UsageError where it names none */
export async function eventsAtOwner(): Promise<AsyncDisposable & { readonly events: Events }> {
  const url = ownerUrlFromEnvironment();
  const { openSession } = await import('../store/session.ts');
  {
    // Asked plainly first: what is wrong with a database is said in its own words.
    await using session = await openSession(url);
    await session.client.query('select from record.delivery limit 0');
  }
  const { openStore } = await import('../store/client.ts');
  const { createEvents } = await import('../store/events.ts');
  const store = openStore(url, { poolSize: 1 });
  return { events: createEvents(store.db), [Symbol.asyncDispose]: store.close };
}
