import { movableClock } from '../../clock.ts';
import { DEV_AUDIENCE, startProvider } from '../provider/provider.ts';
import { runChild } from './child.ts';

export interface ProviderSettings {
  readonly port: number;
}

export interface ProviderResult {
  readonly issuer: string;
  readonly audience: string;
}

const clock = movableClock();

runChild<ProviderSettings, ProviderResult>(clock, async ({ port }) => {
  // Tokens live by the machine's time, whatever day the demonstration is set to.
  const provider = await startProvider({ port });
  return { result: { issuer: provider.issuer, audience: DEV_AUDIENCE }, close: () => provider.close() };
});
