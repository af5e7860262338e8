import { generateKeyPairSync, sign } from 'node:crypto';
import {
  AUDIENCE,
  base64url,
  createKey,
  goodHeader,
  nowSeconds,
  publicJwk,
  signEs256,
  signHs256,
  signWith,
  type TestIssuer,
} from './issuer.ts';

/** One way to be let in that must fail. */
export interface Attack {
  readonly name: string;
  /** The request's Authorization header or headers. */
  readonly headers: (issuer: TestIssuer) => string | string[] | undefined;
  readonly code?: 'UNAUTHENTICATED' | 'PRACTITIONER_REQUIRED' | 'ROLE_REQUIRED';
  /** The signature is good, so the audit log may name the sender. */
  readonly genuine?: true;
}

const attacker = createKey('attacker-key');
const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 });
const p384 = generateKeyPairSync('ec', { namedCurve: 'P-384' });
/** Keys that the issuer publishes for other purposes: a token signed with one is still no access token. */
export const OTHER_PUBLISHED_KEYS = [
  { ...rsa.publicKey.export({ format: 'jwk' }), kid: 'issuer-rsa' },
  { ...p384.publicKey.export({ format: 'jwk' }), kid: 'issuer-p384' },
];

const bearer = (token: string) => `Bearer ${token}`;

/** A token with this header, or these changes to the usual one, signed by the issuer. */
function header(name: string, changes: Record<string, unknown>): Attack {
  return { name, headers: (issuer) => bearer(issuer.token({}, changes)) };
}

/** A token with these changes to its claims, signed by the issuer. */
function claims(name: string, changes: Record<string, unknown>, code?: Attack['code']): Attack {
  return { name, headers: (issuer) => bearer(issuer.token(changes)), genuine: true, ...(code && { code }) };
}

/** A token whose header and payload are these texts, signed by the issuer. */
function texts(name: string, write: (good: { header: string; payload: string }) => [string, string]): Attack {
  return {
    name,
    headers: (issuer) => {
      const good = { header: JSON.stringify(goodHeader()), payload: JSON.stringify(issuer.claims()) };
      return bearer(signEs256(...write(good), issuer.key.privateKey));
    },
  };
}

/** A good token whose three segments were then changed. */
function segments(name: string, change: (header: string, payload: string, signature: string) => string[]): Attack {
  return {
    name,
    headers: (issuer) => {
      const [head = '', payload = '', signature = ''] = issuer.token().split('.');
      return bearer(change(head, payload, signature).join('.'));
    },
  };
}

/** A token signed by the attacker, with a header that points at the attacker's key. */
function selfSigned(name: string, changes: Record<string, unknown>): Attack {
  return {
    name,
    headers: (issuer) =>
      bearer(signEs256(JSON.stringify(goodHeader(changes)), JSON.stringify(issuer.claims()), attacker.privateKey)),
  };
}

const signatures: Attack[] = [
  ...['none', 'NonE', 'NONE', ''].map((alg) =>
    segments(`alg "${alg}" with no signature`, (_, payload) => [
      base64url(JSON.stringify(goodHeader({ alg }))),
      payload,
      '',
    ]),
  ),
  segments('alg none with the old signature', (_, payload, signature) => [
    base64url(JSON.stringify(goodHeader({ alg: 'none' }))),
    payload,
    signature,
  ]),
  ...(['spki', 'jwk'] as const).map((form) => ({
    name: `HS256 keyed with the public key as ${form}`,
    headers: (issuer: TestIssuer) => {
      const secret =
        form === 'jwk'
          ? JSON.stringify(publicJwk(issuer.key))
          : issuer.key.publicKey.export({ type: 'spki', format: 'pem' });
      return bearer(signHs256(JSON.stringify(goodHeader({ alg: 'HS256' })), JSON.stringify(issuer.claims()), secret));
    },
  })),
  selfSigned('signed by an attacker under the issuer key id', {}),
  selfSigned('embedded jwk', { jwk: publicJwk(attacker) }),
  selfSigned('embedded jwk with its own kid', { jwk: publicJwk(attacker), kid: attacker.kid }),
  selfSigned('jku', { jku: 'https://attacker.example/jwks', kid: attacker.kid }),
  selfSigned('x5u', { x5u: 'https://attacker.example/certificate' }),
  selfSigned('x5c', { x5c: ['MIIB'] }),
  header('kid unknown', { kid: 'no-such-key' }),
  header('kid a path', { kid: '../../../../dev/null' }),
  header('kid a number', { kid: 1 }),
  header('kid empty', { kid: '' }),
  header('kid missing though one key fits', { kid: undefined }),
  header('kid of a published key of another curve', { kid: 'issuer-p384' }),
  ...(['RS256', 'PS256'] as const).map((alg) => ({
    name: `${alg} with a published RSA key`,
    headers: (issuer: TestIssuer) =>
      bearer(
        signWith(JSON.stringify(goodHeader({ alg, kid: 'issuer-rsa' })), JSON.stringify(issuer.claims()), (input) =>
          sign('sha256', input, { key: rsa.privateKey, padding: alg === 'PS256' ? 6 : 1 }),
        ),
      ),
  })),
  {
    name: 'ES384 with a published P-384 key',
    headers: (issuer) =>
      bearer(
        signWith(
          JSON.stringify(goodHeader({ alg: 'ES384', kid: 'issuer-p384' })),
          JSON.stringify(issuer.claims()),
          (input) => sign('sha384', input, { key: p384.privateKey, dsaEncoding: 'ieee-p1363' }),
        ),
      ),
  },
  segments('all-zero signature', (head, payload) => [head, payload, Buffer.alloc(64).toString('base64url')]),
  {
    name: 'DER signature',
    headers: (issuer) =>
      bearer(
        signWith(JSON.stringify(goodHeader()), JSON.stringify(issuer.claims()), (input) =>
          sign('sha256', input, { key: issuer.key.privateKey, dsaEncoding: 'der' }),
        ),
      ),
  },
  segments('truncated signature', (head, payload, signature) => [head, payload, signature.slice(0, 40)]),
  segments('stripped signature', (head, payload) => [head, payload, '']),
  segments('signature of another token', (head, payload, signature) => [
    head,
    base64url(JSON.stringify({ ...JSON.parse(Buffer.from(payload, 'base64url').toString()), role: 'ig-lead' })),
    signature,
  ]),
];

const shapes: Attack[] = [
  segments('two segments', (head, payload) => [head, payload]),
  segments('four segments', (head, payload, signature) => [head, payload, signature, '']),
  segments('five segments', (head, payload, signature) => [head, payload, signature, head, payload]),
  segments('base64 padding', (head, payload, signature) => [head, payload, `${signature}==`]),
  segments('plain base64 alphabet', (head, payload, signature) => [head, payload, `${signature.slice(0, -1)}/`]),
  segments('last character of the signature changed in its unused bits', (head, payload, signature) => {
    const last = ALPHABET.indexOf(signature.slice(-1));
    return [head, payload, `${signature.slice(0, -1)}${ALPHABET[last ^ 1]}`];
  }),
  segments('trailing newline', (head, payload, signature) => [head, payload, `${signature}\n`]),
  segments('the whole token in capitals', (...all) => all.map((segment) => segment.toUpperCase())),
  texts('header not JSON', ({ payload }) => ['header', payload]),
  texts('payload not JSON', ({ header }) => [header, 'payload']),
  texts('payload an array', ({ header, payload }) => [header, `[${payload}]`]),
  texts('payload null', ({ header }) => [header, 'null']),
  texts('header an array', ({ header, payload }) => [`[${header}]`, payload]),
  texts('payload begins with a byte-order mark', ({ header, payload }) => [header, `\ufeff${payload}`]),
  texts('header names alg twice', ({ header, payload }) => [header.replace('{', '{"alg":"none",'), payload]),
  texts('claims name role twice', ({ header, payload }) => [header, payload.replace('{', '{"role":"ig-lead",')]),
  texts('claims name role twice, once in escapes', ({ header, payload }) => [
    header,
    payload.replace('{', '{"r\\u006fle":"ig-lead",'),
  ]),
  texts('a nested object names a key twice', ({ header, payload }) => [
    header,
    payload.replace('{', '{"cnf":{"jkt":"a","jkt":"b"},'),
  ]),
  {
    name: 'payload not UTF-8',
    headers: ({ key }) => {
      const input = `${base64url(JSON.stringify(goodHeader()))}.${Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d]).toString('base64url')}`;
      const signature = sign('sha256', Buffer.from(input), { key: key.privateKey, dsaEncoding: 'ieee-p1363' });
      return bearer(`${input}.${signature.toString('base64url')}`);
    },
  },
];

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';

const types: Attack[] = [
  ...['JWT', 'dpop+jwt', 'logout+jwt', 'application/jwt', 'at+jwt2', 'text/at+jwt', '', 1, null].map((typ) =>
    header(`typ ${JSON.stringify(typ)}`, { typ }),
  ),
  header('typ missing', { typ: undefined }),
  header('alg missing', { alg: undefined }),
  header('alg an array', { alg: ['ES256'] }),
  header('crit names an unknown extension', { crit: ['exp2'], exp2: 1 }),
  header('crit empty', { crit: [] }),
  header('b64 false, critical', { b64: false, crit: ['b64'] }),
];

const times: Attack[] = [
  claims('exp missing', { exp: undefined }),
  claims('exp a string', { exp: String(nowSeconds() + 600) }),
  claims('exp null', { exp: null }),
  claims('exp negative', { exp: -1 }),
  claims('exp 1e308', { exp: 1e308 }),
  claims('exp ten years ahead', { exp: nowSeconds() + 10 * 365 * 86_400 }),
  claims('exp a second beyond the longest lifetime', { iat: nowSeconds(), exp: nowSeconds() + 3601 }),
  claims('expired beyond the tolerance', { iat: nowSeconds() - 600, exp: nowSeconds() - 30 }),
  claims('nbf in the future', { nbf: nowSeconds() + 60 }),
  claims('nbf a string', { nbf: 'now' }),
  claims('iat in the future', { iat: nowSeconds() + 60 }),
  claims('iat missing', { iat: undefined }),
  claims('iat a string', { iat: String(nowSeconds()) }),
  claims('iat long past under a fresh exp', { iat: 1 }),
];

const parties: Attack[] = [
  claims('aud another', { aud: 'https://other.example/api' }),
  claims('aud missing', { aud: undefined }),
  claims('aud an object', { aud: { [AUDIENCE]: true } }),
  claims('aud of arrays', { aud: [[AUDIENCE]] }),
  claims('aud in capitals', { aud: AUDIENCE.toUpperCase() }),
  claims('aud with a slash', { aud: `${AUDIENCE}/` }),
  claims('iss another', { iss: 'https://attacker.example' }),
  claims('iss missing', { iss: undefined }),
  { name: 'iss with a slash', headers: (issuer) => bearer(issuer.token({ iss: `${issuer.url}/` })), genuine: true },
  { name: 'iss an array', headers: (issuer) => bearer(issuer.token({ iss: [issuer.url] })), genuine: true },
];

const people: Attack[] = [
  ...['sub', 'client_id', 'jti', 'partner', 'name'].flatMap((claim) => [
    claims(`${claim} missing`, { [claim]: undefined }),
    claims(`${claim} empty`, { [claim]: '' }),
    claims(`${claim} blank`, { [claim]: '  ' }),
    claims(`${claim} an array`, { [claim]: ['synthetic-array-value'] }),
    claims(`${claim} a number`, { [claim]: 731_946 }),
    claims(`${claim} with a line break`, { [claim]: 'synthetic\nline' }),
    claims(`${claim} with NUL`, { [claim]: 'synthetic\0nul' }),
    claims(`${claim} with a text-direction override`, { [claim]: 'synthetic\u202eoverride' }),
    claims(`${claim} with half a surrogate pair`, { [claim]: 'synthetic\ud800half' }),
    claims(`${claim} of 257 characters`, { [claim]: 'x'.repeat(257) }),
  ]),
  ...[undefined, null, '', ' ', 7, ['PRO-0001'], { id: 'PRO-0001' }, 'synthetic\nline', 'x'.repeat(257)].map((value) =>
    claims(`practitioner ${JSON.stringify(value)}`, { practitioner: value }, 'PRACTITIONER_REQUIRED'),
  ),
  claims('a client that calls itself its practitioner', { practitioner: 'client-91bc' }, 'PRACTITIONER_REQUIRED'),
  claims('neither practitioner nor role', { practitioner: undefined, role: undefined }, 'PRACTITIONER_REQUIRED'),
  {
    name: 'practitioner by __proto__ only',
    headers: (issuer) => {
      const payload = JSON.stringify(issuer.claims({ practitioner: undefined }));
      const polluted = payload.replace('{', '{"__proto__":{"practitioner":"PRO-0001"},');
      return bearer(signEs256(JSON.stringify(goodHeader()), polluted, issuer.key.privateKey));
    },
    code: 'PRACTITIONER_REQUIRED',
    genuine: true,
  },
  ...[undefined, null, '', 7, ['work-coach'], ['work-coach', 'ig-lead'], { name: 'work-coach' }].map((value) =>
    claims(`role ${JSON.stringify(value)}`, { role: value }, 'ROLE_REQUIRED'),
  ),
];

const headers: Attack[] = [
  { name: 'no header', headers: () => undefined },
  { name: 'no header among none', headers: () => [] },
  { name: 'empty header', headers: () => '' },
  { name: 'Bearer alone', headers: () => 'Bearer' },
  { name: 'Bearer and an empty token', headers: () => 'Bearer ' },
  { name: 'Bearer twice', headers: (issuer) => `Bearer Bearer ${issuer.token()}` },
  { name: 'no scheme', headers: (issuer) => issuer.token() },
  { name: 'another scheme', headers: (issuer) => `Basic ${issuer.token()}` },
  { name: 'DPoP without a proof', headers: (issuer) => `DPoP ${issuer.token()}` },
  { name: 'scheme and token joined by a tab', headers: (issuer) => `Bearer\t${issuer.token()}` },
  { name: 'token in quotes', headers: (issuer) => `Bearer "${issuer.token()}"` },
  { name: 'two tokens in one header', headers: (issuer) => `Bearer ${issuer.token()}, Bearer ${issuer.token()}` },
  { name: 'two headers', headers: (issuer) => [bearer(issuer.token()), bearer(issuer.token())] },
  { name: 'two headers, one empty', headers: (issuer) => [bearer(issuer.token()), ''] },
  { name: 'a token of 1 MB', headers: (issuer) => bearer(issuer.token({ padding: 'x'.repeat(1_000_000) })) },
  { name: 'a token just too long', headers: (issuer) => bearer(issuer.token({ padding: 'x'.repeat(6000) })) },
];

export const ATTACKS: readonly Attack[] = [
  ...signatures,
  ...shapes,
  ...types,
  ...times,
  ...parties,
  ...people,
  ...headers,
];
