import { describe, expect, test } from 'vitest';
import { buildBundle } from '../../../src/policy/load/load.ts';
import { edit, type Path, told } from './edit.ts';
import { problemsOf, record, texts } from './real.ts';

// No agreement is needed for any of this: each case is quick without them.
const few = texts.filter(({ name }) => !name.startsWith('agreements/'));

type Mistake = [
  name: string,
  file: string,
  path: Path,
  value: unknown,
  ...told: [path: Path, message: string, on?: 'key'][],
];

const POLICE: Path = ['responders', 'northmere-police'];
const DA: Path = ['types', 'DOMESTIC_ABUSE'];
const CHECKS: Mistake[] = [
  [
    'a type of check that there is not',
    'checks.yaml',
    ['types', 'DOMESTIC_ABUS'],
    {},
    [['types', 'DOMESTIC_ABUS'], 'unknown key DOMESTIC_ABUS; did you mean DOMESTIC_ABUSE', 'key'],
  ],
  [
    'an asker that there is not',
    'checks.yaml',
    ['askers'],
    ['probation-practitoner'],
    [['askers', 0], 'unknown role probation-practitoner; did you mean probation-practitioner'],
  ],
  [
    'a manager who may not declare what is asked',
    'checks.yaml',
    ['managers'],
    ['work-coach'],
    [['managers', 0], 'work-coach may not declare CHILD_CHECK'],
    [['managers', 0], 'work-coach may not declare DA_CHECK'],
  ],
  [
    'a role that does not answer',
    'checks.yaml',
    [...DA, 'role'],
    'housing-officer',
    [[...DA, 'role'], 'housing-officer may not declare DA_CHECK'],
  ],
  [
    'a holder with no clock',
    'checks.yaml',
    POLICE,
    undefined,
    [['responders'], 'northmere-police holds police, is asked, and has no clock here', 'key'],
  ],
  [
    'somebody who is not asked',
    'checks.yaml',
    ['responders', 'harbour-homes'],
    { team: 'HAR-UNIT', answers: 'people', targetHours: 1, chaseHours: [], breachHours: 1, expireHours: 1 },
    [['responders', 'harbour-homes'], 'harbour-homes holds nothing, and no check is asked of that', 'key'],
  ],
  [
    'late before it is due',
    'checks.yaml',
    [...POLICE, 'targetHours'],
    41,
    [[...POLICE, 'breachHours'], 'late after 40 hours, before it is due'],
  ],
  [
    'given up before it is late',
    'checks.yaml',
    [...POLICE, 'expireHours'],
    39,
    [[...POLICE, 'chaseHours', 2], 'chased after 40 hours, when it was given up'],
    [[...POLICE, 'expireHours'], 'given up after 39 hours, before it is late'],
  ],
  [
    'chased out of order',
    'checks.yaml',
    [...POLICE, 'chaseHours'],
    [24, 16],
    [[...POLICE, 'chaseHours', 1], 'times of chasing stand in order'],
  ],
  [
    'a day that ends before it begins',
    'checks.yaml',
    [...POLICE, 'clock', 'to'],
    '07:00',
    [[...POLICE, 'clock'], 'it ends at 07:00, before it begins'],
  ],
  [
    'a time that a clock does not show',
    'checks.yaml',
    [...POLICE, 'clock', 'to'],
    '24:30',
    [[...POLICE, 'clock', 'to'], "24:30 is not a time of day in quotes, such as '09:00'"],
  ],
];

const LEFT_OUT: Mistake[] = [
  [
    'a type of check',
    'checks.yaml',
    ['types', 'CHILDRENS_SERVICES'],
    undefined,
    [['types'], 'CHILDRENS_SERVICES is missing', 'key'],
    [['responders', 'northmere-children'], 'northmere-children holds childrens, and no check is asked of that', 'key'],
    [['responders', 'southdale-children'], 'southdale-children holds childrens, and no check is asked of that', 'key'],
  ],
  [
    'an event that the gateway makes',
    'events.yaml',
    ['kinds', 'CHECK_OVERDUE'],
    undefined,
    [['kinds'], 'CHECK_OVERDUE is missing', 'key'],
  ],
];

const PLACES: Mistake[] = [
  [
    'a region that there is not',
    'areas.yaml',
    ['districts', 'QN1', 'region'],
    'NORT',
    [['districts', 'QN1', 'region'], 'unknown region NORT; did you mean NORTH'],
  ],
  [
    'a force that there is not',
    'areas.yaml',
    ['districts', 'QN1', 'responders', 'police'],
    ['northmere-polis'],
    [['districts', 'QN1', 'responders', 'police', 0], 'unknown partner northmere-polis; did you mean northmere-police'],
  ],
  [
    'a force where an authority is asked',
    'areas.yaml',
    ['districts', 'QN1', 'responders', 'childrens'],
    ['northmere-police'],
    [['districts', 'QN1', 'responders', 'childrens', 0], 'northmere-police does not hold childrens'],
  ],
  [
    'nobody to ask',
    'areas.yaml',
    ['districts', 'QN1', 'responders', 'childrens'],
    undefined,
    [['districts', 'QN1', 'responders'], 'a check is asked of childrens, and nobody is named', 'key'],
  ],
  [
    'a whole postcode',
    'areas.yaml',
    ['districts', 'QN1 1AA'],
    { region: 'NORTH', responders: { police: ['northmere-police'], childrens: ['northmere-children'] } },
    [['districts', 'QN1 1AA'], 'QN1 1AA is not the outward half of a postcode, such as QN1', 'key'],
  ],
  [
    'a holiday at a weekend',
    'calendar.yaml',
    ['holidays', '2027-12-25'],
    'Christmas Day',
    [['holidays', '2027-12-25'], '2027-12-25 is at a weekend: the bank holiday is the substitute day', 'key'],
  ],
  [
    'a holiday that the calendar does not reach',
    'calendar.yaml',
    ['holidays', '2029-01-01'],
    "New Year's Day",
    [['holidays', '2029-01-01'], '2029-01-01 is outside 2025-01-01 to 2028-12-31', 'key'],
  ],
  [
    'a day that there is not',
    'calendar.yaml',
    ['holidays', '2027-02-30'],
    'Nothing',
    [['holidays', '2027-02-30'], '2027-02-30 is not a day of the calendar'],
  ],
];

const NOTICED: Mistake[] = [
  [
    'a rule that nobody wrote',
    'gaps.yaml',
    ['ADRESS'],
    {},
    [['ADRESS'], 'unknown key ADRESS; did you mean ADDRESS', 'key'],
  ],
  [
    'an input that the schema has not',
    'gaps.yaml',
    ['BANK_ACCOUNT', 'inputs'],
    ['Custody.bankAcount'],
    [['BANK_ACCOUNT', 'inputs', 0], 'unknown coordinate Custody.bankAcount; did you mean Custody.bankAccount'],
  ],
  [
    'an input that tells nothing',
    'gaps.yaml',
    ['BANK_ACCOUNT', 'inputs'],
    ['Person.id'],
    [['BANK_ACCOUNT', 'inputs', 0], 'Person.id is in the envelope, and tells nothing'],
  ],
  [
    'inputs that no view has together',
    'gaps.yaml',
    ['BANK_ACCOUNT', 'inputs'],
    ['Treatment.substances', 'Risk.summary'],
    [['BANK_ACCOUNT', 'inputs'], 'no view of any role has all of these', 'key'],
  ],
  [
    'an owner that there is not',
    'gaps.yaml',
    ['BANK_ACCOUNT', 'owner'],
    { role: 'prison-offender-manger', source: 'prisons' },
    [['BANK_ACCOUNT', 'owner', 'role'], 'unknown role prison-offender-manger; did you mean prison-offender-manager'],
    [['BANK_ACCOUNT', 'owner', 'source'], 'unknown source type prisons; did you mean prison'],
  ],
  [
    'somebody told under a purpose of others',
    'events.yaml',
    ['kinds', 'RELEASED', 'audience', 0],
    { role: 'housing-officer', purpose: 'DA_CHECK' },
    [['kinds', 'RELEASED', 'audience', 0, 'role'], 'housing-officer may not declare DA_CHECK'],
  ],
  [
    'an event that nobody may see',
    'events.yaml',
    ['kinds', 'FIRST_APPOINTMENT_MISSED', 'watches'],
    ['Treatment.substances'],
    [
      ['kinds', 'FIRST_APPOINTMENT_MISSED', 'audience'],
      'none of these may see what it is about, or read changes',
      'key',
    ],
  ],
  [
    'an event that is never made',
    'events.yaml',
    ['kinds', 'RELEASED', 'when'],
    'BECAME_RELEASE',
    [
      ['kinds', 'RELEASED', 'when'],
      'BECAME_RELEASE is not one of APPEARED, BECAME_RELEASED, DAY_14, DAY_21, LOST, MISSED, NIGHT_70, NIGHT_84, NO_ADDRESS; did you mean BECAME_RELEASED',
    ],
  ],
  [
    'a provider read to by another’s role',
    'referrals.yaml',
    ['providers', 'housing-authority'],
    'accommodation-provider',
    [['providers', 'housing-authority'], 'accommodation-provider is no role of housing-authority'],
  ],
  [
    'a provider with no team',
    'referrals.yaml',
    ['teams', 'lantern-housing'],
    undefined,
    [['teams'], 'lantern-housing may be asked, and has no team here', 'key'],
  ],
  [
    'a team of somebody who is not asked',
    'referrals.yaml',
    ['teams', 'health-service'],
    'HEA-UNIT',
    [['teams', 'health-service'], 'health-service is of type health-service, and is not asked', 'key'],
  ],
  [
    'a provider that there is not',
    'referrals.yaml',
    ['providers', 'housing-autority'],
    'housing-officer',
    [['providers', 'housing-autority'], 'unknown partner type housing-autority; did you mean housing-authority', 'key'],
    [['providers', 'housing-autority'], 'housing-officer is no role of housing-autority'],
  ],
];

const FLAGGED: Mistake[] = [
  [
    'a sentence that leaves a figure out',
    'flags.yaml',
    ['rules', 'SEQUENTIAL', 'sentence'],
    '{people} from {from}.',
    [['rules', 'SEQUENTIAL', 'sentence'], 'it leaves {to} out'],
  ],
  [
    'a figure that the rule has not',
    'flags.yaml',
    ['rules', 'SEQUENTIAL', 'sentence'],
    '{people} from {from} to {to}: {name}.',
    [['rules', 'SEQUENTIAL', 'sentence'], '{name} is not one of {people}, {from}, {to}'],
  ],
  [
    'a rule that no code has',
    'flags.yaml',
    ['rules', 'SURNAME'],
    { label: 'Same name', weight: 1, sentence: 'Same name.' },
    [['rules', 'SURNAME'], 'unknown key SURNAME', 'key'],
  ],
  [
    'a weight of nothing',
    'flags.yaml',
    ['rules', 'VOLUME', 'weight'],
    0,
    [['rules', 'VOLUME', 'weight'], '0 is not a weight, above 0 and up to 100'],
  ],
  [
    'hours that end before they begin',
    'flags.yaml',
    ['hours', 'work-coach', 'to'],
    '06:00',
    [['hours', 'work-coach'], 'it ends at 06:00, before it begins'],
  ],
  [
    'an explanation by what there is not',
    'flags.yaml',
    ['explains', 'APOINTMENT'],
    { as: 'APPOINTMENT', members: 'everyone', words: 'an appointment' },
    [['explains', 'APOINTMENT'], 'unknown relationship APOINTMENT; did you mean APPOINTMENT', 'key'],
  ],
  [
    'a role fed by what there is not',
    'flags.yaml',
    ['feeds', 'work-coach'],
    'BENEFIT_CLAIMS',
    [['feeds', 'work-coach'], 'unknown relationship BENEFIT_CLAIMS; did you mean BENEFIT_CLAIM'],
  ],
];

describe.each([
  ['checks', CHECKS],
  ['what is left out', LEFT_OUT],
  ['areas and days', PLACES],
  ['gaps, events and referrals', NOTICED],
  ['flags', FLAGGED],
])('%s', (_, mistakes) => {
  test.each(mistakes)('%s is told where it stands', (_name, file, path, value, ...expected) => {
    const files = edit(few, file, [path, value]);
    expect(problemsOf(files)).toEqual(expected.map((each) => told(files, file, ...each)));
  });
});

describe('what narrows a role', () => {
  test.each<[string, string, Path, unknown]>([
    ['leaves events to the others of their audience', 'roles/work-coach.yaml', ['actions'], []],
    [
      'leaves rules to views that may look at them',
      'roles/prison-offender-manager.yaml',
      ['purposes', 'RELEASE_PLANNING', 'sections', 'treatment', 'classes'],
      ['treatment.contact'],
    ],
  ])('%s', (_, name, path, value) => {
    expect(problemsOf(edit(few, name, [path, value]))).toEqual([]);
  });
});

describe('the bank holidays of the repository', () => {
  const { from, until, holidays } = buildBundle(few, record).calendar;

  test('are those of the Act and the proclamations, worked out anew', () => {
    const years = [...span(Number(from.slice(0, 4)), Number(until.slice(0, 4)))];
    expect([...holidays.keys()].sort()).toEqual(years.flatMap(bankHolidays).sort());
  });
});

describe('the bundle', () => {
  const usual = buildBundle(few, record);

  test('has what is left out as its usual value', () => {
    expect(usual.checks.responders.get('southdale-police')?.clock).toBe('any');
    expect(usual.events.get('CHECK_ASKED')).toMatchObject({ watches: [], when: null });
    expect(usual.gaps.get('ADDRESS')).toMatchObject({ rule: 'ADDRESS', checks: null, numbers: new Map() });
    expect(usual.classOf.get('Supervision.householdRecordedOn')).toBe('supervision.household');
  });

  test.each<[string, string, Path, unknown]>([
    ['the clock of a responder', 'checks.yaml', [...POLICE, 'clock', 'to'], '16:30'],
    ['a time of chasing', 'checks.yaml', [...POLICE, 'chaseHours'], [16]],
    ['the question', 'checks.yaml', [...DA, 'question'], 'What do you hold?'],
    ['who is asked somewhere', 'areas.yaml', ['districts', 'QB1', 'responders', 'police'], ['southdale-police']],
    ['a bank holiday', 'calendar.yaml', ['holidays', '2026-12-28'], undefined],
    ['how bad a gap is', 'gaps.yaml', ['ADDRESS', 'severity'], 'AMBER'],
    ['a number of a rule', 'gaps.yaml', ['MEDICATION_IN_HAND', 'numbers', 'leastDays'], 8],
    ['who is told', 'events.yaml', ['kinds', 'RELEASED', 'audience', 0], undefined],
    ['how often is looked', 'events.yaml', ['watching', 'everySeconds'], 60],
    ['how long a pack is open', 'referrals.yaml', ['openDays'], 2],
    ['how much a flag weighs', 'flags.yaml', ['rules', 'OWN_RECORD', 'weight'], 5],
  ])('changes its hash with %s', (_, name, path, value) => {
    expect(buildBundle(edit(few, name, [path, value]), record).hash).not.toBe(usual.hash);
  });
});

function* span(first: number, last: number): Generator<number> {
  for (let year = first; year <= last; year++) yield year;
}

/** England and Wales: five fixed by the calendar or by weekday, two by Easter, with substitutes for a weekend. */
function bankHolidays(year: number): string[] {
  const easter = easterSunday(year);
  const christmas = substitute(utc(year, 12, 25));
  let boxing = substitute(utc(year, 12, 26));
  if (boxing <= christmas) boxing = substitute(christmas + DAY);
  return [
    substitute(utc(year, 1, 1)),
    easter - 2 * DAY,
    easter + DAY,
    monday(utc(year, 5, 1)),
    monday(utc(year, 5, 25)),
    monday(utc(year, 8, 25)),
    christmas,
    boxing,
  ].map((time) => new Date(time).toISOString().slice(0, 10));
}

const DAY = 86_400_000;

function utc(year: number, month: number, day: number): number {
  return Date.UTC(year, month - 1, day);
}

/** This day, or the first after it that is no Saturday or Sunday. */
function substitute(time: number): number {
  return [0, 6].includes(new Date(time).getUTCDay()) ? substitute(time + DAY) : time;
}

/** This day, or the first Monday after it. */
function monday(time: number): number {
  return new Date(time).getUTCDay() === 1 ? time : monday(time + DAY);
}

/** Gauss's algorithm for the Gregorian calendar, as Butcher has it. */
function easterSunday(year: number): number {
  const a = year % 19;
  const b = Math.floor(year / 100);
  const c = year % 100;
  const d = Math.floor(b / 4);
  const e = b % 4;
  const f = Math.floor((b + 8) / 25);
  const g = Math.floor((b - f + 1) / 3);
  const h = (19 * a + b - d - g + 15) % 30;
  const i = Math.floor(c / 4);
  const k = c % 4;
  const l = (32 + 2 * e + 2 * i - h - k) % 7;
  const m = Math.floor((a + 11 * h + 22 * l) / 451);
  const n = h + l - 7 * m + 114;
  return utc(year, Math.floor(n / 31), (n % 31) + 1);
}
