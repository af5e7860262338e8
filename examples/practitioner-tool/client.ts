import type { TypedDocumentString } from './generated/graphql.ts';

/** One role, for one purpose, at one gateway: the tool's only way in. */
export interface Client {
  /** @throws Refused with what the gateway says is wrong, Unreachable when it says nothing */
  ask<Result, Variables>(document: TypedDocumentString<Result, Variables>, variables: Variables): Promise<Result>;
}

/** The gateway answered, and not with what was asked for. The message is its own. */
export class Refused extends Error {
  override readonly name = 'Refused';
}

export class Unreachable extends Error {
  override readonly name = 'Unreachable';
}

interface Reply<Result> {
  readonly data?: Result | null;
  readonly errors?: readonly { readonly message: string; readonly extensions?: { readonly code?: string } }[];
}

const TIMEOUT_MILLISECONDS = 30_000;
const UNAUTHENTICATED = 401;

/** @param token asked for when one is needed: at first, and again when the gateway takes the old one no more */
export function createClient(url: string, purpose: string, token: () => Promise<string>): Client {
  let bearer: Promise<string> | undefined;

  async function post(body: string): Promise<Response> {
    bearer ??= token();
    const headers = {
      authorization: `Bearer ${await bearer}`,
      'purpose-of-use': purpose,
      'content-type': 'application/json',
      accept: 'application/graphql-response+json',
    };
    const signal = AbortSignal.timeout(TIMEOUT_MILLISECONDS);
    try {
      return await fetch(url, { method: 'POST', headers, body, signal });
    } catch (cause) {
      throw new Unreachable(`There is no gateway at ${url}. Is it running? Another is named with --gateway.`, {
        cause,
      });
    }
  }

  return {
    async ask<Result, Variables>(document: TypedDocumentString<Result, Variables>, variables: Variables) {
      const body = JSON.stringify({ query: document.toString(), variables });
      let response = await post(body);
      if (response.status === UNAUTHENTICATED) {
        bearer = undefined;
        response = await post(body);
      }
      const { data, errors = [] } = (await response.json().catch(() => ({}))) as Reply<Result>;
      if (data == null || errors.length > 0) {
        const words = errors.map(({ message, extensions }) => `${message} (${extensions?.code ?? response.status})`);
        throw new Refused(words.join('\n') || `The gateway answered with status ${response.status} and no data.`);
      }
      return data;
    },
  };
}
