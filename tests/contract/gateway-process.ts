import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Config } from '../../src/config.ts';

/** `throughgate gateway` as a process of its own, as an operator runs it. */
export interface GatewayProcess {
  readonly url: string;
  readonly adminUrl: string;
  /** Everything it wrote to its standard output and error so far. */
  output(): string;
  alive(): boolean;
  /** Resolves to its exit code; null when a signal ended it. */
  readonly exited: Promise<number | null>;
  signal(name: NodeJS.Signals): void;
  stop(): Promise<void>;
}

/**
 * @param config of a running stack, whose database, provider and holders it shares
 * @param environment set over our own; a variable that is undefined is left out
 */
export async function startGatewayProcess(
  config: Pick<
    Config,
    'databaseUrl' | 'oidc' | 'schemaDir' | 'policiesDir' | 'sourcesFile' | 'auditHmacKeys' | 'auditSigningKey'
  >,
  environment: Readonly<Record<string, string | undefined>>,
): Promise<GatewayProcess> {
  const folder = mkdtempSync(join(tmpdir(), 'throughgate-process-'));
  const keyFile = join(folder, 'hmac.key');
  writeFileSync(keyFile, config.auditHmacKeys.map((key) => Buffer.from(key).toString('hex')).join('\n'));
  const signingKeyFile = join(folder, 'log.key');
  writeFileSync(signingKeyFile, config.auditSigningKey);
  const [port, adminPort] = [await freePort(), await freePort()];
  const env: Record<string, string | undefined> = {
    ...process.env,
    PORT: String(port),
    ADMIN_PORT: String(adminPort),
    DATABASE_URL: config.databaseUrl,
    OIDC_ISSUER: config.oidc.issuer,
    OIDC_AUDIENCE: config.oidc.audience,
    SCHEMA_DIR: config.schemaDir,
    POLICIES_DIR: config.policiesDir,
    SOURCES_FILE: config.sourcesFile,
    AUDIT_HMAC_KEY_FILE: keyFile,
    AUDIT_SIGNING_KEY_FILE: signingKeyFile,
    LOG_LEVEL: 'trace',
    ...environment,
  };
  for (const name of Object.keys(env)) if (env[name] === undefined) delete env[name];
  const child = spawn(process.execPath, [join(import.meta.dirname, '..', '..', 'bin', 'throughgate.js'), 'gateway'], {
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const chunks: string[] = [];
  child.stdout.setEncoding('utf8').on('data', (text: string) => chunks.push(text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => chunks.push(text));
  const exited = new Promise<number | null>((resolve) => child.once('exit', resolve));
  const gateway: GatewayProcess = {
    url: `http://127.0.0.1:${port}`,
    adminUrl: `http://127.0.0.1:${adminPort}`,
    output: () => chunks.join(''),
    exited,
    alive: () => child.exitCode === null && child.signalCode === null,
    signal: (name) => void child.kill(name),
    async stop() {
      if (gateway.alive()) child.kill('SIGTERM');
      await Promise.race([exited, sleep(5_000)]);
      if (gateway.alive()) child.kill('SIGKILL');
      await exited;
      rmSync(folder, { recursive: true, force: true });
    },
  };
  for (const deadline = Date.now() + 120_000; ; await sleep(50)) {
    const up = await fetch(`${gateway.url}/health/live`).then(
      ({ ok }) => ok,
      () => false,
    );
    if (up) return gateway;
    if (gateway.alive() && Date.now() < deadline) continue;
    await gateway.stop();
    throw new Error(`the gateway did not come up:\n${gateway.output()}`);
  }
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer().on('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const { port } = probe.address() as { port: number };
      probe.close(() => resolve(port));
    });
  });
}
