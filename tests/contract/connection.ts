import { connect } from 'node:net';

/** A TCP connection to the gateway on which a test writes bytes as no well-behaved client would. */
export interface Connection {
  write(bytes: string | Uint8Array): void;
  onFirstByte(then: () => void): void;
  /** Everything that came back so far. */
  received(): string;
  /** Resolves with everything that came back, once the other side has closed. */
  readonly closed: Promise<string>;
  destroy(): void;
}

export async function openConnection(url: string): Promise<Connection> {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  const chunks: Buffer[] = [];
  const received = () => Buffer.concat(chunks).toString('utf8');
  socket.on('data', (chunk) => chunks.push(chunk));
  // A peer that hangs up on us is what some tests wait for.
  socket.on('error', () => {});
  const closed = new Promise<string>((resolve) => socket.once('close', () => resolve(received())));
  await new Promise<void>((resolve, reject) => {
    socket.once('connect', resolve);
    socket.once('error', reject);
  });
  return {
    onFirstByte: (then) => void socket.once('data', then),
    write: (bytes) => void socket.write(bytes),
    received,
    closed,
    destroy: () => socket.destroy(),
  };
}

/** An HTTP/1.1 request of the given lines and body, which asks to have the connection closed after the answer. */
export function rawRequest(
  method: string,
  path: string,
  headers: readonly string[],
  body: string | Uint8Array,
): Buffer {
  const bytes = Buffer.from(body);
  const head = [`${method} ${path} HTTP/1.1`, 'host: gateway', 'connection: close', ...headers];
  return Buffer.concat([Buffer.from(`${head.join('\r\n')}\r\ncontent-length: ${bytes.length}\r\n\r\n`), bytes]);
}
