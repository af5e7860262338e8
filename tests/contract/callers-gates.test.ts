import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Gateway, startGateway } from '../../src/main.ts';
import { AUDIENCE, startIssuer, type TestIssuer } from '../identity/issuer.ts';
import { type Stack, startStack } from '../stack/stack.ts';

let stack: Stack;
/** Issues the tokens that the demonstration's provider would not. */
let issuer: TestIssuer;
let gateway: Gateway;

beforeAll(async () => {
  [stack, issuer] = await Promise.all([startStack(), startIssuer()]);
  gateway = await startGateway({
    config: { ...stack.config, oidc: { issuer: issuer.url, audience: AUDIENCE, jwksUrl: null } },
    logger: pino({ level: 'silent' }),
    development: {},
  });
});

afterAll(async () => {
  await gateway?.close();
  await issuer?.close();
  await stack?.close();
});

const GOOD = {
  partner: 'probation-service',
  role: 'probation-practitioner',
  practitioner: 'PRO-0001',
  client_id: 'demo-probation-service',
};

async function ask(claims: Record<string, unknown>, purpose: string | null = 'RELEASE_PLANNING') {
  const response = await fetch(`${gateway.url}/graphql`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      authorization: `Bearer ${issuer.token({ ...GOOD, ...claims })}`,
      ...(purpose !== null && { 'purpose-of-use': purpose }),
    },
    body: JSON.stringify({ query: '{ __typename }' }),
  });
  const body = (await response.json()) as {
    errors?: [{ message: string; extensions: { code: string } }];
    extensions: { requestId: string };
  };
  const [entry = {}] = await stack.entries(body.extensions.requestId);
  const reasons = (entry['reasons'] as { gate: string; outcome: string; code: string; ref: string | null }[]).map(
    ({ gate, outcome, code, ref }) => [gate, outcome, code, ref].join(' '),
  );
  const error = body.errors?.[0];
  return { status: response.status, code: error?.extensions.code, message: error?.message, entry, reasons };
}

const ALL_PASS = [
  'partner pass KNOWN probation-service',
  'client pass REGISTERED ',
  'practitioner pass NAMED ',
  'role pass ACTIVE probation-practitioner',
  'purpose pass ALLOWED RELEASE_PLANNING',
];

describe('the gates about the caller, all of them, always', () => {
  test('AUDIT-03 an answered request keeps what each said', async () => {
    const { status, entry, reasons } = await ask({});
    expect([status, entry['kind']]).toEqual([200, 'request']);
    expect(reasons).toEqual(ALL_PASS);
  });

  test('software that is not registered for the partner is refused, and says so', async () => {
    for (const client_id of ['demo-hmpps-prisons', 'another-tool']) {
      const { status, code, message, reasons } = await ask({ client_id });
      expect([status, code]).toEqual([403, 'ROLE_REQUIRED']);
      expect(message).toContain('not registered');
      expect(message).not.toContain(client_id);
      expect(reasons).toEqual(ALL_PASS.with(1, 'client refuse UNKNOWN_CLIENT '));
    }
  });

  test.each([
    [
      'a partner that takes no part',
      { partner: 'nowhere' },
      'RELEASE_PLANNING',
      'ROLE_REQUIRED',
      [
        'partner refuse UNKNOWN_PARTNER ',
        'client refuse UNKNOWN_CLIENT ',
        'practitioner pass NAMED ',
        'role refuse NOT_A_ROLE_OF_PARTNER probation-practitioner',
        'purpose pass ALLOWED RELEASE_PLANNING',
      ],
    ],
    [
      'a role that nobody has',
      { role: 'governor' },
      'RELEASE_PLANNING',
      'ROLE_REQUIRED',
      ALL_PASS.with(3, 'role refuse UNKNOWN_ROLE ').with(4, 'purpose refuse NOT_ALLOWED RELEASE_PLANNING'),
    ],
    [
      'the role of another kind of partner',
      { role: 'police-public-protection' },
      'PUBLIC_PROTECTION',
      'ROLE_REQUIRED',
      ALL_PASS.with(3, 'role refuse NOT_A_ROLE_OF_PARTNER police-public-protection').with(
        4,
        'purpose pass ALLOWED PUBLIC_PROTECTION',
      ),
    ],
    ['no purpose', {}, null, 'PURPOSE_REQUIRED', ALL_PASS.with(4, 'purpose refuse UNKNOWN_PURPOSE ')],
    [
      'a purpose that is none',
      {},
      'CURIOSITY',
      'PURPOSE_NOT_ALLOWED',
      ALL_PASS.with(4, 'purpose refuse UNKNOWN_PURPOSE '),
    ],
    [
      'a purpose of others',
      {},
      'STATISTICS',
      'PURPOSE_NOT_ALLOWED',
      ALL_PASS.with(4, 'purpose refuse NOT_ALLOWED STATISTICS'),
    ],
    [
      'software and purpose both wrong: the first decides',
      { client_id: 'another-tool' },
      null,
      'ROLE_REQUIRED',
      ALL_PASS.with(1, 'client refuse UNKNOWN_CLIENT ').with(4, 'purpose refuse UNKNOWN_PURPOSE '),
    ],
  ])('AUDIT-02 %s', async (_, claims, purpose, code, reasons) => {
    const refused = await ask(claims, purpose);
    expect([refused.status, refused.code]).toEqual([403, code]);
    expect(refused.entry).toMatchObject({ kind: 'refusal', outcome: code });
    expect(refused.reasons).toEqual(reasons);
  });

  test('a token that names nobody has no gates to keep', async () => {
    const { code, reasons } = await ask({ practitioner: undefined });
    expect([code, reasons]).toEqual(['PRACTITIONER_REQUIRED', []]);
  });
});
