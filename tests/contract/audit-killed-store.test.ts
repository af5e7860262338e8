import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { pino } from 'pino';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { generateKey } from '../../src/audit/note.ts';
import { type Postgres, removeCluster, startPostgres } from '../../src/demo/postgres/start.ts';
import { DEV_AUDIENCE } from '../../src/demo/provider/provider.ts';
import { fetchToken } from '../../src/demo/provider/token.ts';
import { type Gateway, startGateway } from '../../src/main.ts';
import { importFacts } from '../../src/store/facts.ts';
import { migrate } from '../../src/store/migrate.ts';
import { prepareLogins } from '../../src/store/roles.ts';
import { population } from '../stack/stack.ts';

const PROJECT = join(import.meta.dirname, '..', '..');

let folder: string;
let postgres: Postgres;
let gateway: Gateway;
let bearer: string;
let query: string;

/** A PostgreSQL of its own, to be killed; provider and partners are everybody's. */
beforeAll(async () => {
  const { issuer, holders } = inject('surroundings');
  folder = mkdtempSync(join(tmpdir(), 'throughgate-killed-'));
  const people = population();
  postgres = await startPostgres({ dataDir: folder });
  await migrate(postgres.ownerUrl);
  const passwords = { gatewayPassword: 'gateway-for-tests', readerPassword: 'reader-for-tests' };
  const { gatewayUrl } = await prepareLogins(postgres.ownerUrl, passwords);
  await importFacts(postgres.ownerUrl, people.facts());
  const sourcesFile = join(folder, 'sources.yaml');
  writeFileSync(
    sourcesFile,
    holders.map(({ code, source, url }) => `- { holder: ${code}, source: ${source}, url: "${url}" }\n`).join(''),
  );
  gateway = await startGateway({
    config: {
      host: '127.0.0.1',
      port: 0,
      adminPort: 0,
      databaseUrl: gatewayUrl,
      databaseOwnerUrl: null,
      auditReaderUrl: null,
      oidc: { issuer, audience: DEV_AUDIENCE, jwksUrl: null },
      schemaDir: join(PROJECT, 'schema'),
      policiesDir: join(PROJECT, 'policies'),
      proposedPoliciesDir: null,
      sourcesFile,
      auditHmacKeys: [randomBytes(32)],
      auditSigningKey: generateKey('log.example').privateKey,
      auditVerifyKeys: [],
      auditRestoredFrom: null,
      witnessesFile: null,
      webhooksFile: null,
      console: null,
      logLevel: 'silent',
    },
    logger: pino({ level: 'silent' }),
  });
  bearer = await fetchToken({ issuer, persona: 'probation-practitioner' });
  const crn = people.traits().allowed[0]?.identifiers['CRN'];
  query = `{ person(identifier: {type: "CRN", value: "${crn}"}) { custody { releaseDate } } }`;
});

afterAll(async () => {
  await gateway?.close();
  await postgres?.stop();
  await removeCluster(folder);
  rmSync(folder, { recursive: true, force: true });
});

async function ask() {
  const response = await fetch(`${gateway.url}/graphql`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      authorization: `Bearer ${bearer}`,
      'purpose-of-use': 'RELEASE_PLANNING',
    },
    body: JSON.stringify({ query }),
  });
  const text = await response.text();
  return { status: response.status, headers: response.headers, text, body: JSON.parse(text) };
}

async function look(path: string) {
  const response = await fetch(`${gateway.url}${path}`);
  return { status: response.status, headers: response.headers, text: await response.text() };
}

test('AUDIT-01 a store that is killed means no data, a process that lives on, and answers again when it is back', {
  timeout: 60_000,
}, async () => {
  expect((await ask()).status).toBe(200);

  // In full flow: whatever was answered with data before or during the kill must be found in the log afterwards.
  const answers: Awaited<ReturnType<typeof ask>>[] = [];
  let going = true;
  const callers = Array.from({ length: 8 }, async () => {
    while (going) answers.push(await ask());
  });
  while (answers.length < 40) await sleep(10);
  process.kill(postgres.pid, 'SIGKILL');
  await postgres.exited;
  await sleep(200);
  going = false;
  await Promise.all(callers);
  const shown = answers.filter(({ status }) => status === 200);
  const refused = answers.filter(({ status }) => status !== 200);
  expect(shown.length).toBeGreaterThanOrEqual(40);
  expect(refused.length).toBeGreaterThan(0);

  refused.push(await ask());
  for (const { status, headers, body, text } of refused) {
    expect(status).toBe(503);
    expect(body).toEqual({
      errors: [
        {
          message: expect.stringMatching(/^The access could not be recorded, so nothing is shown\./),
          extensions: { code: 'AUDIT_UNAVAILABLE', requestId: headers.get('x-request-id') },
        },
      ],
      extensions: { requestId: headers.get('x-request-id') },
    });
    expect(headers.get('link')).toBe('</urgent>; rel="help"');
    expect(headers.get('retry-after')).toBe('5');
    expect(text).not.toMatch(/ECONN|127\.0\.0\.1|postgres|prisma|select/i);
  }

  expect(await look('/health/live')).toMatchObject({ status: 200, text: '{"live":true}' });
  const urgent = await look('/urgent');
  expect([urgent.status, urgent.text.includes('Probation duty desk')]).toEqual([200, true]);
  const ready = await look('/health/ready');
  expect([ready.status, JSON.parse(ready.text)]).toEqual([503, { ready: false, reasons: ['STORE_UNAVAILABLE'] }]);
  expect(ready.headers.get('link')).toBe('</urgent>; rel="help"');

  postgres = await startPostgres({ dataDir: folder, port: postgres.port });
  let back = await ask();
  for (const deadline = Date.now() + 10_000; back.status !== 200 && Date.now() < deadline; back = await ask()) {
    await sleep(100);
  }
  expect(back.status).toBe(200);
  expect(back.body.data.person.custody.releaseDate).toMatch(/^\d{4}-/);
  expect(await look('/health/ready')).toMatchObject({ status: 200, text: '{"ready":true,"reasons":[]}' });

  const session = new pg.Client({ connectionString: postgres.ownerUrl });
  await session.connect();
  try {
    const { rows } = await session.query<{ request_id: string; kinds: string[] }>(
      'select request_id, array_agg(kind order by index) as kinds from audit.entry group by request_id',
    );
    const kept = new Map(rows.map(({ request_id, kinds }) => [request_id, kinds]));
    for (const { body } of [...shown, back]) {
      expect(kept.get(body.extensions.requestId)).toEqual(['request', 'disclosure']);
    }
    const { rows: numbers } = await session.query('select max(index) + 1 as next, count(*) as count from audit.entry');
    expect(numbers[0].next).toBe(numbers[0].count);
  } finally {
    await session.end();
  }
});
