/**
 * Words of the synthetic population. Nobody here exists: names are drawn at random from short lists, places are made
 * up, and telephone numbers are from the range that Ofcom keeps for drama (01632 960000 to 960999).
 */
import { PERSONAS, partnersOf, practitionersOf } from '../personas.ts';
import { mix, type Random } from './random.ts';

type Words = readonly [string, ...string[]];

export const GIVEN_NAMES = {
  // biome-ignore format: a word list
  FEMALE: ['Abigail', 'Aisha', 'Amara', 'Anna', 'Bronwen', 'Carys', 'Chloe', 'Danielle', 'Efua', 'Ellen', 'Fatima', 'Grace', 'Hannah', 'Isla', 'Jasmine', 'Kelly', 'Leanne', 'Mei', 'Nadia', 'Niamh', 'Olivia', 'Priya', 'Rachel', 'Ruth', 'Sadia', 'Shanice', 'Tamara', 'Yasmin', 'Zainab', 'Zofia'],
  // biome-ignore format: a word list
  MALE: ['Adam', 'Ahmed', 'Andrew', 'Ben', 'Callum', 'Connor', 'Curtis', 'Daniel', 'Darren', 'Deepak', 'Dylan', 'Emeka', 'Ewan', 'Gareth', 'Hassan', 'Ibrahim', 'Jack', 'Jamal', 'Jason', 'Jermaine', 'Jordan', 'Kamil', 'Kieran', 'Kwame', 'Lee', 'Liam', 'Marcus', 'Mark', 'Mohammed', 'Nathan', 'Omar', 'Owen', 'Paul', 'Rafael', 'Ravi', 'Ryan', 'Samuel', 'Scott', 'Sean', 'Stephen', 'Tariq', 'Thomas', 'Tyrone', 'Wei', 'Winston', 'Yusuf'],
} as const satisfies Record<string, Words>;

// biome-ignore format: a word list
export const FAMILY_NAMES: Words = ['Adeyemi', 'Ahmed', 'Ali', 'Asante', 'Baker', 'Begum', 'Bennett', 'Boateng', 'Brown', 'Campbell', 'Carter', 'Chen', 'Clarke', 'Cooper', 'Davies', 'Dhillon', 'Edwards', 'Evans', 'Fletcher', 'Gill', 'Grant', 'Green', 'Griffiths', 'Hall', 'Harris', 'Hughes', 'Hussain', 'Jackson', 'James', 'Johnson', 'Jones', 'Kaur', 'Kelly', 'Khan', 'King', 'Kowalski', 'Lewis', 'Mahmood', 'Marsh', 'Mensah', 'Moore', 'Morgan', 'Murphy', 'Nguyen', 'Nowak', 'Okafor', 'Osei', 'Patel', 'Price', 'Reid', 'Roberts', 'Robinson', 'Rossi', 'Shah', 'Shaw', 'Singh', 'Smith', 'Stewart', 'Taylor', 'Thompson', 'Walker', 'Ward', 'Watson', 'White', 'Williams', 'Wilson', 'Wood', 'Wright', 'Yilmaz', 'Young'];

export const PRISONS: Words = ['HMP Wexcombe', 'HMP Harrowfell', 'HMP Thornmoor', 'HMP Easterby', 'HMP Castlebrook'];
export const WOMENS_PRISONS: Words = ['HMP Larkhythe', 'HMP Avonmarsh'];

/** The two areas that police, children's services, housing and treatment are divided into. */
export const AREAS = {
  northmere: { name: 'Northmere', towns: ['Northmere', 'Kelsby', 'Upper Wrayle'], outward: ['QN1', 'QN2', 'QN4'] },
  southdale: { name: 'Southdale', towns: ['Southdale', 'Marlbeck', 'Penhurst Cross'], outward: ['QS1', 'QS3', 'QS5'] },
} as const satisfies Record<string, { name: string; towns: Words; outward: Words }>;

export type Area = keyof typeof AREAS;

export const STREETS: Words = [
  'Alder Way',
  'Chapel Row',
  'Foundry Lane',
  'Harbour Road',
  'Mill Street',
  'Station Terrace',
];

export function fullName(random: Random, sex: 'FEMALE' | 'MALE'): string {
  return `${random.pick<string>(GIVEN_NAMES[sex])} ${random.pick(FAMILY_NAMES)}`;
}

export function telephone(number: number): string {
  return `01632 960${String(number % 1000).padStart(3, '0')}`;
}

/** The same name and number for a practitioner wherever one is shown; of a persona's, the name that is in the token. */
export function practitionerContact(id: string): { name: string; telephone: string } {
  let hash = 7;
  for (let i = 0; i < id.length; i++) hash = mix(hash ^ id.charCodeAt(i));
  return { name: PERSONA_NAMES.get(id) ?? syntheticName(hash), telephone: telephone(hash) };
}

const PERSONA_NAMES = new Map(
  PERSONAS.flatMap((persona) =>
    partnersOf(persona).flatMap(({ code }) =>
      practitionersOf(persona.role, code).map(({ id, name }) => [id, name] as const),
    ),
  ),
);

function syntheticName(hash: number): string {
  const given = hash % 2 === 0 ? GIVEN_NAMES.FEMALE : GIVEN_NAMES.MALE;
  const first = given[(hash >>> 1) % given.length] ?? given[0];
  return `${first} ${FAMILY_NAMES[mix(hash) % FAMILY_NAMES.length] ?? FAMILY_NAMES[0]}`;
}
