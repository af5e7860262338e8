import pg from 'pg';
import { pino } from 'pino';
import { createPopulation } from '../src/demo/population/population.ts';
import type { TraitPerson } from '../src/demo/population/traitpeople.ts';
import { fetchToken } from '../src/demo/provider/token.ts';
import { startGateway } from '../src/main.ts';
import { mannWhitney, median, quantile } from './figures.ts';
import type { Surroundings } from './surroundings.ts';

const EACH = 1_500;
const DIFFERENT = 20;

/**
 * SHARE-04, measured: a number that names nobody against people who may not be shown, in turn, on one connection, from the
 * first byte sent to the last received. The view has no hidden section, so that no hold covers a difference.
 */
export async function benchTelling(surroundings: Surroundings): Promise<void> {
  const gateway = await startGateway({
    config: surroundings.config,
    logger: pino({ level: 'silent' }),
    development: {},
  });
  try {
    // Of a partner that owns no restriction here: an owner's own practitioners are told a little more.
    const token = await fetchToken({ issuer: surroundings.issuer, persona: 'prison-offender-manager' });
    const kinds = await numbers(surroundings);
    const times = new Map([...kinds.keys()].map((kind) => [kind, [] as number[]]));
    const bodies = new Set<string>();
    for (let turn = -100; turn < EACH; turn++) {
      for (const kind of shuffled([...kinds.keys()], turn)) {
        const values = kinds.get(kind) ?? [];
        const started = performance.now();
        const response = await fetch(`${gateway.url}/graphql`, {
          method: 'POST',
          headers: {
            'content-type': 'application/json',
            authorization: `Bearer ${token}`,
            'purpose-of-use': 'SENTENCE_MANAGEMENT',
          },
          body: JSON.stringify({ query: QUERY, variables: { value: values[Math.abs(turn) % values.length] } }),
        });
        const text = await response.text();
        if (turn >= 0) times.get(kind)?.push(performance.now() - started);
        bodies.add(`${response.status} ${text.replace(response.headers.get('x-request-id') ?? '-', '')}`);
      }
    }
    const unknown = times.get('unknown') ?? [];
    process.stdout.write(
      `telling: ${EACH} interleaved requests of each kind, ms; ${bodies.size} different answers (1 is right)\n`,
    );
    for (const [kind, each] of times) {
      const spread = [0.05, 0.5, 0.95, 0.99].map((q) => quantile(each, q).toFixed(2)).join(' / ');
      const { above, z, p } = mannWhitney(each, unknown);
      const test =
        kind === 'unknown' ? '' : `; above unknown ${above.toFixed(3)}, z ${z.toFixed(2)}, p ${p.toFixed(3)}`;
      process.stdout.write(`  ${kind}: p5 / median / p95 / p99 ${spread}${test}\n`);
    }
    const [first = [], second = []] = [unknown.filter((_, i) => i % 2 === 0), unknown.filter((_, i) => i % 2 === 1)];
    const self = mannWhitney(first, second);
    process.stdout.write(
      `  unknown against itself: above ${self.above.toFixed(3)}, p ${self.p.toFixed(3)} (medians ${median(first).toFixed(2)}, ${median(second).toFixed(2)})\n`,
    );
  } finally {
    await gateway.close();
  }
}

const QUERY = `query ($value: String!) {
  person(identifier: {type: "PRISON_NUMBER", value: $value}) {
    id
    custody { releaseDate }
    risk { overall }
  }
}`;

async function numbers({ ownerUrl, population }: Surroundings): Promise<Map<string, string[]>> {
  const traits = createPopulation(population).traits();
  const numbersOf = (people: readonly TraitPerson[] | undefined) =>
    (people ?? []).flatMap(({ identifiers }) => {
      const number = identifiers['PRISON_NUMBER'];
      return typeof number === 'string' ? [number] : [];
    });
  // People of whom the practitioner has nothing, taken from the store as they come.
  const client = new pg.Client({ connectionString: ownerUrl });
  await client.connect();
  const { rows } = await client.query<{ value: string }>(
    `select value from record.link where type = 'PRISON_NUMBER' and person not in (
       select person from record.relationship where partner = 'hmpps-prisons')
     and person not in (select person from record.restriction) order by value limit $1`,
    [DIFFERENT],
  );
  await client.end();
  const unrelated = [...rows.map(({ value }) => value), ...numbersOf(traits.unrelated)].slice(0, DIFFERENT);
  return new Map([
    ['unknown', Array.from({ length: DIFFERENT }, (_, index) => `Z${String(9_000 + index)}ZZ`)],
    ['unrelated', unrelated],
    ['restricted', numbersOf(traits.restricted).slice(0, DIFFERENT)],
    ['sealed', numbersOf((traits as Record<string, TraitPerson[]>)['sealed']).slice(0, DIFFERENT)],
  ]);
}

/** Another order each turn, the same at each run. */
function shuffled<T>(items: T[], turn: number): T[] {
  const by = Math.abs(turn) % items.length;
  const rotated = [...items.slice(by), ...items.slice(0, by)];
  return turn % 2 === 0 ? rotated : rotated.reverse();
}
