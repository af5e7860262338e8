import pg from 'pg';

/** One connection for what a command does, closed at the end of its scope. A transaction that is open then is undone. */
export async function openSession(url: string): Promise<AsyncDisposable & { readonly client: pg.Client }> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 5_000 });
  client.on('error', () => {}); // A lost session also fails the query that needs it.
  await client.connect();
  return { client, [Symbol.asyncDispose]: () => client.end() };
}
