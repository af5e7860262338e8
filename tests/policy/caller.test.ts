import { describe, expect, test } from 'vitest';
import { callerReasons } from '../../src/policy/caller.ts';
import type { Principal } from '../../src/record/principal.ts';
import { bundle, ME, PURPOSE } from './world.ts';

const PRINCIPAL: Principal = {
  partner: 'probation-service',
  practitioner: ME,
  name: 'A practitioner',
  role: 'probation-practitioner',
  client: 'probation-service-tool',
  issuer: 'https://issuer.example',
  subject: 'sub-1',
  tokenId: 'jti-1',
};

const outcomes = (given: Partial<Principal>, purpose: string | null = PURPOSE) =>
  callerReasons(bundle, { ...PRINCIPAL, ...given }, purpose);
const refused = (...given: Parameters<typeof outcomes>) =>
  outcomes(...given)
    .filter(({ outcome }) => outcome === 'refuse')
    .map(({ gate, code }) => `${gate} ${code}`);

describe('the gates about the caller alone', () => {
  test.each<[string, Partial<Principal>, string | null, string[]]>([
    ['everything in order', {}, PURPOSE, []],
    [
      'a partner that takes no part: nothing of it holds',
      { partner: 'nobody' },
      PURPOSE,
      ['partner UNKNOWN_PARTNER', 'client UNKNOWN_CLIENT', 'role NOT_A_ROLE_OF_PARTNER'],
    ],
    ['software of another partner', { client: 'northmere-police-tool' }, PURPOSE, ['client UNKNOWN_CLIENT']],
    ['nobody named', { practitioner: '' }, PURPOSE, ['practitioner NOBODY_NAMED']],
    ['no such role', { role: 'nobody' }, PURPOSE, ['role UNKNOWN_ROLE', 'purpose NOT_ALLOWED']],
    [
      'a role of another kind of partner',
      { role: 'police-public-protection' },
      'DA_CHECK',
      ['role NOT_A_ROLE_OF_PARTNER'],
    ],
    ['no purpose declared', {}, null, ['purpose UNKNOWN_PURPOSE']],
    ['no such purpose', {}, 'ANYTHING', ['purpose UNKNOWN_PURPOSE']],
    [
      'a purpose of another role',
      { role: 'police-public-protection', partner: 'northmere-police', client: 'northmere-police-tool' },
      PURPOSE,
      ['purpose NOT_ALLOWED'],
    ],
    [
      'everything wrong at once',
      { partner: 'nobody', role: 'nobody', practitioner: '' },
      null,
      [
        'partner UNKNOWN_PARTNER',
        'client UNKNOWN_CLIENT',
        'practitioner NOBODY_NAMED',
        'role UNKNOWN_ROLE',
        'purpose UNKNOWN_PURPOSE',
      ],
    ],
  ])('%s', (_, given, purpose, expected) => {
    expect(refused(given, purpose)).toEqual(expected);
    expect(outcomes(given, purpose).map(({ gate }) => gate)).toEqual([
      'partner',
      'client',
      'practitioner',
      'role',
      'purpose',
    ]);
  });

  test('a purpose that does not exist is not written down: it is the caller’s text', () => {
    expect(outcomes({}, 'X01234 in the wrong place').at(-1)?.ref).toBeNull();
  });
});
