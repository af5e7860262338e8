import { join } from 'node:path';
import { Webhook } from 'standardwebhooks';
import { beforeAll, describe, expect, test } from 'vitest';
import { parseEndpoints } from '../../../src/gateway/events/endpoints.ts';
import { readRecord } from '../../../src/gateway/read-record.ts';
import type { Bundle } from '../../../src/policy/bundle.ts';
import { loadBundle } from '../../../src/policy/load/load.ts';

const PROJECT = join(import.meta.dirname, '..', '..', '..');
const SECRET = `whsec_${Buffer.alloc(32, 7).toString('base64')}`;
const OTHER = `whsec_${Buffer.alloc(24, 8).toString('base64')}`;
const GOOD = {
  name: 'harbour-records',
  partner: 'harbour-homes',
  role: 'accommodation-provider',
  purpose: 'HOUSING_REFERRAL',
  url: 'https://records.example/hooks?of=throughgate',
  secretFile: 'harbour.secret',
  kinds: ['RELEASE_DATE_MOVED', 'RECALLED'],
};
let bundle: Bundle;

beforeAll(async () => {
  bundle = await loadBundle(join(PROJECT, 'policies'), await readRecord(join(PROJECT, 'schema')));
});

const read = (content: unknown, secrets: string | null = SECRET) =>
  parseEndpoints(
    '/etc/gateway/webhooks.yaml',
    typeof content === 'string' ? content : JSON.stringify(content),
    bundle,
    (path) => (path === '/etc/gateway/harbour.secret' ? secrets : null),
  );
function problems(content: unknown, secrets?: string | null): readonly string[] {
  try {
    read(content, secrets);
  } catch (error) {
    return (error as { problems: readonly string[] }).problems.map((each) =>
      each.replace('/etc/gateway/webhooks.yaml:', ''),
    );
  }
  throw new Error('it was taken');
}

test('an endpoint is read, and signs by every secret of its file', () => {
  const [endpoint] = read({ endpoints: [GOOD] }, `${SECRET}\n\n  ${OTHER}\n`);
  expect(endpoint).toMatchObject({ name: 'harbour-records', kinds: new Set(GOOD.kinds) });
  expect(endpoint?.url.href).toBe(GOOD.url);
  const at = new Date();
  const signatures = endpoint?.signers.map((signer) => signer.sign('id', at, 'body'));
  expect(signatures).toEqual([SECRET, OTHER].map((secret) => new Webhook(secret).sign('id', at, 'body')));
  expect(read({ endpoints: [] })).toEqual([]);
});

describe('what is wrong is said, all at once, with its place and without a secret', () => {
  test('YAML that is none', () => {
    expect(problems('endpoints: [')).toHaveLength(1);
  });

  test('a file of something else', () => {
    expect(problems({ endpoint: [] })).toEqual([
      '1:13 unknown key "endpoint"; did you mean endpoints',
      '1:1 endpoints: expected a list, which may be empty',
    ]);
  });

  test.each([
    [{ name: 'Harbour Homes' }, 'name: expected up to 64'],
    [{ partner: 'harbor-homes' }, 'did you mean harbour-homes'],
    [{ role: 'accomodation-provider' }, 'did you mean accommodation-provider'],
    [{ role: 'work-coach', purpose: 'BENEFITS_EMPLOYMENT' }, 'role: that partner has no such role'],
    [{ purpose: 'DA_CHECK' }, 'purpose: expected a purpose of the role: '],
    [{ url: 'http://records.example/' }, 'url: expected an https URL'],
    [{ url: 'http://localhost:9999/' }, 'url: expected an https URL'],
    [{ url: 'https://user:word@records.example/' }, 'url: expected an https URL'],
    [{ url: 'ftp://127.0.0.1/' }, 'url: expected an https URL'],
    [{ url: 3 }, 'url: expected an https URL'],
    [{ secretFile: 'another.secret' }, 'secretFile: expected a file'],
    [{ kinds: [] }, 'kinds: expected a list'],
    [{ kinds: ['RELEASE_DATE_MOVE'] }, 'did you mean RELEASE_DATE_MOVED'],
    [{ kinds: ['CHECK_RETURNED'] }, 'policy does not tell CHECK_RETURNED to that role'],
    [{ secret: 'whsec_x' }, 'unknown key "secret"'],
  ])('%j', (change, expected) => {
    const found = problems({ endpoints: [{ ...GOOD, ...change }] });
    expect(
      found.some((each) => each.includes(expected)),
      found.join('\n'),
    ).toBe(true);
    expect(found.every((each) => /^\d+:\d+ /.test(each))).toBe(true);
  });

  test.each(['', 'secret', 'whsec_', `whsec_${Buffer.alloc(23, 1).toString('base64')}`, `${SECRET}\nwhsec_short`])(
    'a secret that is none: %j',
    (secrets) => {
      const found = problems({ endpoints: [GOOD] }, secrets);
      expect(found).toHaveLength(1);
      expect(found[0]).toContain('secretFile: expected a file');
      if (secrets.length > 10) expect(found[0]).not.toContain(secrets.slice(0, 20));
    },
  );

  test('two of one name, and a list with more than one thing wrong', () => {
    expect(problems({ endpoints: [GOOD, GOOD] })[0]).toContain('another endpoint has it already');
    expect(problems({ endpoints: [{}] }).length).toBeGreaterThan(5);
    expect(problems({ endpoints: ['x'] }).length).toBeGreaterThan(5);
  });
});
