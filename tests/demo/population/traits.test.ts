import { describe, expect, it } from 'vitest';
import { practitionersOf } from '../../../src/demo/personas.ts';
import type {
  Fact,
  LinkFact,
  PermissionFact,
  RelationshipFact,
  RestrictionFact,
} from '../../../src/demo/population/fact.ts';
import { personUuid } from '../../../src/demo/population/facts.ts';
import { HOLDERS } from '../../../src/demo/population/holders.ts';
import { createPopulation } from '../../../src/demo/population/population.ts';
import { POSTS, type Post } from '../../../src/demo/population/practitioners.ts';
import { TRAITS, type Trait } from '../../../src/demo/population/traits.ts';
import { sectionsOf } from './answers.ts';

const ANCHOR = '2026-09-01';
const population = createPopulation({ seed: 1, size: 2000, anchor: ANCHOR });
const facts = [...population.facts()];
const traits = population.traits();
const names = Object.keys(TRAITS) as Trait[];
const people = (trait: Trait) => population.people.filter((person) => person.trait === trait);
const byPerson = Map.groupBy(
  facts.filter((fact) => 'person' in fact),
  (fact) => fact.person,
);
const posts: readonly Post[] = Object.values(POSTS);

type PersonFact = Extract<Fact, { person: string }>;

/** The facts of one kind about one person that are in force at the anchor. */
function inForce<K extends PersonFact['kind']>(index: number, kind: K): Extract<PersonFact, { kind: K }>[] {
  const isInForce = (fact: PersonFact) =>
    !('until' in fact) || (fact.from <= ANCHOR && (fact.until === null || fact.until >= ANCHOR));
  const all = byPerson.get(personUuid(population.seed, index)) ?? [];
  return all.filter((fact) => fact.kind === kind && isInForce(fact)) as Extract<PersonFact, { kind: K }>[];
}

describe('every trait', () => {
  it.each(names)('%s has at least three people, each with identifiers that find them', (trait) => {
    expect(traits[trait].length).toBeGreaterThanOrEqual(3);
    expect(traits[trait]).toHaveLength(people(trait).length);
    for (const [i, person] of people(trait).entries()) {
      const listed = traits[trait][i];
      for (const { code, identifier } of HOLDERS) {
        const known = listed?.identifiers[identifier];
        const value = typeof known === 'object' ? known[code] : known;
        if (listed?.holders[code] === 'NOT_LINKED') expect(population.find(code, value ?? '')).toBeNull();
        else expect(population.find(code, value ?? '')).toBe(person);
      }
    }
  });

  it.each(names.filter((name) => !['unrelated', 'covered', 'breakGlass', 'sealed'].includes(name)))(
    '%s: the first practitioner of every post has a relationship of every type of the role',
    (trait) => {
      for (const { index } of people(trait)) {
        const relationships = inForce(index, 'relationship');
        for (const post of posts) {
          for (const type of post.relationships) {
            const first = `${post.prefix}-0001`;
            const holder = type === 'TEAM_OVERSIGHT' ? { team: 'PDU-0001' } : { practitioner: first, team: null };
            expect(relationships).toContainEqual(expect.objectContaining({ type, partner: post.partner, ...holder }));
          }
        }
      }
    },
  );
});

describe('particular traits', () => {
  it('allowed: certain links to all twelve holders, data everywhere, every permission, no restriction', () => {
    expect(people('allowed')).toHaveLength(60);
    for (const person of people('allowed')) {
      const links = inForce(person.index, 'link');
      expect(links.map(({ holder }) => holder)).toEqual(HOLDERS.map(({ code }) => code));
      expect(links.every(({ confidence, current }) => confidence === 1 && current)).toBe(true);
      for (const { code } of HOLDERS) expect(Object.values(sectionsOf(population, code, person))).not.toContain(null);
      const types = new Set(inForce(person.index, 'permission').map(({ type }) => type));
      expect(types).toEqual(new Set(['AGREEMENT_TO_REFER', 'CONFIDENTIALITY', 'TREATMENT_CONDITION']));
      expect(inForce(person.index, 'restriction')).toEqual([]);
    }
  });

  it('unrelated: no first practitioner has them, by name, team or rota, and others do', () => {
    const firsts = new Set(posts.map(({ prefix }) => `${prefix}-0001`));
    const theirTeams = new Set(
      facts.flatMap((fact) =>
        (fact.kind === 'team-member' || fact.kind === 'duty') && firsts.has(fact.practitioner) ? [fact.team] : [],
      ),
    );
    const units = posts.filter(({ caseload }) => caseload > 0).map(({ prefix }) => `${prefix}-UNIT`);
    expect(theirTeams).toEqual(new Set(['PDU-0001', ...units]));
    for (const { index } of people('unrelated')) {
      const relationships = inForce(index, 'relationship');
      expect(relationships.length).toBeGreaterThan(0);
      expect(relationships.filter(({ practitioner }) => firsts.has(practitioner ?? ''))).toEqual([]);
      expect(relationships.filter(({ team }) => theirTeams.has(team ?? ''))).toEqual([]);
    }
  });

  it('restricted, restrictedListed and excluded', () => {
    const only = (trait: Trait): RestrictionFact[] =>
      people(trait).flatMap(({ index }) => inForce(index, 'restriction'));
    for (const { type, accounts } of only('restricted')) {
      expect(type).toBe('RESTRICTION');
      expect(accounts.filter((account) => account.endsWith('-0001'))).toEqual([]);
    }
    for (const { type, accounts } of only('restrictedListed')) {
      expect([type, accounts.includes('probation-service/PRO-0001')]).toEqual(['RESTRICTION', true]);
    }
    for (const { type, accounts } of only('excluded')) {
      expect(type).toBe('EXCLUSION');
      expect(accounts).toEqual(posts.map(({ partner, prefix }) => `${partner}/${prefix}-0001`));
    }
    for (const trait of ['restricted', 'restrictedListed', 'excluded'] as const) {
      expect(only(trait)).toHaveLength(people(trait).length);
    }
  });

  it('covered: a colleague has every relationship, whom the first of each post covers, by their manager’s word', () => {
    const managers = new Set(
      facts.flatMap((fact) => (fact.kind === 'manager' ? [`${fact.team} ${fact.practitioner}`] : [])),
    );
    const covers = facts.filter((fact) => fact.kind === 'cover');
    for (const { index } of people('covered')) {
      const relationships = inForce(index, 'relationship');
      for (const { partner, prefix, relationships: types } of posts) {
        const ofPost = relationships.filter(({ practitioner }) => practitioner === `${prefix}-9001`);
        expect(ofPost.map(({ type }) => type).sort()).toEqual([...types].sort());
        if (types.length === 0) continue;
        const cover = covers.find(({ practitioner }) => practitioner === `${prefix}-9001`);
        expect(cover).toMatchObject({ partner, coveredBy: `${prefix}-0001` });
        expect(cover && cover.from <= ANCHOR && (cover.until ?? '') > ANCHOR).toBe(true);
        expect(managers).toContain(`${prefix}-UNIT ${cover?.recordedBy}`);
        expect(cover?.recordedBy).not.toBe(cover?.coveredBy);
      }
      expect(relationships.every(({ practitioner }) => practitioner?.endsWith('-9001'))).toBe(true);
    }
    const theirs = facts.filter((fact) => fact.kind === 'relationship' && fact.practitioner?.endsWith('-9001'));
    expect(theirs).toHaveLength(posts.flatMap(({ relationships }) => relationships).length * people('covered').length);
  });

  it('excludedUnresolved and restrictedDesk name nobody', () => {
    for (const { index } of people('excludedUnresolved')) {
      expect(inForce(index, 'restriction')).toMatchObject([
        { type: 'EXCLUSION', accounts: [], unresolved: ['northmere-police'] },
      ]);
    }
    for (const { index } of people('restrictedDesk')) {
      const desks = ['probation-service/PRO-UNIT', 'northmere-police/NPO-DUTY'];
      expect(inForce(index, 'restriction')).toMatchObject([{ type: 'RESTRICTION', accounts: [], desks }]);
    }
    const teams = new Set(
      facts.flatMap((fact) => (fact.kind === 'team-member' ? [`${fact.partner}/${fact.team}`] : [])),
    );
    expect(teams).toContain('probation-service/PRO-UNIT');
    expect(teams).toContain('northmere-police/NPO-DUTY');
  });

  it('ownRecord, objection and breakGlass', () => {
    for (const { index } of people('ownRecord')) {
      const interests = inForce(index, 'interest').map(({ practitioner, type }) => `${practitioner} ${type}`);
      expect(interests).toContain('PRO-0001 OWN_RECORD');
      expect(interests).toContain('NPO-0001 DECLARED_INTEREST');
    }
    for (const { index } of people('objection')) {
      expect(inForce(index, 'objection')).toMatchObject([{ dataClass: 'accommodation.address', recipientType: null }]);
    }
    for (const person of people('breakGlass')) {
      expect(inForce(person.index, 'relationship')).toEqual([]);
      expect(inForce(person.index, 'link')).toHaveLength(HOLDERS.length);
      expect(sectionsOf(population, 'health-service', person)['health']?.['riskToLife']).toBe(true);
      expect(sectionsOf(population, 'probation-service', person)['risk']?.['riskToStaff']).toBe(true);
    }
  });

  it('sealed: holders answer, and there is no fact', () => {
    for (const person of people('sealed')) {
      expect(byPerson.get(personUuid(1, person.index))).toBeUndefined();
      expect(sectionsOf(population, 'hmpps-prisons', person)['identity']).not.toBeNull();
    }
  });

  it('every permission names what its type must name to count', () => {
    const permissions = facts.filter((fact): fact is PermissionFact => fact.kind === 'permission');
    expect(permissions.filter(({ type, holder }) => type === 'AGREEMENT_TO_REFER' && holder === null)).toEqual([]);
    expect(permissions.filter((one) => one.type === 'CONFIDENTIALITY' && one.recipientType === null)).toEqual([]);
  });

  it('notLinked, oneForceOnly and bothForces say who knows the person', () => {
    const holders = (index: number) => inForce(index, 'link').map(({ holder }) => holder);
    for (const { index } of people('notLinked')) {
      for (const holder of [
        'northmere-police',
        'southdale-police',
        'northmere-children',
        'southdale-children',
        'health-service',
      ]) {
        expect(holders(index)).not.toContain(holder);
      }
    }
    for (const { index } of people('oneForceOnly')) {
      expect(holders(index)).toContain('northmere-police');
      expect(holders(index)).not.toContain('southdale-police');
    }
    for (const { index } of people('bothForces')) {
      expect(holders(index)).toEqual(expect.arrayContaining(['northmere-police', 'southdale-police']));
    }
  });

  it('belowThreshold: confidence 0.6 at three holders, and nobody else is as weak without being counted so', () => {
    for (const { index } of people('belowThreshold')) {
      const weak = inForce(index, 'link').filter(({ confidence }) => confidence < 0.9);
      expect(weak.map(({ holder }) => holder)).toEqual(['northmere-police', 'health-service', 'northmere-housing']);
    }
    const links = facts.filter((fact): fact is LinkFact => fact.kind === 'link');
    expect(new Set(links.map(({ confidence }) => confidence)).has(0.6)).toBe(true);
    expect(links.filter(({ confidence }) => confidence !== 0.6 && confidence < 0.95)).toEqual([]);
  });

  it('merged: a former prison number that is not current', () => {
    for (const [i, { index }] of people('merged').entries()) {
      const numbers = inForce(index, 'link').filter(({ type }) => type === 'PRISON_NUMBER');
      expect(numbers.map(({ current }) => current)).toEqual([true, false]);
      expect(traits.merged[i]?.former).toEqual({ PRISON_NUMBER: numbers[1]?.value });
    }
  });

  it('permissionWithdrawn, voluntaryTreatment and treatmentCondition', () => {
    for (const person of people('permissionWithdrawn')) {
      expect(inForce(person.index, 'permission')).toEqual([]);
      const ended = (byPerson.get(personUuid(1, person.index)) ?? []).filter(
        (fact): fact is PermissionFact => fact.kind === 'permission',
      );
      expect(new Set(ended.map(({ type }) => type))).toEqual(new Set(['AGREEMENT_TO_REFER', 'CONFIDENTIALITY']));
      expect(ended.every(({ from, until }) => until !== null && from <= until && until < ANCHOR)).toBe(true);
    }
    for (const [trait, basis, types] of [
      ['voluntaryTreatment', 'VOLUNTARY', ['AGREEMENT_TO_REFER']],
      ['treatmentCondition', 'LICENCE_CONDITION', ['AGREEMENT_TO_REFER', 'TREATMENT_CONDITION']],
    ] as const) {
      for (const person of people(trait)) {
        expect(sectionsOf(population, 'northmere-treatment', person)['treatment']?.['basis']).toBe(basis);
        expect([...new Set(inForce(person.index, 'permission').map(({ type }) => type))]).toEqual(types);
      }
    }
  });

  it('notHeld, stale and twoReleases show in what is answered', () => {
    for (const person of people('notHeld')) {
      const empty = HOLDERS.filter(({ code }) => Object.values(sectionsOf(population, code, person)).includes(null));
      expect(empty.map(({ source }) => source)).not.toContain('prison');
      expect(empty).toHaveLength(9);
    }
    for (const person of people('twoReleases')) {
      expect(sectionsOf(population, 'hmpps-prisons', person)['custody']?.['releases']).toHaveLength(2);
    }
    for (const person of people('stale')) {
      const ages = HOLDERS.flatMap(({ code }) => Object.values(sectionsOf(population, code, person)));
      expect(ages.every((section) => String(section?.['asOf']) < '2026-07-03')).toBe(true);
    }
  });
});

it('names a practitioner in the record as the token does', () => {
  const [person] = people('allowed');
  const [first] = practitionersOf('probation-practitioner', 'probation-service');
  const supervision = person && sectionsOf(population, 'probation-service', person)['supervision'];
  expect(supervision?.['practitioner']).toMatchObject({ name: first?.name });
});

describe('everybody', () => {
  const relationships = facts.filter((fact): fact is RelationshipFact => fact.kind === 'relationship');

  it('has relationships that a feed asserted, held by a practitioner or a team, begun before the anchor', () => {
    for (const { practitioner, team, assertedBy, evidence, from, until } of relationships) {
      expect((practitioner === null) !== (team === null)).toBe(true);
      expect(assertedBy).toMatch(/^[a-z-]+:[a-z-]+-feed$/);
      expect(evidence).toMatch(/^[A-Z]+-\d{6}$/);
      expect(from <= ANCHOR && (until === null || until >= from)).toBe(true);
    }
  });

  it('is spread over many practitioners, some through teams that have members and a rota', () => {
    for (const post of posts.filter(({ caseload }) => caseload > 0)) {
      const holders = new Set(
        relationships.filter(({ partner }) => partner === post.partner).map((one) => one.practitioner ?? one.team),
      );
      expect(holders.size).toBeGreaterThanOrEqual(5);
    }
    const teams = new Set(relationships.flatMap(({ team }) => team ?? []));
    for (const kind of ['team-member', 'duty'] as const) {
      const staffed = new Set(facts.flatMap((fact) => (fact.kind === kind ? [fact.team] : [])));
      expect([...teams].filter((team) => !staffed.has(team) && team !== 'PDU-0001')).toEqual([]);
    }
  });

  it('is known to one force, the other, both or neither', () => {
    const forces = population.people
      .filter(({ trait }) => trait === null)
      .map(({ index }) =>
        inForce(index, 'link')
          .flatMap(({ holder, type }) => (type === 'PNC_ID' ? [holder] : []))
          .join(),
      );
    expect(new Set(forces)).toEqual(
      new Set(['', 'northmere-police', 'southdale-police', 'northmere-police,southdale-police']),
    );
  });

  it('includes people outside the traits who are restricted, excluded, merged, not matched, and known but empty', () => {
    const ordinary = population.people.filter(({ trait }) => trait === null);
    const restrictions = ordinary.flatMap(({ index }) => inForce(index, 'restriction').map(({ type }) => type));
    expect(new Set(restrictions)).toEqual(new Set(['RESTRICTION', 'EXCLUSION']));
    for (const property of ['merged', 'weak', 'empty', 'stale'] as const) {
      expect(ordinary.some(({ links }) => Boolean(links[property]))).toBe(true);
    }
  });

  it('has no former number that is anybody’s present one, and no value twice at a holder', () => {
    const values = facts.flatMap((fact) => (fact.kind === 'link' ? [`${fact.holder} ${fact.value}`] : []));
    expect(new Set(values).size).toBe(values.length);
  });
});
