import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';

/** One request that a holder received from the gateway. */
export interface WireCall {
  readonly holder: string;
  readonly query: string;
  readonly representations: readonly Readonly<Record<string, string>>[];
  readonly headers: IncomingHttpHeaders;
  readonly url: string;
  readonly raw: string;
}

export interface Reply {
  readonly status: number;
  readonly body: string;
}

/** Changes what the gateway hears of a holder: return another reply, or `'dead'` to cut the connection. */
export type Interference = (call: WireCall, honest: Reply) => Reply | 'dead' | Promise<Reply | 'dead'>;

export interface Recorder {
  readonly calls: WireCall[];
  /** Holder code to where the gateway finds it. */
  readonly urls: ReadonlyMap<string, string>;
  interfere(holder: string, how: Interference | null): void;
  close(): Promise<void>;
}

/** Stands on the wire between the gateway and every holder: real HTTP on both sides, everything written down. */
export async function startRecorder(
  holders: readonly { readonly code: string; readonly url: string }[],
): Promise<Recorder> {
  const calls: WireCall[] = [];
  const interference = new Map<string, Interference>();
  const servers = await Promise.all(
    holders.map(async ({ code, url }) => {
      const server = createServer(async (request, response) => {
        const chunks: Buffer[] = [];
        for await (const chunk of request) chunks.push(chunk as Buffer);
        const raw = Buffer.concat(chunks).toString();
        const { query, variables } = JSON.parse(raw) as {
          query: string;
          variables: { representations: Record<string, string>[] };
        };
        const call: WireCall = {
          holder: code,
          query,
          representations: variables.representations,
          headers: request.headers,
          url: request.url ?? '',
          raw,
        };
        calls.push(call);
        const forwarded = await fetch(url, {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: raw,
        });
        const honest: Reply = { status: forwarded.status, body: await forwarded.text() };
        const reply = (await interference.get(code)?.(call, honest)) ?? honest;
        if (reply === 'dead') return request.socket.destroy();
        return response.writeHead(reply.status, { 'content-type': 'application/json' }).end(reply.body);
      });
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
      return { code, server, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/graphql` };
    }),
  );
  return {
    calls,
    urls: new Map(servers.map(({ code, url }) => [code, url])),
    interfere: (holder, how) => (how ? interference.set(holder, how) : interference.delete(holder)),
    async close() {
      await Promise.all(
        servers.map(({ server }) => {
          server.closeAllConnections();
          return new Promise((resolve) => server.close(resolve));
        }),
      );
    },
  };
}
