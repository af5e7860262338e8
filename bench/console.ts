/**
 * `npm run bench:console [-- --entries N]`: measures pages of the console, signed in and over HTTP, with 100,000 entries in
 * the log and with N. Never part of the tests: a machine that is busy would fail them. 10,000,000 take some 25 GB of the
 * temporary folder and an hour.
 */
import { cpus } from 'node:os';
import process from 'node:process';
import { parseArgs } from 'node:util';
import pg from 'pg';
import { createPseudonyms } from '../src/audit/pseudonym.ts';
import { CONSOLE_CLIENT } from '../src/demo/provider/accounts.ts';
import { startGateway } from '../src/main.ts';
import { type Officer, signIn } from '../tests/console/officer.ts';
import { type FilledLog, fillForConsole } from './console-log.ts';
import { median, quantile } from './figures.ts';
import { type Surroundings, startSurroundings } from './surroundings.ts';

const SMALL = 100_000;
const LOOKS = 60;
const MOST_RATIO = 1.5;
const MOST_MILLISECONDS = 300;

const { values } = parseArgs({ options: { entries: { type: 'string', default: '1000000' } } });
const entries = Number(values.entries);
if (!Number.isSafeInteger(entries) || entries <= SMALL) {
  process.stderr.write(`--entries is a number above ${SMALL}\n`);
  process.exit(1);
}

process.stdout.write(`Node ${process.version}, ${cpus().length} x ${cpus()[0]?.model ?? 'unknown CPU'}\n`);
process.stdout.write(`console: ${LOOKS} of each page, p50 and p95 in ms\n`);
const surroundings = await startSurroundings();
const client = new pg.Client({ connectionString: surroundings.ownerUrl });
await client.connect();
try {
  const small = await measure(surroundings, SMALL);
  const large = await measure(surroundings, entries);
  report(small, large);
} finally {
  await client.end();
  await surroundings.close();
}

type Times = ReadonlyMap<string, readonly number[]>;

async function measure({ config, ...neighbours }: Surroundings, until: number): Promise<Times> {
  const sql = async <Row extends pg.QueryResultRow>(text: string, given: readonly unknown[] = []) =>
    (await client.query<Row>(text, [...given])).rows;
  const known = await sql<{ person: string; value: string }>(
    `select person::text, value from record.link where type = 'CRN' and current and confidence = 1
     and person not in (select person from record.restriction) order by person limit 1000`,
  );
  const log = await fillForConsole(sql, {
    until,
    known: known.map(({ person }) => person),
    pseudonyms: createPseudonyms(config.auditHmacKeys),
  });
  const gateway = await startGateway({
    config: {
      ...config,
      auditReaderUrl: neighbours.readerUrl,
      console: { clientId: CONSOLE_CLIENT, clientSecret: null, url: null },
    },
    development: {},
  });
  try {
    const times = new Map<string, number[]>();
    for (const [who, persona] of Object.entries({ officer: 'ig-officer', lead: 'ig-lead' } as const)) {
      const signed = await signIn(gateway, { persona });
      for (const [name, look] of Object.entries(await pages(signed, log, known))) {
        const of: number[] = [];
        for (let n = -5; n < LOOKS; n += 1) {
          const started = performance.now();
          await look(n + 5);
          if (n >= 0) of.push(performance.now() - started);
        }
        times.set(`${name}, ${who}`, of);
      }
    }
    return times;
  } finally {
    await gateway.close();
  }
}

/** The pages, each asked about somebody else every time, over as many days as the log has. */
async function pages(officer: Officer, log: FilledLog, known: readonly { readonly value: string }[]) {
  const span = { from: slashed(log.first), to: slashed(new Date()) };
  const form = (await officer.get('/person')).form('/console/person') ?? {};
  const query = (more: Record<string, string>) => new URLSearchParams({ ...span, ...more });
  const seen = async (path: string) => {
    const page = await officer.get(path);
    if (page.status !== 200) throw new Error(`${path} was answered ${page.status}: ${page.text.slice(0, 300)}`);
    return page;
  };
  return {
    'log, newest': async () => void (await seen('/log')),
    'log, one practitioner': async (n: number) =>
      void (await seen(`/log?${query({ practitioner: log.practitioner(n) })}`)),
    'practitioner, 30 days': async (n: number) =>
      void (await seen(
        `/practitioner?${new URLSearchParams({ partner: 'probation-service', practitioner: log.practitioner(n) })}`,
      )),
    person: async (n: number) => {
      const value = known[n % Math.min(known.length, log.people.length)]?.value ?? '';
      const page = await officer.post('/person', { ...form, ...span, type: 'CRN', value });
      if (page.status !== 200) throw new Error(`/person was answered ${page.status}: ${page.text.slice(0, 300)}`);
    },
  };
}

function slashed(at: Date): string {
  return `${at.getUTCDate()}/${at.getUTCMonth() + 1}/${at.getUTCFullYear()}`;
}

function report(small: Times, large: Times): void {
  const failed: string[] = [];
  for (const [name, after] of large) {
    const before = small.get(name) ?? after;
    const [was, is] = [quantile(before, 0.95), quantile(after, 0.95)];
    const ratio = is / was;
    process.stdout.write(
      `  ${name}: ${median(before).toFixed(0)} -> ${median(after).toFixed(0)}, p95 ${was.toFixed(0)} -> ${is.toFixed(0)}, ` +
        `${ratio.toFixed(2)}x (at most ${MOST_RATIO}x)\n`,
    );
    if (ratio > MOST_RATIO) failed.push(`${name}: ${ratio.toFixed(2)}x`);
    if (name.startsWith('log, newest') && is > MOST_MILLISECONDS) failed.push(`${name}: ${is.toFixed(0)} ms`);
  }
  process.stdout.write(`  the first page of the log: at most ${MOST_MILLISECONDS} ms\n`);
  process.stdout.write(failed.length === 0 ? '  every bar is met\n' : `  not met: ${failed.join('; ')}\n`);
  // Whoever asked for a figure gets it; the bars say what it means.
  process.exitCode = failed.length === 0 ? 0 : 1;
}
