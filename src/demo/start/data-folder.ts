import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { DEVELOPMENT_KEY } from '../../audit/keys.ts';
import { generateKey, parseSigner } from '../../audit/note.ts';
import { StartError } from './start-error.ts';

/** What the supervisor keeps in DATA_DIR, beside PostgreSQL's own. */
export const FILES = {
  /** Which population the data are of. */
  population: 'demo.json',
  /** Keys the pseudonyms of the audit log. */
  hmacKey: 'audit-hmac.key',
  /** Signs the checkpoints of the audit log; and what they are verified with, those of older keys too, a line each. */
  signingKey: 'log.key',
  verifierKey: 'log.vkey',
  /** Of the database logins of the gateway and of those who read the audit log. */
  gatewayPassword: 'gateway-password',
  readerPassword: 'reader-password',
  /** Where `audit export` reads the log while the demonstration runs. */
  readerUrl: 'audit-reader.url',
  /** Where commands record what they do to it. */
  gatewayUrl: 'gateway.url',
  /** Each holder and its URL. */
  sources: 'sources.yaml',
  /** A folder: what each process of the last start had to say. */
  logs: 'logs',
} as const;

/**
 * Makes the folder if need be and tries to write in it. Nobody else may list it; as root others may pass through it,
 * because PostgreSQL then runs as `nobody`. Secrets in it are readable by the owner alone.
 * @throws StartError when it cannot be written
 */
export function makeDataFolder(dataDir: string): void {
  const probe = join(dataDir, `.probe-${process.pid}`);
  try {
    mkdirSync(dataDir, { recursive: true, mode: process.getuid?.() === 0 ? 0o711 : 0o700 });
    mkdirSync(join(dataDir, FILES.logs), { recursive: true, mode: 0o700 });
    writeFileSync(probe, '');
    rmSync(probe);
  } catch (error) {
    const reason = (error as NodeJS.ErrnoException).code ?? 'unknown';
    throw new StartError(`The folder ${dataDir} cannot be written (${reason}): set DATA_DIR to one that can`);
  }
}

/** @throws StartError when it holds a folder by the name of PostgreSQL's that no start made, and that none may remove */
export function refuseForeign(dataDir: string): void {
  if (existsSync(join(dataDir, 'cluster')) && !existsSync(join(dataDir, FILES.population))) {
    throw new StartError(
      `${dataDir} has a folder "cluster" that no demonstration made: set DATA_DIR to another folder`,
    );
  }
}

/**
 * Removes what earlier starts kept there, and nothing else. PostgreSQL's own files must be gone before.
 */
export function clearDataFolder(dataDir: string): void {
  for (const name of Object.values(FILES)) {
    rmSync(join(dataDir, name), { recursive: true, force: true });
  }
}

/**
 * The file of a development secret of 32 random bytes, in hexadecimal, made when first asked for.
 * @param mark bytes before those, by which it is known for what it is
 */
export function secretFile(dataDir: string, name: string, mark: Buffer = Buffer.alloc(0)): string {
  const file = join(dataDir, name);
  if (!existsSync(file)) {
    const secret = Buffer.concat([mark, randomBytes(32)]);
    writeFileSync(file, `${secret.toString('hex')}\n`, { mode: 0o600, flag: 'wx' });
  }
  return file;
}

/** The file of the development key of the pseudonyms. */
export function hmacKeyFile(dataDir: string): string {
  return secretFile(dataDir, FILES.hmacKey, DEVELOPMENT_KEY);
}

/**
 * The files of the development key that signs the audit log, made when first asked for, and of what verifies it; which
 * keeps what verifies older ones.
 */
export function logKey(dataDir: string): {
  readonly file: string;
  readonly vkey: string;
  readonly verifierFile: string;
} {
  const file = join(dataDir, FILES.signingKey);
  if (!existsSync(file)) {
    writeFileSync(file, `${generateKey('throughgate.development').privateKey}\n`, { mode: 0o600, flag: 'wx' });
  }
  const { vkey } = parseSigner(readFileSync(file, 'utf8').trim());
  const verifierFile = join(dataDir, FILES.verifierKey);
  const known = existsSync(verifierFile) ? readFileSync(verifierFile, 'utf8').split('\n').filter(Boolean) : [];
  writeFileSync(verifierFile, `${[...new Set([...known, vkey])].join('\n')}\n`);
  return { file, vkey, verifierFile };
}
