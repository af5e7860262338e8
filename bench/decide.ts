import { createPopulation } from '../src/demo/population/population.ts';
import { readRecord } from '../src/gateway/read-record.ts';
import { type Caller, decide } from '../src/policy/decide.ts';
import { loadBundle } from '../src/policy/load/load.ts';
import { territoryOf } from '../src/policy/territory.ts';
import { compileView, type View } from '../src/policy/view.ts';
import type { Link, Permission, SubjectFacts } from '../src/record/facts.ts';
import { londonDay } from '../src/record/london.ts';
import { cpuOf, median, quantile } from './figures.ts';
import { projectFolder } from './surroundings.ts';

const PEOPLE = 500;
const ROUNDS = 400;

/** What it costs to decide about 500 people, every class of every section, in each of the widest views. CPU milliseconds. */
export async function benchDecide(): Promise<void> {
  const record = await readRecord(projectFolder('schema'));
  const bundle = await loadBundle(projectFolder('policies'), record);
  const territory = territoryOf({ bundle, record });
  const day = londonDay(new Date());
  const facts = subjects(day);
  const caller: Caller = { practitioner: 'PRO-0001', now: new Date(), alone: false, asked: 1 };
  process.stdout.write(`decide: ${PEOPLE} people x all classes, ${ROUNDS} rounds, CPU ms a round (limit 5)\n`);
  for (const [role, purpose, partner] of [
    ['probation-practitioner', 'RELEASE_PLANNING', 'probation-service'],
    ['probation-practitioner', 'PUBLIC_PROTECTION', 'probation-service'],
    ['police-public-protection', 'PUBLIC_PROTECTION', 'northmere-police'],
  ] as const) {
    const view = compileView(bundle, territory, { role, purpose, partner, day }) as View;
    const carried = facts.map((subject) => ({
      ...subject,
      relationships: [{ ...RELATIONSHIP, type: view.purpose.relationships[0] ?? '', partner }],
    }));
    let permitted = 0;
    const costs: number[] = [];
    for (let round = 0; round < ROUNDS; round++) {
      permitted = 0;
      const cost = await cpuOf(() => {
        for (const subject of carried) if (decide(bundle, view, caller, subject).permitted) permitted += 1;
      });
      costs.push(cost);
    }
    const warm = costs.slice(ROUNDS / 4);
    process.stdout.write(
      `  ${role} ${purpose}: median ${median(warm).toFixed(2)}, p95 ${quantile(warm, 0.95).toFixed(2)}, first ${(costs[0] ?? 0).toFixed(2)} (${permitted} permitted)\n`,
    );
  }
}

const RELATIONSHIP = {
  practitioner: 'PRO-0001',
  team: null,
  assertedBy: 'bench',
  evidence: 'bench',
  from: '2020-01-01',
  until: null,
  standing: 'SELF',
  cover: null,
} as const;

/** The demonstration's own facts of 500 people: links, permissions and restrictions as they come. */
function subjects(anchor: string): SubjectFacts[] {
  const population = createPopulation({ seed: 20_261_122, size: PEOPLE, anchor });
  const people = new Map<
    string,
    { links: Link[]; permissions: Permission[]; restrictions: SubjectFacts['restrictions'][number][] }
  >();
  for (const fact of population.facts()) {
    if (!('person' in fact)) continue;
    const of = people.get(fact.person) ?? { links: [], permissions: [], restrictions: [] };
    people.set(fact.person, of);
    if (fact.kind === 'link' && fact.current) of.links.push(fact);
    if (fact.kind === 'permission') of.permissions.push(fact);
    if (fact.kind === 'restriction') of.restrictions.push(fact);
  }
  return [...people].map(([person, known]) => ({
    person,
    ...known,
    relationships: [],
    objections: [],
    interests: [],
    breakGlass: [],
    callerTeams: [],
  }));
}
