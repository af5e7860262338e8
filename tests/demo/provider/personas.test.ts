import { expect, it } from 'vitest';
import { DEMO_PARTNERS, PERSONAS, partnersOf, practitionersOf } from '../../../src/demo/personas.ts';

it('the personas, their default partners and first practitioners are the documented ones', () => {
  const rows = PERSONAS.map(({ role, defaultPartner }) =>
    [role, defaultPartner, practitionersOf(role, defaultPartner)[0]?.id].join(' '),
  );
  expect(rows).toEqual([
    'prison-offender-manager hmpps-prisons PRI-0001',
    'probation-practitioner probation-service PRO-0001',
    'probation-manager probation-service PRM-0001',
    'police-public-protection northmere-police NPO-0001',
    'childrens-services northmere-children NCH-0001',
    'work-coach benefits-department BEN-0001',
    'housing-officer northmere-housing NHO-0001',
    'accommodation-provider harbour-homes HAR-0001',
    'treatment-keyworker northmere-treatment NTR-0001',
    'health-practitioner health-service HEA-0001',
    'ig-officer probation-service IGO-0001',
    'ig-lead throughgate-board IGL-0001',
    'analyst throughgate-board ANA-0001',
  ]);
});

it.each([
  ['police-public-protection', 'southdale-police', 'SPO'],
  ['childrens-services', 'southdale-children', 'SCH'],
  ['housing-officer', 'southdale-housing', 'SHO'],
  ['accommodation-provider', 'lantern-housing', 'LAN'],
  ['treatment-keyworker', 'southdale-treatment', 'STR'],
  ['ig-officer', 'harbour-homes', 'IGO'],
])('%s at %s is %s-0001 to %s-0012', (role, partner, prefix) => {
  const ids = practitionersOf(role, partner).map(({ id }) => id);
  expect(ids).toHaveLength(12);
  expect([ids[0], ids[11]]).toEqual([`${prefix}-0001`, `${prefix}-0012`]);
});

it('no role has practitioners at a partner of another kind', () => {
  expect(practitionersOf('work-coach', 'hmpps-prisons')).toEqual([]);
  expect(practitionersOf('governor', 'hmpps-prisons')).toEqual([]);
});

it('the default partner is the first of those at which the persona exists', () => {
  for (const persona of PERSONAS) expect(partnersOf(persona)[0]?.code).toBe(persona.defaultPartner);
});

it('no two practitioners share a name, and none but the officers of information governance an id', () => {
  const practitioners = PERSONAS.flatMap((persona) =>
    partnersOf(persona).flatMap(({ code }) => practitionersOf(persona.role, code)),
  );
  expect(new Set(practitioners.map(({ name }) => name)).size).toBe(practitioners.length);
  const ids = practitioners.map(({ id }) => id).filter((id) => !id.startsWith('IGO-'));
  expect(new Set(ids).size).toBe(ids.length);
});

it('twelve partners hold data, of eight source types, and three hold nothing', () => {
  const sources = DEMO_PARTNERS.flatMap(({ source }) => source ?? []);
  expect([sources.length, new Set(sources).size, DEMO_PARTNERS.length]).toEqual([12, 8, 15]);
});
