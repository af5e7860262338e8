import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import process from 'node:process';
import { fetchToken } from '../src/demo/provider/token.ts';
import { addDays } from '../src/record/day.ts';
import { type Composed, compose } from './compose.ts';
import { cpuOf, median, quantile } from './figures.ts';
import { LIST } from './people.ts';
import type { Surroundings } from './surroundings.ts';

const WARM_UP = 8;
const ROUNDS = 30;
const LIMIT = 2;

const SECTIONS = `id
  identity { name dateOfBirth }
  custody { establishment releaseDate releaseType }
  supervision { practitioner { name team } licenceType placementConditions }
  risk { overall riskToStaff }
  employment { ready claim }
  treatment { holder referral engaged }
  accommodation { holder firstNightType firstNightSettled district }`;
const GAPS = `gaps { items { rule words severity owner { role team name telephone hours } dueOn since dates { what on } asOf
  acknowledged { by } } notLooked { rule why holder } nothingMissing }`;

/** The CPU of one list of 200 releases with every gap, against the same list without; and the calls that each takes. */
export async function benchGaps(surroundings: Surroundings): Promise<void> {
  const token = await fetchToken({ issuer: surroundings.issuer, persona: 'probation-practitioner' });
  const { anchor } = surroundings.population;
  const variables = { from: addDays(anchor, -182), to: addDays(anchor, 184) };
  const gateway = await compose(surroundings, { name: 'served', bundle: (same) => same, schemas: (same) => same });
  try {
    const lists = [
      { name: 'without gaps', query: listOf(SECTIONS), costs: [] as number[] },
      { name: 'with every gap', query: listOf(`${SECTIONS} ${GAPS}`), costs: [] as number[] },
    ];
    for (let round = -WARM_UP; round < ROUNDS; round++) {
      for (const { query, costs } of round % 2 === 0 ? lists : lists.toReversed()) {
        const cost = await cpuOf(() => answered(gateway, token, query, variables));
        if (round >= 0) costs.push(cost);
      }
    }
    process.stdout.write(`gaps: ${LIST} releases, ${ROUNDS} rounds, CPU ms a request (limit ${LIMIT.toFixed(1)}x)\n`);
    const bare = median(lists[0]?.costs ?? []);
    for (const { name, query, costs } of lists) {
      const calls = await callsOf(surroundings, () => answered(gateway, token, query, variables));
      const each = `median ${median(costs).toFixed(1)}, p95 ${quantile(costs, 0.95).toFixed(1)}`;
      const often = [...calls].flatMap(([code, times]) => (times > 1 ? [`${code} ${times}`] : [])).join(', ');
      process.stdout.write(
        `  ${name}: ${each}, ${(median(costs) / bare).toFixed(2)}x; one call to each of ${calls.size} holders` +
          `${often && `, but: ${often}`}\n`,
      );
    }
  } finally {
    await gateway.close();
  }
}

function listOf(selection: string): string {
  return `query ($from: Date!, $to: Date!) {
    releases(from: $from, to: $to, first: ${LIST}) { edges { node { ${selection} } } } }`;
}

/** A shorter list would be cheaper: all of it, or no figure. */
async function answered(gateway: Composed, token: string, query: string, variables: object): Promise<void> {
  const { status, body } = await gateway.ask(token, 'RELEASE_PLANNING', query, variables);
  const { data } = JSON.parse(body) as { data?: { releases: { edges: { node: object | null }[] } | null } };
  const shown = data?.releases?.edges.filter(({ node }) => node !== null).length;
  if (status !== 200 || shown !== LIST) throw new Error(`the list was not answered: ${status} ${body.slice(0, 400)}`);
}

/** Requests on the wire to each holder, as undici tells of them. */
async function callsOf({ holders }: Surroundings, work: () => Promise<void>): Promise<Map<string, number>> {
  const byOrigin = new Map(holders.map(({ code, url }) => [new URL(url).origin, code]));
  const calls = new Map<string, number>();
  const count = (message: unknown) => {
    const { origin } = (message as { request: { origin: string | URL } }).request;
    const code = byOrigin.get(new URL(origin).origin);
    if (code) calls.set(code, (calls.get(code) ?? 0) + 1);
  };
  subscribe('undici:request:create', count);
  await work().finally(() => unsubscribe('undici:request:create', count));
  return calls;
}
