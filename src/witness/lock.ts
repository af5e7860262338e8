import { unlinkSync } from 'node:fs';
import { connect, createServer, type Server } from 'node:net';
import { join } from 'node:path';

/** Held while a process uses a folder. */
export interface Lock {
  release(): Promise<void>;
}

/**
 * Takes a folder for this process; null where another has it. The lock is a socket in it that we listen on: it is free as
 * soon as nobody does, whatever became of the process, also where its number means another process by now. Two that start
 * in the same moment after a crash may both get it; what is kept in the folder keeps them apart (see `createStates`).
 * @throws where the folder cannot be written
 */
export async function lockFolder(dir: string): Promise<Lock | null> {
  const path = join(dir, 'lock');
  const server = (await listen(path)) ?? ((await answers(path)) ? null : await takeOver(path));
  return server && { release: () => new Promise((resolve) => server.close(() => resolve())) };
}

async function takeOver(path: string): Promise<Server | null> {
  unlinkSync(path);
  return listen(path);
}

function listen(path: string): Promise<Server | null> {
  return new Promise((resolve, reject) => {
    const server = createServer((socket) => socket.destroy()).unref();
    server.once('error', (error: NodeJS.ErrnoException) =>
      error.code === 'EADDRINUSE' ? resolve(null) : reject(error),
    );
    server.listen(path, () => resolve(server));
  });
}

function answers(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(path);
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}
