import process from 'node:process';
import type { AuditLog } from '../src/audit/log.ts';
import { fetchToken } from '../src/demo/provider/token.ts';
import type { Bundle } from '../src/policy/bundle.ts';
import { type Composed, compose, type Variant } from './compose.ts';
import { cpuOf, median, quantile } from './figures.ts';
import { LIST_QUERY, opaqueIds } from './list.ts';
import { CASELOAD } from './people.ts';
import { type Surroundings, startSurroundings } from './surroundings.ts';

const NOWHERE: AuditLog = { append: async () => {}, drained: async () => {} };
const AUDITED: Variant = { name: 'into the log', bundle: askAll, schemas: (schemas) => schemas };
const UNAUDITED: Variant = { ...AUDITED, name: 'nowhere', log: NOWHERE };

/** What the log costs a gateway: the CPU of a request whose entries become durable against one whose entries go nowhere. */
export async function benchOverhead(): Promise<void> {
  const surroundings = await startSurroundings();
  try {
    const ids = await opaqueIds(surroundings, CASELOAD);
    if (ids.length < CASELOAD || ids.includes('')) throw new Error('there are too few people');
    await compare(surroundings, ids.slice(0, 1), { warmUp: 300, rounds: 40, requests: 25 });
    await compare(surroundings, ids, { warmUp: 6, rounds: 25, requests: 1 });
  } finally {
    await surroundings.close();
  }
}

async function compare(
  surroundings: Surroundings,
  ids: readonly string[],
  { warmUp, rounds, requests }: { warmUp: number; rounds: number; requests: number },
): Promise<void> {
  const token = await fetchToken({ issuer: surroundings.issuer, persona: 'probation-practitioner' });
  const composed: Composed[] = [];
  try {
    for (const variant of [AUDITED, UNAUDITED]) composed.push(await compose(surroundings, variant));
    const some = async ({ ask }: Composed, times: number) => {
      for (let n = 0; n < times; n++) checkAnswered(await ask(token, 'RELEASE_PLANNING', LIST_QUERY, { ids }));
    };
    for (const each of composed) await some(each, warmUp);
    const costs = new Map<string, number[]>(composed.map(({ name }) => [name, []]));
    for (let round = 0; round < rounds; round++) {
      for (const each of round % 2 === 0 ? composed : composed.toReversed()) {
        costs.get(each.name)?.push((await cpuOf(() => some(each, requests))) / requests);
      }
    }
    const bare = median(costs.get(UNAUDITED.name) ?? []);
    process.stdout.write(
      `overhead: ${ids.length} people x 9 sections, ${rounds * requests} requests, gateway CPU ms a request (limit 1.15x)\n`,
    );
    for (const [name, each] of costs) {
      const line = `median ${median(each).toFixed(2)}, p95 ${quantile(each, 0.95).toFixed(2)}, ${(median(each) / bare).toFixed(3)}x`;
      process.stdout.write(`  ${name}: ${line}\n`);
    }
  } finally {
    for (const each of composed) await each.close();
  }
}

/** A caseload that is read again and again is more than a day's; and to be held back costs no CPU. */
function askAll(bundle: Bundle): Bundle {
  const roles = [...bundle.roles].map(([name, role]) => {
    const purposes = [...role.purposes].map(([code, view]) => [code, { ...view, holdMilliseconds: 0 }] as const);
    return [name, { ...role, peoplePerDay: Number.MAX_SAFE_INTEGER, purposes: new Map(purposes) }] as const;
  });
  return { ...bundle, roles: new Map(roles) };
}

function checkAnswered({ status, body }: { readonly status: number; readonly body: string }): void {
  const { data, errors } = JSON.parse(body) as {
    data?: { people: ({ custody: unknown } | null)[] };
    errors?: unknown;
  };
  if (status === 200 && !errors && data?.people.every((person) => person?.custody)) return;
  throw new Error(`the people were not answered: ${status} ${body.slice(0, 400)}`);
}
