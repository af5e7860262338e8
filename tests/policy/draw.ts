import fc from 'fast-check';
import type { Caller } from '../../src/policy/decide.ts';
import type { BreakGlassGrant, Objection, Permission, Restriction, SubjectFacts } from '../../src/record/facts.ts';
import { allocation, facts, ME, NOW, PURPOSE, territory } from './world.ts';

/** A restriction by the caller's own partner that lists nobody. */
export function restriction(given: Partial<Restriction>): Restriction {
  return {
    type: 'RESTRICTION',
    owner: 'probation-service',
    accounts: [],
    desks: [],
    unresolved: [],
    from: '2026-01-01',
    until: null,
    ...given,
  };
}

/** A confidentiality permission for the caller's kind of partner. */
export function permission(given: Partial<Permission>): Permission {
  return {
    type: 'CONFIDENTIALITY',
    holder: null,
    recipientType: 'probation-service',
    from: '2026-01-01',
    until: null,
    ...given,
  };
}

/** An objection to the offence, at every holder and for everybody. */
export function objection(given: Partial<Objection>): Objection {
  return {
    dataClass: 'custody.offence',
    holder: null,
    recipientType: null,
    decidedBy: 'DPO-1',
    from: '2026-01-01',
    until: null,
    ...given,
  };
}

/** Break-glass for the caller's own role and purpose, with an hour to go. */
export function glass(given: Partial<BreakGlassGrant>): BreakGlassGrant {
  return {
    id: 'BG-1',
    purpose: PURPOSE,
    role: 'probation-practitioner',
    until: new Date(NOW.getTime() + 3_600_000),
    ...given,
  };
}

const span = {
  from: fc.constantFrom('2026-01-01', '2026-11-22', '2026-11-23'),
  until: fc.constantFrom(null, '2026-11-21', '2026-11-22', '2027-01-01'),
};
const holder = fc.constantFrom(null, 'northmere-treatment', 'northmere-housing', 'hmpps-prisons', 'southdale-police');
const recipientType = fc.constantFrom(null, 'probation-service', 'police-force');
const few = { maxLength: 2 };

/** Facts in which every gate refuses now and then. */
export const anyFacts: fc.Arbitrary<SubjectFacts> = fc
  .record({
    links: fc.array(
      fc.record({
        holder: fc.constantFrom(...territory.holders.map(({ code }) => code)),
        type: fc.constantFrom('PRISON_NUMBER', 'PNC_ID', 'NHS_NUMBER', 'HOUSING_APPLICATION'),
        value: fc.constantFrom('X000001', 'X000002'),
        confidence: fc.constantFrom(0.5, 0.9, 1),
      }),
      { maxLength: 10 },
    ),
    relationships: fc.array(
      fc
        .record({
          type: fc.constantFrom(
            'SUPERVISION_ALLOCATION',
            'SUPERVISION_ALLOCATION',
            'MAPPA_MANAGEMENT',
            'BENEFIT_CLAIM',
          ),
          assertedBy: fc.constantFrom('probation-service:allocation-feed', 'probation-service:allocation-feed', ME),
          standing: fc.constantFrom('SELF' as const, 'TEAM' as const, 'DUTY' as const, 'COVER' as const),
          ...span,
        })
        .map((each) => ({ ...allocation, ...each })),
      few,
    ),
    permissions: fc.array(
      fc.record({
        type: fc.constantFrom('CONFIDENTIALITY', 'TREATMENT_CONDITION', 'AGREEMENT_TO_REFER', 'ANYTHING'),
        holder,
        recipientType,
        ...span,
      }),
      { maxLength: 4 },
    ),
    objections: fc.array(
      fc
        .record({
          dataClass: fc.constantFrom('custody.offence', 'policing.markers', 'policing.text', 'treatment.engagement'),
          holder,
          recipientType,
          ...span,
        })
        .map(objection),
      few,
    ),
    restrictions: fc.oneof(
      { weight: 3, arbitrary: fc.constant([]) },
      {
        weight: 1,
        arbitrary: fc.array(
          fc.record({
            type: fc.constantFrom('RESTRICTION' as const, 'EXCLUSION' as const),
            owner: fc.constantFrom('probation-service', 'northmere-police'),
            accounts: fc.constantFrom(null, [], [`probation-service/${ME}`]),
            desks: fc.constantFrom([], ['probation-service/DESK']),
            unresolved: fc.constantFrom([], ['probation-service'], ['northmere-police']),
            ...span,
          }),
          few,
        ),
      },
    ),
    interests: fc.oneof(
      { weight: 5, arbitrary: fc.constant([]) },
      { weight: 1, arbitrary: fc.array(fc.record({ type: fc.constant('OWN_RECORD' as const), ...span }), few) },
    ),
    breakGlass: fc.array(
      fc
        .record({
          purpose: fc.constantFrom(PURPOSE, PURPOSE, 'DA_CHECK'),
          until: fc.constantFrom(NOW, new Date(NOW.getTime() + 1)),
        })
        .map(glass),
      few,
    ),
    callerTeams: fc.constantFrom([], ['probation-service/DESK']),
  })
  .map(facts);

export const anyCaller: fc.Arbitrary<Caller> = fc.record({
  practitioner: fc.constant(ME),
  now: fc.constant(NOW),
  alone: fc.boolean(),
  asked: fc.constantFrom(1, 2, 3, 4),
});
