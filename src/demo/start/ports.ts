import { createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { PortUse } from './place.ts';
import { StartError } from './start-error.ts';

/** A demonstration that was killed lets go of its ports within this time. */
const PATIENCE_MILLISECONDS = 2000;

/** @throws StartError naming every port that something else listens on, and the variable that moves it */
export async function checkPorts(uses: readonly PortUse[]): Promise<void> {
  const deadline = Date.now() + PATIENCE_MILLISECONDS;
  let taken = await takenOf(uses);
  while (taken.length > 0 && Date.now() < deadline) {
    await sleep(100);
    taken = await takenOf(taken);
  }
  if (taken.length > 0) {
    const lines = taken.map(
      ({ port, variable, user }) => `Port ${port} for ${user} is taken: set ${variable} to another`,
    );
    throw new StartError([...lines, 'Another demonstration may be running here.'].join('\n'));
  }
}

async function takenOf(uses: readonly PortUse[]): Promise<PortUse[]> {
  const free = await Promise.all(uses.map(({ port }) => isFree(port)));
  return uses.filter((_, i) => free[i] === false);
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once('error', () => resolve(false));
    probe.listen(port, '127.0.0.1', () => probe.close(() => resolve(true)));
  });
}
