import process from 'node:process';
import pg from 'pg';
import { fetchToken } from '../src/demo/provider/token.ts';
import { sweepDue } from '../src/gateway/checks/sweep-due.ts';
import { beginRound } from '../src/gateway/checks/sweep-round.ts';
import { addDays } from '../src/record/day.ts';
import { type Composed, compose, type Variant } from './compose.ts';
import { median, quantile } from './figures.ts';
import { opaqueIds } from './list.ts';
import type { Surroundings } from './surroundings.ts';

/** How many requests are open, besides those that are asked in earnest. */
const FEW = 1_000;
const MANY = 100_000;
const LIMIT = 1.5;
const WARM_UP = 3;
const ROUNDS = 20;
/** What a round of the sweep takes up at once, all of it late. */
const DUE = 40;
const PAGE = 50;

const SERVED: Variant = { name: 'served', bundle: (same) => same, schemas: (same) => same };

const QUEUE = `{ checks(list: AWAITING_MY_ANSWER, first: ${PAGE}) { totalCount edges { node {
  id type person { id identity { name } }
  requests { id state version targetAt breachAt overdue told { name dateOfBirth addresses { line postcode } } } } } } }`;
const ASK = 'mutation ($input: RequestChecksInput!) { requestChecks(input: $input) { results { ok code } } }';

/**
 * The time of one round of the sweep, with as many late requests in it whatever else is open, and of one page of a force's
 * queue: in a store with few requests open, and in a copy of it with a hundred times as many. The two take turns.
 */
export async function benchQueue(surroundings: Surroundings): Promise<void> {
  const { issuer } = surroundings;
  const [probation = '', force = ''] = await Promise.all(
    ['probation-practitioner', 'police-public-protection'].map((persona) => fetchToken({ issuer, persona })),
  );
  await askInEarnest(surroundings, probation);
  await filled(surroundings, [
    ['CHILDRENS_SERVICES', 'northmere-children', (WARM_UP + ROUNDS) * DUE, '9 days'],
    ['DOMESTIC_ABUSE', 'northmere-police', FEW, '0 days'],
  ]);
  const larger = await copyOf(surroundings);
  await filled(larger, [['DOMESTIC_ABUSE', 'northmere-police', MANY - FEW, '0 days']]);
  const stores = await Promise.all([open(surroundings, FEW), open(larger, MANY)]);
  try {
    for (let round = -WARM_UP; round < ROUNDS; round++) {
      for (const store of round % 2 === 0 ? stores : stores.toReversed()) {
        await store.owner.query(ARM, [DUE]);
        const [sweep, page] = [await timeOf(() => sweepOnce(store)), await timeOf(() => readPage(store, force))];
        if (round < 0) continue;
        store.sweep.push(sweep);
        store.page.push(page);
      }
    }
  } finally {
    for (const { owner, gateway } of stores) await Promise.all([owner.end(), gateway.close()]);
  }
  process.stdout.write(`queue: ${ROUNDS} rounds, ms (limit ${LIMIT.toFixed(1)}x)\n`);
  report(
    `a sweep of ${DUE} late requests`,
    stores.map(({ sweep }) => sweep),
  );
  report(
    `a page of ${PAGE} of a desk's queue`,
    stores.map(({ page }) => page),
  );
}

function report(what: string, times: readonly number[][]): void {
  const [few = Number.NaN, many = Number.NaN] = times.map(median);
  const [late, later] = times.map((each) => quantile(each, 0.95).toFixed(1));
  process.stdout.write(
    `  ${what}: median ${few.toFixed(1)} with ${FEW} open, ${many.toFixed(1)} with ${MANY}, ` +
      `${(many / few).toFixed(2)}x; p95 ${late} and ${later}\n`,
  );
}

interface Store {
  readonly load: number;
  readonly owner: pg.Client;
  readonly gateway: Composed;
  readonly sweep: number[];
  readonly page: number[];
}

async function open(surroundings: Surroundings, load: number): Promise<Store> {
  const owner = new pg.Client({ connectionString: surroundings.ownerUrl });
  await owner.connect();
  return { load, owner, gateway: await compose(surroundings, SERVED), sweep: [], page: [] };
}

/** The same store again, in a database of its own. */
async function copyOf(surroundings: Surroundings): Promise<Surroundings> {
  const { ownerUrl, config } = surroundings;
  const name = 'larger';
  const at = (url: string, database: string) => Object.assign(new URL(url), { pathname: `/${database}` }).href;
  const client = new pg.Client({ connectionString: at(ownerUrl, 'postgres') });
  await client.connect();
  await client.query(`create database ${name} template ${new URL(ownerUrl).pathname.slice(1)}`);
  await client.end();
  return {
    ...surroundings,
    ownerUrl: at(ownerUrl, name),
    config: { ...config, databaseUrl: at(config.databaseUrl, name) },
  };
}

type Filling = readonly [type: string, responder: string, many: number, since: string];

/** Copies of real checks, and everything that a store that has rested would have done by itself. */
async function filled({ ownerUrl }: Surroundings, fillings: readonly Filling[]): Promise<void> {
  const owner = new pg.Client({ connectionString: ownerUrl });
  await owner.connect();
  await owner.query(COPY);
  for (const filling of fillings) await owner.query('select pg_temp.copy_checks($1, $2, $3, $4)', [...filling]);
  await owner.query('vacuum analyze record.check');
  await owner.query('vacuum analyze record.check_request');
  await owner.query('checkpoint');
  await owner.end();
}

/** Real checks of real people, soonest due of all: a page shows them, whatever is open behind it. */
async function askInEarnest(surroundings: Surroundings, token: string): Promise<void> {
  const release = addDays(surroundings.population.anchor, 20);
  const addresses = [{ kind: 'RELEASE', line: '7 Alder Way', town: 'Kelsby', postcode: 'QN1 4AB' }];
  const people = (await opaqueIds(surroundings, 100)).map((person) => ({ person, release, addresses }));
  const input = { people, idempotencyKey: 'bench-of-checks' };
  const gateway = await compose(surroundings, SERVED);
  const { body } = await gateway.ask(token, 'RELEASE_PLANNING', ASK, { input }).finally(gateway.close);
  const { data } = JSON.parse(body) as { data?: { requestChecks: { results: { ok: boolean }[] } } };
  const asked = data?.requestChecks.results.filter(({ ok }) => ok).length ?? 0;
  if (asked < PAGE) throw new Error(`only ${asked} checks could be asked: ${body.slice(0, 400)}`);
}

async function sweepOnce({ owner, gateway }: Store): Promise<void> {
  const problems: unknown[] = [];
  const fault = (of: string, problem: unknown) => void problems.push(of, problem);
  await sweepDue(beginRound(gateway.own, new AbortController().signal, fault));
  const { rows } = await owner.query('select count(*)::int as left from record.check where look_at <= now()');
  if (problems.length > 0 || rows[0]?.left !== 0) {
    throw new Error(`the sweep left ${rows[0]?.left}: ${problems.join(' ')}`);
  }
}

async function readPage({ gateway, load }: Store, token: string): Promise<void> {
  const { status, body } = await gateway.ask(token, 'DA_CHECK', QUEUE, {});
  const { data } = JSON.parse(body) as {
    data?: { checks: { totalCount: number; edges: { node: { requests: { told: object | null }[] } | null }[] } };
  };
  const shown = data?.checks.edges.filter(({ node }) => node?.requests[0]?.told).length;
  if (status !== 200 || shown !== PAGE || (data?.checks.totalCount ?? 0) < load) {
    throw new Error(`the page was not answered: ${status}, ${shown} shown: ${body.slice(0, 400)}`);
  }
}

async function timeOf(work: () => Promise<void>): Promise<number> {
  const from = performance.now();
  await work();
  return performance.now() - from;
}

/** Copies of one real check, each about somebody whom nobody knows, asked so long ago, and looked at again in a month. */
const COPY = `
  create function pg_temp.copy_checks(kind text, asked text, many integer, since interval) returns void language plpgsql as $$
  declare
    one record.check;
    request record.check_request;
  begin
    select c.* into strict one from record.check as c join record.check_request as r on r.check_id = c.id
      where c.type = kind and r.responder = asked order by c.id limit 1;
    select * into strict request from record.check_request where check_id = one.id and responder = asked;
    one.look_at := now() + interval '30 days';
    request.place := 0;
    request.requested_at := request.requested_at - since;
    request.next_at := case when since > interval '0' then request.requested_at else one.look_at end;
    request.breach_at := request.breach_at + interval '1 day' - since;
    request.waiting_at := request.breach_at;
    create temporary table made on commit drop as select gen_random_uuid() as id from generate_series(1, many);
    insert into record.check
      select (jsonb_populate_record(one, jsonb_build_object('id', id, 'person', gen_random_uuid()))).* from made;
    insert into record.check_request
      select (jsonb_populate_record(request, jsonb_build_object('id', gen_random_uuid(), 'check_id', id))).* from made;
    perform record.count_waiting(array_agg(id), 1) from made;
    drop table made;
  end $$`;

/** Makes some of the late ones due now. */
const ARM = `
  update record.check set look_at = now() where id in (
    select c.id from record.check as c join record.check_request as r on r.check_id = c.id
    where r.next_at <= now() and c.look_at > now() + interval '29 days' limit $1)`;
