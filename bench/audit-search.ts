import process from 'node:process';
import type { LogReader } from '../src/audit/log-reader.ts';
import { createLogReader } from '../src/store/log-reader.ts';
import { type AuditDatabase, withAuditDatabase } from './audit-database.ts';
import { median, quantile } from './figures.ts';
import { fillLog } from './fill-log.ts';

const DAY = 86_400_000;
const PAGE = 500;
const LOOKS = 100;
/** So many entries about one person and of one practitioner, on average, however long the log is: some far more. */
const PER_SUBJECT = 50;
const PER_PRACTITIONER = 400;
const PER_WEEK = 100_000;
const FIRST = Date.parse('2026-01-01T00:00:00Z');
const CHUNK = 250_000;

/** Searches of a small log and of a large one, as the gateway makes them. Each is made twice, and timed the second time too. */
export async function benchSearch(small: number, large: number): Promise<void> {
  process.stdout.write(`search: ${LOOKS} of each kind, at most ${PAGE} entries each (at most 1.5x)\n`);
  await withAuditDatabase(async (database) => {
    const before = await search(database, 0, small);
    const after = await search(database, small, large);
    for (const [kind, times] of after) {
      const base = before.get(kind) ?? times;
      const line = (at: 'first' | 'again') =>
        `${median(base[at]).toFixed(2)} -> ${median(times[at]).toFixed(2)} (p95 ${quantile(base[at], 0.95).toFixed(2)} -> ` +
        `${quantile(times[at], 0.95).toFixed(2)}) ms, ${(median(times[at]) / median(base[at])).toFixed(2)}x`;
      const found = `${Math.round(median(base.found))} -> ${Math.round(median(times.found))} entries`;
      process.stdout.write(`  ${kind}, ${found}: ${line('again')}; the first time ${line('first')}\n`);
    }
  });
}

interface Times {
  readonly first: number[];
  readonly again: number[];
  readonly found: number[];
}

async function search(database: AuditDatabase, from: number, until: number): Promise<Map<string, Times>> {
  await fill(database, from, until);
  const [{ size, entry } = { size: '?', entry: '?' }] = await database.sql<{ size: string; entry: string }>(
    `select pg_size_pretty(pg_database_size(current_database())) as size, round(avg(length(body))) || ' bytes' as entry
     from audit.entry where index < 10000`,
  );
  process.stdout.write(`  ${until} entries of ${entry}, ${Math.ceil((until / PER_WEEK) * 7)} days, ${size}\n`);
  const reader = createLogReader(database.readerUrl);
  try {
    const times = new Map<string, Times>();
    for (const [kind, look] of Object.entries(looks(reader, until))) {
      const of: Times = { first: [], again: [], found: [] };
      await look(LOOKS);
      for (let n = 0; n < LOOKS; n++) {
        const found = await timed(of.first, () => look(n));
        await timed(of.again, () => look(n));
        of.found.push(found);
      }
      times.set(kind, of);
    }
    return times;
  } finally {
    await reader.close();
  }
}

async function timed(times: number[], look: () => Promise<readonly unknown[]>): Promise<number> {
  const started = performance.now();
  const { length } = await look();
  times.push(performance.now() - started);
  return length;
}

/** The same choice at each run, spread over the whole log. */
function looks(reader: LogReader, size: number): Record<string, (n: number) => Promise<readonly unknown[]>> {
  const one = (n: number, of: number) => Math.floor(((n * 0.618_033_988_7) % 1) * of);
  const time = (index: number) => new Date(FIRST + (index / PER_WEEK) * 7 * DAY);
  const whole = { from: time(0), to: time(size) };
  return {
    'by subject': (n) => reader.bySubjects([subject(one(n, size / PER_SUBJECT))], whole, PAGE),
    'by practitioner': (n) => {
      const practitioner = `PRO-${one(n, size / PER_PRACTITIONER)}`;
      return reader.byPractitioner('probation-service', practitioner, whole, PAGE);
    },
    'newest page': () => reader.page({}, PAGE),
    'page of a day': (n) => {
      const from = one(n, size - (2 * PER_WEEK) / 7);
      return reader.page({ from: time(from), to: new Date(time(from).getTime() + DAY) }, PAGE);
    },
  };
}

/** As long as a pseudonym. */
const subject = (n: number) => `subject-${String(n).padStart(35, '0')}`;

/** Writes entries as a log has them: in the order of time, some people and practitioners far more often than others. */
async function fill({ sql }: AuditDatabase, from: number, until: number): Promise<void> {
  const first = new Date(FIRST).toISOString();
  const at = `(timestamptz '${first}' + make_interval(secs => n * ${(7 * DAY) / 1_000 / PER_WEEK}))`;
  await fillLog(sql, { first: new Date(FIRST), last: new Date(FIRST + (until / PER_WEEK) * 7 * DAY) }, async () => {
    for (let n = from; n < until; n += CHUNK) {
      await sql(
        `insert into audit.entry (index, period, id, at, kind, request_id, partner, practitioner, subject, body)
         select n, date_trunc('month', ${at} at time zone 'UTC')::date, gen_random_uuid(), ${at}, 'disclosure', gen_random_uuid(),
           'probation-service', 'PRO-' || who, 'subject-' || lpad(whom::text, 35, '0'),
           convert_to(format('{"at":"%s","kind":"disclosure","actor":"%s","subject":"%s","released":"%s"}',
             ${at}, who, whom, repeat(md5(n::text), 10)), 'UTF8')
         from (select n, floor(power(random(), 2) * $3)::int as who, floor(power(random(), 2) * $4)::int as whom
               from generate_series($1::bigint, $2::bigint) as n) as made`,
        [n, Math.min(n + CHUNK, until) - 1, until / PER_PRACTITIONER, until / PER_SUBJECT],
      );
    }
  });
}
