import { afterAll, beforeAll, expect, it } from 'vitest';
import { type RunningProvider, startProvider } from '../../../src/demo/provider/provider.ts';
import { fetchToken } from '../../../src/demo/provider/token.ts';

let provider: RunningProvider;

beforeAll(async () => {
  provider = await startProvider({ port: 0 });
});

afterAll(() => provider.close());

it.each<[string, { persona: string; partner?: string; practitioner?: string }, RegExp]>([
  ['persona', { persona: 'governor' }, /^No token: persona must be one of prison-offender-manager, .*\.$/],
  ['partner', { persona: 'work-coach', partner: 'nowhere' }, /^No token: partner must be one of hmpps-prisons, .*\.$/],
  [
    'partner for the persona',
    { persona: 'work-coach', partner: 'hmpps-prisons' },
    /^No token: partner must be one of benefits-department for the persona work-coach\.$/,
  ],
  [
    'practitioner',
    { persona: 'work-coach', practitioner: 'PRO-0001' },
    /^No token: practitioner must be one of BEN-0001 to BEN-0012 for the persona work-coach at benefits-department\.$/,
  ],
])('a wrong %s is refused with what would be right', async (_, request, message) => {
  const refusal = { name: 'TokenRequestError', message: expect.stringMatching(message) };
  await expect(fetchToken({ issuer: provider.issuer, ...request })).rejects.toMatchObject(refusal);
});

it('no provider to ask is said plainly', async () => {
  const gone = await startProvider({ port: 0 });
  await gone.close();
  await expect(fetchToken({ issuer: gone.issuer, persona: 'work-coach' })).rejects.toThrow(
    'The development provider cannot be reached. Is `npm start` running?',
  );
});
