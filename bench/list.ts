import { createPopulation } from '../src/demo/population/population.ts';
import { fetchToken } from '../src/demo/provider/token.ts';
import type { AccessReply } from '../src/gateway/access.ts';
import { openStore } from '../src/store/client.ts';
import { createSubjects } from '../src/store/subjects.ts';
import { allowEverything, type Composed, compose, type Variant } from './compose.ts';
import { cpuOf, median, quantile } from './figures.ts';
import { LIST, peopleOf } from './people.ts';
import type { Surroundings } from './surroundings.ts';

const WARM_UP = 8;
const ROUNDS = 30;

const VARIANTS: readonly Variant[] = [
  { name: 'policy on, as served', bundle: (bundle) => bundle, schemas: (schemas) => schemas },
  { name: 'a bundle that allows everything', bundle: allowEverything, schemas: (schemas) => schemas },
  {
    name: 'policy on, a rule on every field',
    bundle: (bundle) => bundle,
    schemas: (schemas) => ({ ...schemas, guarded: (view) => schemas.guarded(view, true) }),
  },
];

/**
 * The CPU of one list of 200 people with nine sections, in a whole gateway but for its HTTP server, once with policy as it
 * is served and once with a bundle that allows everything, and beside them with a shield rule on every field. The three
 * take turns; all three answer the same values, which is checked.
 */
export async function benchList(surroundings: Surroundings): Promise<void> {
  const token = await fetchToken({ issuer: surroundings.issuer, persona: 'probation-practitioner' });
  const ids = await opaqueIds(surroundings, LIST);
  const composed: Composed[] = [];
  for (const variant of VARIANTS) composed.push(await compose(surroundings, variant));
  try {
    const costs = new Map<string, number[]>(composed.map(({ name }) => [name, []]));
    const answers = new Map<string, AccessReply>();
    for (let round = -WARM_UP; round < ROUNDS; round++) {
      for (const { name, ask } of round % 2 === 0 ? composed : composed.toReversed()) {
        const cost = await cpuOf(async () => {
          answers.set(name, await ask(token, 'RELEASE_PLANNING', LIST_QUERY, { ids }));
        });
        if (round >= 0) costs.get(name)?.push(cost);
      }
    }
    checkEqual(answers);
    const bare = median(costs.get(VARIANTS[1]?.name ?? '') ?? []);
    const bytes = Math.round((answers.get(VARIANTS[0]?.name ?? '')?.body.length ?? 0) / 1024);
    process.stdout.write(
      `list: ${LIST} people x 9 sections (${bytes} KB), ${ROUNDS} rounds, CPU ms a request (limit 1.10x)\n`,
    );
    for (const [name, each] of costs) {
      const line = `median ${median(each).toFixed(1)}, p95 ${quantile(each, 0.95).toFixed(1)}, ${(median(each) / bare).toFixed(3)}x`;
      process.stdout.write(`  ${name}: ${line}\n`);
    }
  } finally {
    for (const each of composed) await each.close();
  }
}

export async function opaqueIds({ config, population }: Surroundings, count: number): Promise<string[]> {
  const store = openStore(config.databaseUrl, { poolSize: 1 });
  try {
    const people = peopleOf(createPopulation(population), count);
    const known = await createSubjects(store.db).opaqueIds('probation-service', people);
    return people.map((person) => known.get(person) ?? '');
  } finally {
    await store.close();
  }
}

/** A list that answered less would be cheaper: the same people and the same values, or no figure. */
function checkEqual(answers: ReadonlyMap<string, AccessReply>): void {
  const texts = [...answers.values()].map(({ status, body }) => {
    const { data, errors } = JSON.parse(body) as {
      data?: { people: ({ custody: unknown } | null)[] };
      errors?: unknown;
    };
    if (status !== 200 || errors || data?.people.some((person) => !person?.custody)) {
      throw new Error(`the list was not answered: ${status} ${body.slice(0, 400)}`);
    }
    return JSON.stringify(data);
  });
  if (new Set(texts).size !== 1) throw new Error('the variants answered different values');
}

export const LIST_QUERY = `query ($ids: [ID!]!) {
  people(ids: $ids) {
    id
    identity { name dateOfBirth aliases interpreterLanguage contactFirst }
    custody { establishment sentenceType offenceCategory releaseDate releaseType releases { date type } }
    supervision { practitioner { name team } licenceType licenceEndDate placementConditions recallDate }
    risk { overall toChildren mappaCategory mappaLevel riskToStaff assessedOn }
    policing { holder domesticAbuse { level basis incidentsInTwoYears marac } orders { type from until } }
    childrens { holder plan planFrom planReviewOn linkedChildren contactRestricted }
    employment { ready claim barriers appointmentAt }
    treatment { holder referral referredOn dueBy engaged engagedOn }
    accommodation { holder firstNightType firstNightSettled temporaryNightsUsed district }
  }
}`;
