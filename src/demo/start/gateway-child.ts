import { movableClock } from '../../clock.ts';
import { loadConfig } from '../../config.ts';
import { startGateway } from '../../main.ts';
import { explorerPage } from '../explorer.ts';
import { runChild, tell } from './child.ts';
import type { Environment } from './place.ts';

export interface GatewaySettings {
  /** What `throughgate gateway` would read from the environment. */
  readonly environment: Environment;
}

export interface GatewayResult {
  readonly url: string;
  readonly adminUrl: string;
}

const clock = movableClock();

runChild<GatewaySettings, GatewayResult>(clock, async ({ environment }) => {
  const gateway = await startGateway({
    config: loadConfig(environment),
    clock,
    development: {
      moveClock: (instant) => {
        const offsetMilliseconds = instant.getTime() - Date.now();
        clock.set(instant);
        tell({ type: 'clock', offsetMilliseconds });
      },
      explorer: explorerPage(),
    },
  });
  return { result: { url: gateway.url, adminUrl: gateway.adminUrl }, close: () => gateway.close() };
});
