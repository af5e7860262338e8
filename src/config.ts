import { readFileSync, statSync } from 'node:fs';
import { isIP } from 'node:net';
import { fileURLToPath } from 'node:url';

/** Every environment variable that `throughgate gateway` reads. `.env.example` lists the same, which a test checks. */
export const CONFIG_KEYS = [
  'HOST',
  'PORT',
  'ADMIN_PORT',
  'DATABASE_URL',
  'DATABASE_OWNER_URL',
  'AUDIT_READER_URL',
  'OIDC_ISSUER',
  'OIDC_AUDIENCE',
  'OIDC_JWKS_URL',
  'SCHEMA_DIR',
  'POLICIES_DIR',
  'PROPOSED_POLICIES_DIR',
  'SOURCES_FILE',
  'AUDIT_HMAC_KEY_FILE',
  'AUDIT_SIGNING_KEY_FILE',
  'AUDIT_VERIFY_KEYS_FILE',
  'AUDIT_RESTORED_FROM',
  'WITNESSES_FILE',
  'WEBHOOKS_FILE',
  'CONSOLE_CLIENT_ID',
  'CONSOLE_CLIENT_SECRET_FILE',
  'CONSOLE_URL',
  'LOG_LEVEL',
] as const;

export const LOG_LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;

export type LogLevel = (typeof LOG_LEVELS)[number];

export interface Config {
  readonly host: string;
  /** 0 takes any free port. */
  readonly port: number;
  /** Metrics and what an operator reads. 0 takes any free port. */
  readonly adminPort: number;
  /** The gateway's own login, which may append to the log and read the crosswalk. */
  readonly databaseUrl: string;
  /** The owner's login, for migrations; null where they are run elsewhere. */
  readonly databaseOwnerUrl: string | null;
  /** A login that may read the audit log and nothing else; null where nobody reads it through the gateway. */
  readonly auditReaderUrl: string | null;
  readonly oidc: {
    /** Compared with the token's `iss` character by character. */
    readonly issuer: string;
    readonly audience: string;
    /** Null: found through the issuer's discovery document. */
    readonly jwksUrl: string | null;
  };
  readonly schemaDir: string;
  readonly policiesDir: string;
  /** Policy files that somebody proposes in their place; null where nobody does. Nothing is decided by them. */
  readonly proposedPoliciesDir: string | null;
  readonly sourcesFile: string;
  /** Key the pseudonyms of subjects in the audit log. At least 32 bytes each, oldest first; the last one writes. */
  readonly auditHmacKeys: readonly Uint8Array[];
  /** Signs the audit log's checkpoints. A line as golang.org/x/mod/sumdb/note writes it. */
  readonly auditSigningKey: string;
  /** What verifies the checkpoints that older keys of the log signed. */
  readonly auditVerifyKeys: readonly string[];
  /** How many entries the log has that was restored from a backup, as its operator says; null where it was not. */
  readonly auditRestoredFrom: number | null;
  /** A YAML file of who cosigns the log; null where nobody does. */
  readonly witnessesFile: string | null;
  /** A YAML file of the endpoints that are told of events; null where none is. */
  readonly webhooksFile: string | null;
  /** The information governance console; null where there is none. */
  readonly console: {
    /** By which the OpenID provider knows it. */
    readonly clientId: string;
    /** Null for a public client. */
    readonly clientSecret: string | null;
    /** Where browsers find the gateway, an origin; null for the address that it listens on. */
    readonly url: string | null;
  } | null;
  readonly logLevel: LogLevel;
}

/** The environment is wrong. Every problem is listed, none with its value. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(`The configuration is wrong:\n${problems.map((problem) => `  ${problem}`).join('\n')}`);
    this.problems = problems;
  }
}

type ConfigKey = (typeof CONFIG_KEYS)[number];
type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Reads the gateway's whole configuration. No secret and no URL has a default.
 * @throws ConfigError naming every variable that is missing or wrong
 */
export function loadConfig(env: Environment): Config {
  const read = reader(env);
  const config: Config = {
    host: read.host('HOST', '127.0.0.1'),
    port: read.port('PORT', 4000),
    adminPort: read.port('ADMIN_PORT', 9464),
    databaseUrl: read.required('DATABASE_URL', POSTGRES_URL, isPostgresUrl),
    databaseOwnerUrl: read.optional('DATABASE_OWNER_URL', POSTGRES_URL, isPostgresUrl),
    auditReaderUrl: read.optional('AUDIT_READER_URL', POSTGRES_URL, isPostgresUrl),
    oidc: Object.freeze({
      issuer: read.required('OIDC_ISSUER', HTTPS_URL, isHttpsUrl),
      audience: read.required('OIDC_AUDIENCE', "the audience of the gateway's access tokens", () => true),
      jwksUrl: read.optional('OIDC_JWKS_URL', HTTPS_URL, isHttpsUrl),
    }),
    schemaDir: read.optional('SCHEMA_DIR', 'a folder', isFolder) ?? projectFolder('schema'),
    policiesDir: read.optional('POLICIES_DIR', 'a folder', isFolder) ?? projectFolder('policies'),
    proposedPoliciesDir: read.optional('PROPOSED_POLICIES_DIR', 'a folder', isFolder),
    sourcesFile: read.required(
      'SOURCES_FILE',
      'the path of a YAML file that is there and lists the holders and their URLs',
      isFile,
    ),
    auditHmacKeys: read.keyFile('AUDIT_HMAC_KEY_FILE'),
    auditSigningKey: read.signingKeyFile('AUDIT_SIGNING_KEY_FILE'),
    auditVerifyKeys: read.verifyKeysFile('AUDIT_VERIFY_KEYS_FILE'),
    auditRestoredFrom: read.size('AUDIT_RESTORED_FROM'),
    witnessesFile: read.optional('WITNESSES_FILE', 'the path of a YAML file that is there and lists witnesses', isFile),
    webhooksFile: read.optional('WEBHOOKS_FILE', 'the path of a YAML file that is there and lists endpoints', isFile),
    console: read.console(),
    logLevel: read.logLevel('LOG_LEVEL'),
  };
  if (config.port !== 0 && config.port === config.adminPort) {
    read.problems.push('ADMIN_PORT must differ from PORT');
  }
  if (config.console !== null && config.auditReaderUrl === null) {
    read.problems.push('AUDIT_READER_URL is missing: the console reads the audit log through it');
  }
  if (read.problems.length > 0) {
    throw new ConfigError(read.problems);
  }
  return Object.freeze(config);
}

const POSTGRES_URL = 'a PostgreSQL URL, postgresql://login:password@host:port/database';
const HTTPS_URL = 'an https:// URL (http:// is accepted on the loopback interface only)';
const KEY_FILE =
  'a file of at least 32 random bytes in hexadecimal or base64 a line, oldest first, for example from "openssl rand -hex 32"';
const KEY_BYTES = 32;
const SIGNING_KEY_FILE =
  'a file of one line PRIVATE+KEY+<name>+<id>+<base64>, for example from "throughgate audit key <name>"';
const VERIFY_KEYS_FILE = 'a file of lines <name>+<id>+<base64>, as "throughgate audit key" prints beside a new key';
const VERIFY_KEY = /^[^\s+]+\+[0-9a-f]{8}\+[A-Za-z0-9+/]+={0,2}$/;
const SIGNING_KEY = /^PRIVATE\+KEY\+[^\s+]+\+[0-9a-f]{8}\+[A-Za-z0-9+/]+={0,2}$/;

/** Each method answers a usable value or notes a problem and answers a stand-in that never leaves `loadConfig`. */
function reader(env: Environment) {
  const problems: string[] = [];
  // An empty variable is an unset one, as in a copied .env.example.
  const value = (key: ConfigKey): string | null => env[key]?.trim() || null;
  const optional = (key: ConfigKey, expected: string, valid: (text: string) => boolean): string | null => {
    const text = value(key);
    if (text !== null && !valid(text)) {
      problems.push(`${key} must be ${expected}`);
    }
    return text;
  };
  const required = (key: ConfigKey, expected: string, valid: (text: string) => boolean): string => {
    if (value(key) === null) {
      problems.push(`${key} is missing: set it to ${expected}`);
    }
    return optional(key, expected, valid) ?? '';
  };
  return {
    problems,
    optional,
    required,
    host: (key: ConfigKey, fallback: string) =>
      optional(key, 'an IP address or a host name to listen on', isHost) ?? fallback,
    port: (key: ConfigKey, fallback: number) =>
      Number(optional(key, 'a port, from 0 to 65535', isPort) ?? String(fallback)),
    logLevel: (key: ConfigKey): LogLevel => {
      const text = optional(key, `one of ${LOG_LEVELS.join(', ')}`, (t) => LOG_LEVELS.some((level) => level === t));
      return LOG_LEVELS.find((level) => level === text) ?? 'info';
    },
    keyFile: (key: ConfigKey): readonly Uint8Array[] => {
      const file = required(key, KEY_FILE, (path) => readKeys(path).length > 0);
      return readKeys(file);
    },
    signingKeyFile: (key: ConfigKey): string => {
      const file = required(key, SIGNING_KEY_FILE, (path) => SIGNING_KEY.test(readText(path)));
      return readText(file);
    },
    verifyKeysFile: (key: ConfigKey): readonly string[] => {
      const isKeys = (lines: readonly string[]) => lines.length > 0 && lines.every((line) => VERIFY_KEY.test(line));
      const file = optional(key, VERIFY_KEYS_FILE, (path) => isKeys(linesOf(path)));
      return file === null ? [] : linesOf(file);
    },
    console: (): Config['console'] => {
      const clientId = value('CONSOLE_CLIENT_ID');
      const file = optional(
        'CONSOLE_CLIENT_SECRET_FILE',
        'a file of one line, the secret',
        (path) => linesOf(path).length === 1,
      );
      const url = optional('CONSOLE_URL', `${HTTPS_URL}, without a path`, isOrigin);
      if (clientId === null) {
        if (file ?? url)
          problems.push('CONSOLE_CLIENT_ID is missing: set it to the client of the console, or leave all of it out');
        return null;
      }
      return { clientId, clientSecret: file && readText(file), url: url && new URL(url).origin };
    },
    size: (key: ConfigKey): number | null => {
      const text = optional(key, 'a number of entries, in digits', (digits) => /^[1-9]\d{0,14}$/.test(digits));
      return text === null ? null : Number(text);
    },
  };
}

/** The keys of a file, a line each. None where it cannot be read, or where one is too short or in neither encoding. */
export function readKeys(path: string): readonly Uint8Array[] {
  const keys = linesOf(path).map(decode);
  return keys.every(({ length }) => length >= KEY_BYTES) ? keys : [];
}

function decode(text: string): Uint8Array {
  if (/^([0-9a-f]{2})+$/i.test(text)) {
    return Buffer.from(text, 'hex');
  }
  return Buffer.from(/^[A-Za-z0-9+/_-]+={0,2}$/.test(text) ? text : '', 'base64');
}

function linesOf(path: string): string[] {
  const lines = readText(path).split('\n');
  return lines.map((line) => line.trim()).filter((line) => line !== '');
}

function readText(path: string): string {
  return unlessThrown(() => readFileSync(path, 'utf8').trim()) ?? '';
}

function isPort(text: string): boolean {
  return /^\d{1,5}$/.test(text) && Number(text) <= 65_535;
}

function isHost(text: string): boolean {
  return isIP(text) !== 0 || /^[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?$/.test(text);
}

function isPostgresUrl(text: string): boolean {
  return ['postgres:', 'postgresql:'].includes(parseUrl(text)?.protocol ?? '');
}

function isHttpsUrl(text: string): boolean {
  const url = parseUrl(text);
  const loopback = ['localhost', '127.0.0.1', '[::1]'].includes(url?.hostname ?? '');
  return url?.protocol === 'https:' || (url?.protocol === 'http:' && loopback);
}

function isOrigin(text: string): boolean {
  const url = parseUrl(text);
  return isHttpsUrl(text) && `${url?.pathname}${url?.search}${url?.hash}` === '/' && url?.username === '';
}

function parseUrl(text: string): URL | null {
  return URL.canParse(text) ? new URL(text) : null;
}

function isFile(path: string): boolean {
  return unlessThrown(() => statSync(path).isFile()) ?? false;
}

function isFolder(path: string): boolean {
  return unlessThrown(() => statSync(path).isDirectory()) ?? false;
}

function unlessThrown<T>(read: () => T): T | null {
  try {
    return read();
  } catch {
    return null;
  }
}

function projectFolder(name: string): string {
  return fileURLToPath(new URL(`../${name}`, import.meta.url));
}
