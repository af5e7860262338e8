import { BrokenCircuitError, bulkhead, ConsecutiveBreaker, circuitBreaker, handleWhen, wrap } from 'cockatiel';
import { Agent, request } from 'undici';
import type { HolderAddress } from './registry.ts';

/** One `_entities` call: the document, and the key of each person in order, or what one request for a check tells. */
export interface EntitiesCall {
  readonly query: string;
  readonly representations: readonly Readonly<Record<string, unknown>>[];
  readonly requestId: string;
  readonly signal: AbortSignal;
}

/** The body of a GraphQL response, as far as it was possible to trust it to be one. */
export interface EntitiesReply {
  readonly entities: readonly unknown[];
  readonly errors: readonly { readonly path: readonly unknown[] | null }[];
}

export interface Holder {
  readonly code: string;
  readonly source: string;
  /** @throws HolderFailure in every case but a well-formed GraphQL reply */
  entities(call: EntitiesCall): Promise<EntitiesReply>;
}

/** Why a holder could not be heard. `detail` is for the operator's log: it holds no value and no identifier. */
export class HolderFailure extends Error {
  override readonly name = 'HolderFailure';
}

/** A reply may be this long, and this much longer for each person it is about. Longer ones would hold everybody up. */
const REPLY_BYTES = 64 * 1024;
const REPLY_BYTES_A_PERSON = 32 * 1024;

/** Statuses by which a holder, or what stands before it, says that it is down. */
const DOWN = [502, 503, 504];

/** The holders, each with its own connections, breaker and bulkhead, which outlive requests. */
export function connectHolders(addresses: readonly HolderAddress[]): {
  holders: readonly Holder[];
  close(): Promise<void>;
} {
  const agent = new Agent({
    connections: 32,
    pipelining: 1,
    connect: { timeout: 2_000 },
  });
  return { holders: addresses.map((address) => connect(address, agent)), close: () => agent.destroy() };
}

function connect({ holder, source, url }: HolderAddress, dispatcher: Agent): Holder {
  // The bulkhead is outside: that we ask too much at once says nothing of the holder.
  const guard = wrap(
    bulkhead(64, 1_024),
    // Only a holder that is down rests. One that cannot answer about one person goes on answering about others.
    circuitBreaker(handleWhen(isDown), { halfOpenAfter: 2_000, breaker: new ConsecutiveBreaker(8) }),
  );
  return {
    code: holder,
    source,
    async entities({ query, representations, requestId, signal }) {
      try {
        return await guard.execute(async () => {
          const response = await request(url, {
            method: 'POST',
            dispatcher,
            signal,
            headers: { 'content-type': 'application/json', accept: 'application/json', 'x-request-id': requestId },
            body: JSON.stringify({ query, variables: { representations } }),
          });
          if (response.statusCode !== 200) {
            await response.body.dump();
            const failure = new HolderFailure(`answered with status ${response.statusCode}`);
            throw DOWN.includes(response.statusCode) ? new HolderDown(failure) : failure;
          }
          return parseReply(await readText(response.body, REPLY_BYTES + representations.length * REPLY_BYTES_A_PERSON));
        });
      } catch (error) {
        if (error instanceof HolderFailure) throw error;
        if (error instanceof HolderDown) throw error.failure;
        // The cause may name a host and port: it goes to the operator's log and nowhere else.
        throw new HolderFailure(
          error instanceof BrokenCircuitError ? 'is resting after failures' : 'could not be reached',
          { cause: error },
        );
      }
    },
  };
}

/** Carries a failure past the breaker, to be counted there. */
class HolderDown extends Error {
  readonly failure: HolderFailure;

  constructor(failure: HolderFailure) {
    super(failure.message);
    this.failure = failure;
  }
}

function isDown(error: unknown): boolean {
  return !(error instanceof HolderFailure);
}

async function readText(body: AsyncIterable<Uint8Array>, most: number): Promise<string> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of body) {
    size += chunk.length;
    // Leaving the loop closes the connection.
    if (size > most) throw new HolderFailure('answered with more than can be about those asked for');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString();
}

/** attacker-controlled: whatever a holder sends. Only its outermost shape is judged here. */
function parseReply(text: string): EntitiesReply {
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch {
    throw new HolderFailure('did not answer with JSON');
  }
  const { data, errors } = Object(body) as { data?: { _entities?: unknown } | null; errors?: unknown };
  const entities = data?._entities;
  const list = errors ?? [];
  // An error that cannot be read is not "no error": the null beside it would look like a nil return (SHARE-05).
  if (!Array.isArray(list)) throw new HolderFailure('answered with errors that are no list');
  if (!Array.isArray(entities))
    throw new HolderFailure(list.length > 0 ? 'answered with errors and no data' : 'answered without `_entities`');
  return {
    entities,
    errors: list.map((error: unknown) => {
      const path: unknown = Object(error).path;
      return { path: Array.isArray(path) ? path : null };
    }),
  };
}
