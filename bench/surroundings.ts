import { fork } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { generateKey } from '../src/audit/note.ts';
import type { Config } from '../src/config.ts';
import { DEV_AUDIENCE } from '../src/demo/provider/provider.ts';
import type { Neighbours } from './neighbours.ts';

export interface Surroundings extends Neighbours {
  readonly config: Config;
  close(): Promise<void>;
}

/** Starts the neighbours and writes the configuration of a gateway among them. */
export async function startSurroundings(): Promise<Surroundings> {
  const child = fork(fileURLToPath(new URL('./neighbours.ts', import.meta.url)), { stdio: 'inherit' });
  const neighbours = await new Promise<Neighbours>((resolve, reject) => {
    child.once('message', (message) => resolve(message as Neighbours));
    child.once('exit', () => reject(new Error('the neighbours did not start')));
  });
  const folder = mkdtempSync(join(tmpdir(), 'throughgate-bench-'));
  const sourcesFile = join(folder, 'sources.yaml');
  writeFileSync(
    sourcesFile,
    neighbours.holders
      .map(({ code, source, url }) => `- { holder: ${code}, source: ${source}, url: "${url}" }\n`)
      .join(''),
  );
  const config: Config = {
    host: '127.0.0.1',
    port: 0,
    adminPort: 0,
    databaseUrl: neighbours.gatewayUrl,
    databaseOwnerUrl: null,
    auditReaderUrl: null,
    oidc: { issuer: neighbours.issuer, audience: DEV_AUDIENCE, jwksUrl: null },
    schemaDir: projectFolder('schema'),
    policiesDir: projectFolder('policies'),
    proposedPoliciesDir: null,
    sourcesFile,
    auditHmacKeys: [randomBytes(32)],
    auditSigningKey: generateKey('bench.development').privateKey,
    auditVerifyKeys: [],
    auditRestoredFrom: null,
    witnessesFile: null,
    webhooksFile: null,
    console: null,
    logLevel: 'error',
  };
  return {
    ...neighbours,
    config,
    async close() {
      const gone = new Promise((resolve) => child.once('exit', resolve));
      child.disconnect();
      await gone;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

export function projectFolder(name: string): string {
  return fileURLToPath(new URL(`../${name}`, import.meta.url));
}
