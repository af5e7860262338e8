import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { generateKey } from '../src/audit/note.ts';
import { CONFIG_KEYS, ConfigError, loadConfig } from '../src/config.ts';

let folder: string;
let valid: Record<string, string>;
const signingKey = generateKey('log.example').privateKey;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'throughgate-config-'));
  writeFileSync(join(folder, 'sources.yaml'), '');
  writeFileSync(join(folder, 'hmac.key'), `${'0123456789abcdef'.repeat(4)}\n`);
  writeFileSync(join(folder, 'log.key'), `${signingKey}\n`);
  mkdirSync(join(folder, 'schema'));
  valid = {
    DATABASE_URL: 'postgresql://gateway:secret@db.example/throughgate',
    OIDC_ISSUER: 'https://login.example',
    OIDC_AUDIENCE: 'https://throughgate.example',
    SOURCES_FILE: join(folder, 'sources.yaml'),
    AUDIT_HMAC_KEY_FILE: join(folder, 'hmac.key'),
    AUDIT_SIGNING_KEY_FILE: join(folder, 'log.key'),
    POLICIES_DIR: join(folder, 'schema'),
  };
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

function problemsOf(env: Record<string, string | undefined>): readonly string[] {
  try {
    loadConfig(env);
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
  return [];
}

describe('a complete environment', () => {
  test('is read, with defaults for what is neither a secret nor a URL', () => {
    const config = loadConfig(valid);
    expect(config).toMatchObject({
      host: '127.0.0.1',
      port: 4000,
      adminPort: 9464,
      databaseUrl: valid['DATABASE_URL'],
      databaseOwnerUrl: null,
      auditReaderUrl: null,
      oidc: { issuer: 'https://login.example', audience: 'https://throughgate.example', jwksUrl: null },
      logLevel: 'info',
    });
    expect(config.schemaDir).toBe(join(import.meta.dirname, '..', 'schema'));
    expect(config.auditHmacKeys.map(({ length }) => length)).toEqual([32]);
    expect(config.auditSigningKey).toBe(signingKey);
    expect([config.auditVerifyKeys, config.auditRestoredFrom]).toEqual([[], null]);
  });

  test('says whether there is a console, and where browsers find it', () => {
    expect(loadConfig(valid).console).toBeNull();
    writeFileSync(join(folder, 'console.secret'), 'a secret\n');
    const env = {
      ...valid,
      AUDIT_READER_URL: 'postgresql://reader:secret@db.example/throughgate',
      CONSOLE_CLIENT_ID: 'the-console',
    };
    expect(loadConfig(env).console).toEqual({ clientId: 'the-console', clientSecret: null, url: null });
    const whole = { CONSOLE_CLIENT_SECRET_FILE: join(folder, 'console.secret'), CONSOLE_URL: 'https://gate.example/' };
    expect(loadConfig({ ...env, ...whole }).console).toEqual({
      clientId: 'the-console',
      clientSecret: 'a secret',
      url: 'https://gate.example',
    });
  });

  test.each([
    ['CONSOLE_URL', 'https://gate.example'],
    ['CONSOLE_CLIENT_SECRET_FILE', 'console.secret'],
  ])('of a console (%s) has its client', (key, value) => {
    writeFileSync(join(folder, 'console.secret'), 'a secret\n');
    const env = { ...valid, [key]: key === 'CONSOLE_URL' ? value : join(folder, value) };
    expect(problemsOf(env)).toEqual([
      'CONSOLE_CLIENT_ID is missing: set it to the client of the console, or leave all of it out',
    ]);
  });

  test('of a console is told what is wrong with each part', () => {
    writeFileSync(join(folder, 'two.secret'), 'one\ntwo\n');
    const env = {
      ...{ ...valid, AUDIT_READER_URL: 'postgresql://reader:secret@db.example/throughgate', CONSOLE_CLIENT_ID: 'x' },
      ...{ CONSOLE_CLIENT_SECRET_FILE: join(folder, 'two.secret'), CONSOLE_URL: 'https://gate.example/console' },
    };
    expect(problemsOf(env)).toEqual([
      'CONSOLE_CLIENT_SECRET_FILE must be a file of one line, the secret',
      'CONSOLE_URL must be an https:// URL (http:// is accepted on the loopback interface only), without a path',
    ]);
    expect(problemsOf({ ...env, CONSOLE_CLIENT_SECRET_FILE: '/dev/null' })).toHaveLength(2);
    expect(problemsOf({ ...env, CONSOLE_CLIENT_SECRET_FILE: '', CONSOLE_URL: 'http://gate.example' })).toHaveLength(1);
  });

  test('of a console has a login that may read the log', () => {
    expect(problemsOf({ ...valid, CONSOLE_CLIENT_ID: 'the-console' })).toEqual([
      'AUDIT_READER_URL is missing: the console reads the audit log through it',
    ]);
  });

  test('gives a configuration that nobody can change', () => {
    const config = loadConfig(valid);
    expect(Object.isFrozen(config)).toBe(true);
    expect(Object.isFrozen(config.oidc)).toBe(true);
  });

  test('may give the audit key in base64, and older ones before it', () => {
    const [older, key] = [Buffer.alloc(32, 'o'), Buffer.alloc(40, 'k')];
    writeFileSync(join(folder, 'two.key'), `${older.toString('hex')}\n\n${key.toString('base64')}\n`);
    const config = loadConfig({ ...valid, AUDIT_HMAC_KEY_FILE: join(folder, 'two.key') });
    expect(config.auditHmacKeys.map((each) => Buffer.from(each))).toEqual([older, key]);
  });

  test('may give what verifies older signing keys, and the size of a log that was restored', () => {
    const older = ['one', 'two'].map((name) => generateKey(name).vkey);
    writeFileSync(join(folder, 'older.vkey'), `${older.join('\n')}\n`);
    const config = loadConfig({
      ...valid,
      AUDIT_VERIFY_KEYS_FILE: join(folder, 'older.vkey'),
      AUDIT_RESTORED_FROM: '41',
    });
    expect([config.auditVerifyKeys, config.auditRestoredFrom]).toEqual([older, 41]);
  });
});

describe('a wrong environment', () => {
  test('is refused with everything that is missing, at once', () => {
    const problems = problemsOf({ POLICIES_DIR: join(folder, 'schema') });
    expect(problems.map((problem) => problem.split(' ')[0])).toEqual([
      'DATABASE_URL',
      'OIDC_ISSUER',
      'OIDC_AUDIENCE',
      'SOURCES_FILE',
      'AUDIT_HMAC_KEY_FILE',
      'AUDIT_SIGNING_KEY_FILE',
    ]);
  });

  test.each([
    ['PORT', '70000'],
    ['PORT', '-1'],
    ['PORT', '4000x'],
    ['ADMIN_PORT', '1e3'],
    ['HOST', 'not a host'],
    ['DATABASE_URL', 'mysql://db.example'],
    ['DATABASE_OWNER_URL', 'not-a-url'],
    ['OIDC_ISSUER', 'http://login.example'],
    ['OIDC_JWKS_URL', 'ftp://login.example'],
    ['SCHEMA_DIR', '/nowhere/at/all'],
    ['POLICIES_DIR', '/dev/null'],
    ['PROPOSED_POLICIES_DIR', '/dev/null'],
    ['SOURCES_FILE', '/dev'],
    ['WITNESSES_FILE', '/dev'],
    ['WEBHOOKS_FILE', '/dev'],
    ['AUDIT_HMAC_KEY_FILE', '/dev/null'],
    ['AUDIT_SIGNING_KEY_FILE', '/dev/null'],
    ['AUDIT_VERIFY_KEYS_FILE', '/dev/null'],
    ['AUDIT_RESTORED_FROM', '-1'],
    ['AUDIT_RESTORED_FROM', '1e3'],
    ['LOG_LEVEL', 'loud'],
  ])('is refused for %s=%s, without repeating the value', (key, value) => {
    const problems = problemsOf({ ...valid, [key]: value });
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatch(new RegExp(`^${key} must be `));
    expect(problems[0]).not.toContain(value);
  });

  test('is refused for an audit key under 32 bytes, also one of several', () => {
    writeFileSync(join(folder, 'short.key'), `${'cd'.repeat(32)}\n${'ab'.repeat(31)}`);
    const [problem] = problemsOf({ ...valid, AUDIT_HMAC_KEY_FILE: join(folder, 'short.key') });
    expect(problem).toContain('at least 32 random bytes');
    expect(problem).not.toContain('abab');
  });

  test('is refused for what verifies, where what signs is needed', () => {
    writeFileSync(join(folder, 'log.vkey'), generateKey('log.example').vkey);
    const [problem] = problemsOf({ ...valid, AUDIT_SIGNING_KEY_FILE: join(folder, 'log.vkey') });
    expect(problem).toMatch(/^AUDIT_SIGNING_KEY_FILE must be /);
    expect(problem).not.toContain('log.example');
  });

  test('is refused for what signs, where what verifies is needed', () => {
    const [problem] = problemsOf({ ...valid, AUDIT_VERIFY_KEYS_FILE: join(folder, 'log.key') });
    expect(problem).toMatch(/^AUDIT_VERIFY_KEYS_FILE must be /);
    expect(problem).not.toContain('log.example');
  });

  test('is refused when both ports are the same', () => {
    expect(problemsOf({ ...valid, PORT: '5000', ADMIN_PORT: '5000' })).toEqual(['ADMIN_PORT must differ from PORT']);
  });

  test('an empty variable is one that is not set', () => {
    expect(problemsOf({ ...valid, OIDC_JWKS_URL: '', PORT: ' ' })).toEqual([]);
    expect(problemsOf({ ...valid, OIDC_AUDIENCE: '' })[0]).toMatch(/^OIDC_AUDIENCE is missing/);
  });
});

test('an issuer on the loopback interface may be plain http', () => {
  expect(problemsOf({ ...valid, OIDC_ISSUER: 'http://127.0.0.1:4200' })).toEqual([]);
});

test('.env.example lists exactly the variables that are read', () => {
  const text = readFileSync(new URL('../.env.example', import.meta.url), 'utf8');
  const listed = [...text.matchAll(/^#?([A-Z_]+)=/gm)].map((match) => match[1]);
  expect(listed.toSorted()).toEqual([...CONFIG_KEYS].toSorted());
});
