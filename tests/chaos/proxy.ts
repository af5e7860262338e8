import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/** What the network between two programs is like. */
export interface Weather {
  /** For each piece, each way. */
  readonly milliseconds: number;
  /** Each way; null: as fast as it goes. */
  readonly bytesPerSecond: number | null;
  /** Pieces of so many bytes at most; null: as they come. */
  readonly slice: number | null;
  /** Nothing passes until the weather changes. */
  readonly frozen: boolean;
  /** Whoever connects is reset. */
  readonly refuses: boolean;
}

export const CALM: Weather = {
  milliseconds: 0,
  bytesPerSecond: null,
  slice: null,
  frozen: false,
  refuses: false,
};

/**
 * Moments of a conversation. A marked piece is one of the client's that matters; `asked`: one that does not is about to be
 * passed on; `marked`: a marked one is about to be; `passed`: it was; `answered`: the server's first piece since is here.
 */
export type Moment = 'asked' | 'marked' | 'passed' | 'answered';

/** One connection through the proxy. */
export interface Link {
  /** Both ends are told that it is broken; what was not passed on is lost. */
  reset(): void;
}

export interface Wire {
  readonly port: number;
  /** In force from now on, for what is under way as well. */
  weather(weather: Weather): void;
  reset(): void;
  /** Nothing passes any more on the connections that there are, and neither end is told. New ones are as ever. */
  silence(): void;
  /**
   * The next time that it comes to this, everything waits there until `act` is done. Resolves after that, and is
   * given up on a signal.
   */
  next(moment: Moment, act: (link: Link) => unknown, signal?: AbortSignal): Promise<void>;
  close(): Promise<void>;
}

interface Conversation extends Link {
  silent: boolean;
  /** A marked piece was passed on and nothing has come back since. */
  awaiting: boolean;
}

/** @param marks whether a piece of the client's matters */
export async function startWire(options: {
  readonly target: () => number;
  readonly marks: (piece: Buffer) => boolean;
}): Promise<Wire> {
  const conversations = new Set<Conversation>();
  const waiting: { moment: Moment; meet: (link: Link) => Promise<void> }[] = [];
  let current = CALM;
  let thaw = Promise.withResolvers<void>();

  async function come(moment: Moment, conversation: Conversation): Promise<void> {
    const at = waiting.findIndex((one) => one.moment === moment);
    if (at !== -1) await waiting.splice(at, 1)[0]?.meet(conversation);
  }

  /** One piece, through the weather. */
  async function pass(piece: Buffer, to: Socket): Promise<void> {
    const length = current.slice ?? piece.length;
    for (let from = 0; from < piece.length; from += length) {
      const part = piece.subarray(from, from + length);
      while (current.frozen) await thaw.promise;
      const wait = current.milliseconds + (1_000 * part.length) / (current.bytesPerSecond ?? Number.POSITIVE_INFINITY);
      if (wait > 0) await sleep(wait);
      if (!to.writable) return;
      if (!to.write(part)) await Promise.race([once(to, 'drain'), once(to, 'close')]);
    }
  }

  async function up(from: Socket, to: Socket, conversation: Conversation): Promise<void> {
    for await (const piece of from as AsyncIterable<Buffer>) {
      if (conversation.silent) continue;
      const isMarked = options.marks(piece);
      await come(isMarked ? 'marked' : 'asked', conversation);
      await pass(piece, to);
      if (!isMarked) continue;
      conversation.awaiting = true;
      await come('passed', conversation);
    }
    if (!conversation.silent) to.end();
  }

  async function down(from: Socket, to: Socket, conversation: Conversation): Promise<void> {
    for await (const piece of from as AsyncIterable<Buffer>) {
      if (conversation.silent) continue;
      if (conversation.awaiting) {
        conversation.awaiting = false;
        await come('answered', conversation);
      }
      await pass(piece, to);
    }
    if (!conversation.silent) to.end();
  }

  const server = createServer((client) => {
    client.on('error', () => {});
    if (current.refuses) return void client.resetAndDestroy();
    client.setNoDelay(true);
    const upstream = connect({ host: '127.0.0.1', port: options.target(), noDelay: true }).on('error', () => {});
    const conversation: Conversation = {
      silent: false,
      awaiting: false,
      reset() {
        client.resetAndDestroy();
        upstream.resetAndDestroy();
      },
    };
    conversations.add(conversation);
    const broken = () => {
      if (!conversation.silent) conversation.reset();
    };
    void Promise.allSettled([
      up(client, upstream, conversation).catch(broken),
      down(upstream, client, conversation).catch(broken),
    ]).then(() => {
      if (client.destroyed && upstream.destroyed) conversations.delete(conversation);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');

  const change = (weather: Weather) => {
    current = weather;
    thaw.resolve();
    thaw = Promise.withResolvers();
  };
  const reset = () => {
    for (const conversation of conversations) conversation.reset();
    conversations.clear();
  };
  return {
    port: (server.address() as AddressInfo).port,
    weather: change,
    reset,
    silence() {
      for (const conversation of conversations) conversation.silent = true;
    },
    async next(moment, act, signal) {
      const { promise, resolve, reject } = Promise.withResolvers<void>();
      const one = {
        moment,
        meet: async (link: Link) => {
          try {
            await act(link);
            resolve();
          } catch (error) {
            reject(error);
          }
        },
      };
      const giveUp = () => {
        const at = waiting.indexOf(one);
        if (at === -1) return;
        waiting.splice(at, 1);
        reject(new Error(`it never came to "${moment}"`));
      };
      signal?.addEventListener('abort', giveUp);
      waiting.push(one);
      await promise.finally(() => signal?.removeEventListener('abort', giveUp));
    },
    async close() {
      change(CALM);
      server.close();
      reset();
      if (server.listening) await once(server, 'close');
    },
  };
}
