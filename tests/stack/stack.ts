import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { pino } from 'pino';
import { inject } from 'vitest';
import { generateKey } from '../../src/audit/note.ts';
import { type MovableClock, movableClock } from '../../src/clock.ts';
import type { Config } from '../../src/config.ts';
import { createPopulation } from '../../src/demo/population/population.ts';
import { CONSOLE_CLIENT } from '../../src/demo/provider/accounts.ts';
import { DEV_AUDIENCE } from '../../src/demo/provider/provider.ts';
import { fetchToken } from '../../src/demo/provider/token.ts';
import { startGateway } from '../../src/main.ts';
import { type Recorder, startRecorder } from './recorder.ts';

export interface GraphQLAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  // Answers are read by path in tests; their shape is what is under test.
  // biome-ignore lint/suspicious/noExplicitAny: see above
  readonly body: any;
}

export interface AskOptions {
  readonly persona?: string;
  readonly partner?: string;
  readonly practitioner?: string;
  readonly token?: string;
  readonly purpose?: string | null;
  readonly headers?: Readonly<Record<string, string>>;
  readonly variables?: Readonly<Record<string, unknown>>;
  readonly operationName?: string;
}

/** A whole gateway, in this process, on its own copy of the seeded store, with every holder's wire recorded. */
export interface Stack {
  readonly url: string;
  readonly adminUrl: string;
  readonly ownerUrl: string;
  readonly recorder: Recorder;
  readonly clock: MovableClock;
  readonly config: Config;
  /** Lines that the gateway logged. */
  readonly logged: string[];
  token(persona: string, options?: { partner?: string; practitioner?: string }): Promise<string>;
  ask(query: string, options?: AskOptions): Promise<GraphQLAnswer>;
  sql<Row extends pg.QueryResultRow>(text: string, values?: unknown[]): Promise<Row[]>;
  /** The audit entries of one request, oldest first, decoded. */
  entries(requestId: string): Promise<Record<string, unknown>[]>;
  /** Looks now at what is watched on behalf of a partner. */
  watch(partner: string): Promise<void>;
  /** One whole round of what time brings to checks, now: after one that is under way. */
  sweep(): Promise<void>;
  /** Goes through the log for flags and figures, now. */
  digest(): Promise<void>;
  close(): Promise<void>;
}

export interface StackOptions {
  readonly schemaDir?: string;
  readonly policiesDir?: string;
  readonly proposedPoliciesDir?: string;
  readonly webhooksFile?: string;
  readonly extraHolders?: readonly { readonly code: string; readonly source: string; readonly url: string }[];
}

const PROJECT = fileURLToPath(new URL('../..', import.meta.url));

/** The seeded population, made again here: it is the same for the same choice. */
export function population() {
  return createPopulation(inject('surroundings').population);
}

export async function startStack(options: StackOptions = {}): Promise<Stack> {
  const surroundings = inject('surroundings');
  const folder = mkdtempSync(join(tmpdir(), 'throughgate-stack-'));
  const database = `stack_${randomBytes(6).toString('hex')}`;
  await cloneSeeded(surroundings.seededUrl, database);
  const ownerUrl = withDatabase(surroundings.seededUrl, database);

  const holders = [...surroundings.holders, ...(options.extraHolders ?? [])];
  const recorder = await startRecorder(holders);
  const sourcesFile = join(folder, 'sources.yaml');
  writeFileSync(
    sourcesFile,
    holders
      .map(({ code, source }) => `- { holder: ${code}, source: ${source}, url: "${recorder.urls.get(code)}" }\n`)
      .join(''),
  );
  const clock = movableClock();
  const logged: string[] = [];
  const config: Config = {
    host: '127.0.0.1',
    port: 0,
    adminPort: 0,
    databaseUrl: withDatabase(surroundings.gatewayUrl, database),
    databaseOwnerUrl: null,
    auditReaderUrl: withDatabase(surroundings.readerUrl, database),
    oidc: { issuer: surroundings.issuer, audience: DEV_AUDIENCE, jwksUrl: null },
    schemaDir: options.schemaDir ?? join(PROJECT, 'schema'),
    policiesDir: options.policiesDir ?? join(PROJECT, 'policies'),
    proposedPoliciesDir: options.proposedPoliciesDir ?? null,
    sourcesFile,
    auditHmacKeys: [randomBytes(32)],
    auditSigningKey: generateKey('log.example').privateKey,
    auditVerifyKeys: [],
    auditRestoredFrom: null,
    witnessesFile: null,
    webhooksFile: options.webhooksFile ?? null,
    console: { clientId: CONSOLE_CLIENT, clientSecret: null, url: null },
    logLevel: 'info',
  };
  const clear = async () => {
    await recorder.close();
    await dropDatabase(surroundings.seededUrl, database);
    rmSync(folder, { recursive: true, force: true });
  };
  const gateway = await startGateway({
    config,
    clock,
    logger: pino({ level: 'info' }, { write: (line: string) => void logged.push(line) }),
    development: { moveClock: (instant) => clock.set(instant) },
  }).catch(async (error: unknown) => {
    await clear();
    throw error;
  });
  const pool = new pg.Pool({ connectionString: ownerUrl, max: 2 });
  // Ended by the server when the database is dropped under it: expected.
  pool.on('error', () => {});
  const tokens = new Map<string, Promise<string>>();

  const stack: Stack = {
    url: gateway.url,
    adminUrl: gateway.adminUrl,
    ownerUrl,
    recorder,
    clock,
    config,
    logged,
    token(persona, { partner, practitioner } = {}) {
      const key = JSON.stringify([persona, partner, practitioner]);
      let token = tokens.get(key);
      if (!token) {
        token = fetchToken({
          issuer: surroundings.issuer,
          persona,
          ...(partner && { partner }),
          ...(practitioner && { practitioner }),
        });
        tokens.set(key, token);
      }
      return token;
    },
    async ask(
      query,
      {
        persona = 'probation-practitioner',
        partner,
        practitioner,
        token,
        purpose = 'RELEASE_PLANNING',
        headers,
        variables,
        operationName,
      } = {},
    ) {
      const bearer =
        token ?? (await stack.token(persona, { ...(partner && { partner }), ...(practitioner && { practitioner }) }));
      const response = await fetch(`${gateway.url}/graphql`, {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          authorization: `Bearer ${bearer}`,
          ...(purpose !== null && { 'purpose-of-use': purpose }),
          ...headers,
        },
        body: JSON.stringify({ query, ...(variables && { variables }), ...(operationName && { operationName }) }),
      });
      const text = await response.text();
      return { status: response.status, headers: response.headers, text, body: JSON.parse(text) };
    },
    async sql(text, values) {
      return (await pool.query(text, values)).rows;
    },
    async entries(requestId) {
      const rows = await stack.sql<{ body: Buffer }>(
        'select body from audit.entry where request_id = $1 order by index',
        [requestId],
      );
      return rows.map(({ body }) => JSON.parse(body.toString()));
    },
    watch: gateway.watch,
    sweep: gateway.sweep,
    digest: gateway.digest,
    async close() {
      await gateway.close();
      await pool.end();
      await clear();
    },
  };
  return stack;
}

async function cloneSeeded(seededUrl: string, database: string): Promise<void> {
  const template = new URL(seededUrl).pathname.slice(1);
  const client = new pg.Client({ connectionString: withDatabase(seededUrl, 'postgres') });
  await client.connect();
  try {
    await client.query(`create database ${database} template ${template}`);
  } finally {
    await client.end();
  }
}

async function dropDatabase(seededUrl: string, database: string): Promise<void> {
  const client = new pg.Client({ connectionString: withDatabase(seededUrl, 'postgres') });
  await client.connect();
  try {
    await client.query(`drop database ${database} with (force)`);
  } finally {
    await client.end();
  }
}

function withDatabase(url: string, database: string): string {
  const changed = new URL(url);
  changed.pathname = `/${database}`;
  return changed.href;
}
