import { BrokenCircuitError, bulkhead, ConsecutiveBreaker, circuitBreaker, handleAll, wrap } from 'cockatiel';
import { Agent, request } from 'undici';
import type { HolderAddress } from './registry.ts';

/** One `_entities` call: the document, and the key of each person in order. */
export interface EntitiesCall {
  readonly query: string;
  readonly representations: readonly Readonly<Record<string, string>>[];
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

const MAX_REPLY_BYTES = 32 * 1024 * 1024;

/** The holders, each with its own connections, breaker and bulkhead, which outlive requests. */
export function connectHolders(addresses: readonly HolderAddress[]): {
  holders: readonly Holder[];
  close(): Promise<void>;
} {
  const agent = new Agent({
    connections: 32,
    pipelining: 1,
    connect: { timeout: 2_000 },
    maxResponseSize: MAX_REPLY_BYTES,
  });
  return { holders: addresses.map((address) => connect(address, agent)), close: () => agent.destroy() };
}

function connect({ holder, source, url }: HolderAddress, dispatcher: Agent): Holder {
  // The bulkhead is outside: that we ask too much at once says nothing of the holder.
  const guard = wrap(
    bulkhead(64, 1_024),
    circuitBreaker(handleAll, { halfOpenAfter: 2_000, breaker: new ConsecutiveBreaker(8) }),
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
            throw new HolderFailure(`answered with status ${response.statusCode}`);
          }
          return parseReply(await response.body.text());
        });
      } catch (error) {
        if (error instanceof HolderFailure) throw error;
        // The cause may name a host and port: it goes to the operator's log and nowhere else.
        throw new HolderFailure(
          error instanceof BrokenCircuitError ? 'is resting after failures' : 'could not be reached',
          { cause: error },
        );
      }
    },
  };
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
