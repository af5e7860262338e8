import { describe, expect, test } from 'vitest';
import { CALLER, NOBODY, readFacts } from '../../src/cli/policy-facts.ts';
import { explanation, plainSubject, type Question } from '../../src/policy/report/explanation.ts';
import type { SubjectFacts } from '../../src/record/facts.ts';
import { real } from '../policy/report/small.ts';

const QUESTION: Question = {
  role: 'work-coach',
  purpose: 'BENEFITS_EMPLOYMENT',
  field: 'Custody.releaseDate',
  day: '2026-11-22',
  partners: ['benefits-department'],
  caller: { practitioner: CALLER, now: new Date('2026-11-22T12:00:00Z'), alone: true, asked: 1 },
};

function problemsOf(value: unknown): readonly string[] {
  const result = readFacts(value, real.bundle);
  return 'problems' in result ? result.problems : [];
}

function read(value: unknown): SubjectFacts {
  const result = readFacts(value, real.bundle);
  if ('problems' in result) throw new Error(result.problems.join());
  return result.facts;
}

function effects(facts: SubjectFacts, question = QUESTION): string[] {
  return explanation(real, question, facts).map(({ effect }) => effect);
}

describe('facts written by hand', () => {
  test.each([
    ['a list', [], ['the facts must be one JSON object']],
    ['an unknown list', { relationship: [] }, ['there is no field relationship; did you mean relationships']],
    ['no list', { links: {} }, ['links must be a list']],
    ['no object', { links: [1] }, ['links[0] must be an object']],
    ['teams', { callerTeams: 'x' }, ['callerTeams must be a list of texts']],
    [
      'everything at once',
      {
        links: [{ holder: 'hmpps-prison', type: 'PRISON_NUMBER', confidence: 2 }],
        permissions: [{ tpe: 'CONFIDENTIALITY' }],
        restrictions: [{ type: 'LOCK', owner: 'probation-service', accounts: null, from: '2026-13-01' }],
        breakGlass: [{ purpose: 'DA_CHECK', role: 'work-coach', until: 'soon' }],
      },
      [
        'links[0].holder: there is no partner hmpps-prison; did you mean hmpps-prisons',
        'links[0].confidence must be a number from 0 to 1',
        'permissions[0] has no field tpe; did you mean type',
        'permissions[0].type is missing: a permission',
        'restrictions[0].type must be RESTRICTION or EXCLUSION',
        'restrictions[0].from must be a day, YYYY-MM-DD',
        'breakGlass[0].until must be an instant, such as 2026-11-22T13:00:00Z',
      ],
    ],
  ])('%s: every problem is told', (_name, value, problems) => {
    expect(problemsOf(value)).toEqual(problems);
  });

  test('what is left out is filled in', () => {
    expect(read({ restrictions: [{ type: 'RESTRICTION', owner: 'probation-service', accounts: null }] })).toEqual({
      person: NOBODY,
      links: [],
      relationships: [],
      permissions: [],
      objections: [],
      restrictions: [
        {
          type: 'RESTRICTION',
          owner: 'probation-service',
          accounts: null,
          desks: [],
          unresolved: [],
          from: '1900-01-01',
          until: null,
        },
      ],
      interests: [],
      breakGlass: [],
      callerTeams: [],
    });
  });
});

describe('the facts decide', () => {
  const links = [{ holder: 'hmpps-prisons', type: 'PRISON_NUMBER' }];
  const relationships = [{ type: 'BENEFIT_CLAIM' }];
  const closed = { type: 'RESTRICTION', owner: 'probation-service' };

  test.each([
    ['link and relationship', { links, relationships }, 'SHOW'],
    ['no link', { relationships }, 'WITHHOLD'],
    ['a link that is not sure', { links: [{ ...links[0], confidence: 0.1 }], relationships }, 'WITHHOLD'],
    ['no relationship', { links }, 'WITHHOLD'],
    ['one that has ended', { links, relationships: [{ type: 'BENEFIT_CLAIM', until: '2020-01-01' }] }, 'WITHHOLD'],
    [
      'one that the caller asserted',
      { links, relationships: [{ type: 'BENEFIT_CLAIM', assertedBy: CALLER }] },
      'WITHHOLD',
    ],
    ['a restriction', { links, relationships, restrictions: [{ ...closed, accounts: [] }] }, 'WITHHOLD'],
    [
      'a list with the caller',
      { links, relationships, restrictions: [{ ...closed, accounts: [`benefits-department/${CALLER}`] }] },
      'SHOW',
    ],
    ['a list that cannot be read', { links, relationships, restrictions: [{ ...closed, accounts: null }] }, 'WITHHOLD'],
    ['their own record', { links, relationships, interests: [{ type: 'OWN_RECORD' }] }, 'WITHHOLD'],
    ['an objection', { links, relationships, objections: [{ dataClass: 'custody.release' }] }, 'WITHHOLD'],
  ])('%s: %j', (_name, facts, effect) => {
    expect(effects(read(facts))).toEqual([effect]);
  });

  test('a day after the agreement', () => {
    const outcomes = explanation(real, { ...QUESTION, day: '2050-01-01' }, read({ links, relationships }));
    expect(outcomes.map(({ effect }) => effect)).toEqual(['WITHHOLD']);
    expect(outcomes[0]?.reasons.find(({ gate }) => gate === 'agreement')).toMatchObject({ outcome: 'refuse' });
  });
});

describe('without facts', () => {
  test('every role is explained for every purpose it may declare, with a sentence for every gate', () => {
    const fields = ['Custody.releaseDate', 'Policing.markers', 'Health.diagnoses'];
    for (const { name, partnerTypes, purposes } of real.bundle.roles.values()) {
      const partners = [...real.bundle.partners.values()]
        .filter(({ type }) => partnerTypes.includes(type))
        .map(({ code }) => code);
      for (const purpose of purposes.keys()) {
        const facts = { ...plainSubject(real, real.bundle.purposes.get(purpose), CALLER), person: NOBODY };
        for (const field of fields) {
          const outcomes = explanation(real, { ...QUESTION, role: name, purpose, field, partners }, facts);
          expect(outcomes).not.toEqual([]);
          for (const { reasons } of outcomes)
            expect(reasons.filter(({ text }) => !/^[A-Z].*\.$/.test(text))).toEqual([]);
        }
      }
    }
  });

  test('forces that fare alike are one outcome', () => {
    const facts = { ...plainSubject(real, real.bundle.purposes.get('PUBLIC_PROTECTION'), CALLER), person: NOBODY };
    const question = {
      ...QUESTION,
      role: 'police-public-protection',
      purpose: 'PUBLIC_PROTECTION',
      field: 'Policing.markers',
    };
    const forces = ['northmere-police', 'southdale-police'];
    expect(explanation(real, { ...question, partners: forces }, facts).map(({ how }) => how)).toEqual([
      'own',
      'each-other',
    ]);
    expect(explanation(real, { ...question, partners: forces.slice(1) }, facts).map(({ holders }) => holders)).toEqual([
      ['northmere-police'],
      ['southdale-police'],
    ]);
  });
});
