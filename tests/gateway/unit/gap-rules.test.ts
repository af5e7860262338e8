import { describe, expect, test } from 'vitest';
import type { Finding, Ground } from '../../../src/gateway/gaps/rule.ts';
import { RULES } from '../../../src/gateway/gaps/rules.ts';
import type { Holding, Sections } from '../../../src/gateway/gaps/sections.ts';

/** A Tuesday, four weeks before the release, which is on a Tuesday too. */
const TODAY = '2026-11-24';
const RELEASE = '2026-12-22';
/** Christmas Day and Boxing Day (a Saturday, so the Monday is a substitute day), and New Year's Day. */
const HOLIDAYS = new Map(['2026-12-25', '2026-12-28', '2027-01-01'].map((day) => [day, 'a bank holiday']));

/** As in the policy, but for the numbers that a test changes. */
const NUMBERS: Readonly<Record<string, number>> = {
  notifyWithinDays: 3,
  againEveryDays: 7,
  indeterminateMonths: 12,
  paroleMonths: 12,
  determinateMonths: 8,
  determinateDays: 14,
  shortSentenceMonths: 10,
  withinWorkingDays: 1,
  leastDays: 7,
  withinDays: 21,
  warnNight: 70,
  lastNight: 84,
};

type Held = { readonly [S in keyof Sections]?: readonly Sections[S][] };

/** The holders of a section are `<section>-0`, `<section>-1` and so on. */
function find(
  rule: string,
  held: Held,
  more: Partial<Ground> & { readonly unheard?: readonly string[] } = {},
): Finding {
  const found = RULES.get(rule);
  if (!found) throw new Error(`no rule ${rule}`);
  const { unheard = [], ...ground } = more;
  return found.look({
    release: RELEASE,
    today: TODAY,
    read: <S extends keyof Sections>(section: S) =>
      ((held[section] ?? []) as readonly Sections[S][]).map(
        (value, index): Holding<Sections[S]> => ({ holder: `${section}-${index}`, value }),
      ),
    isUnheard: (section) => unheard.includes(section),
    number: (name) => NUMBERS[name] ?? Number.NaN,
    isInWales: () => false,
    calendar: { from: '2025-01-01', until: '2028-12-31', holidays: HOLIDAYS },
    checkIsDone: false,
    ...ground,
  });
}

const housing = (...each: Sections['accommodation'][]): Held => ({ accommodation: each });

describe('a place for the first night', () => {
  test.each([
    ['there is one', housing({ firstNightType: 'A01D_SOCIAL_RENT' }), 'FINE'],
    ['it is temporary', housing({ firstNightType: 'A17_CAS3' }), 'FINE'],
    ['another authority has one', housing({ firstNightType: null }, { firstNightType: 'A04_SUPPORTED' }), 'FINE'],
    ['nobody wrote one down', housing({ firstNightType: null }), {}],
    ['nobody holds anything', {}, {}],
    ['the street', housing({ firstNightType: 'A08A_ROUGH_SLEEPING' }), {}],
    ['a night shelter', housing({ firstNightType: 'A08C_SHELTER_HOSTEL_OR_CAMPSITE' }), {}],
  ] as const)('%s', (_what, held, expected) => {
    expect(find('ADDRESS', held)).toEqual(expected);
  });

  test('SHARE-05 is not said to be missing while an authority is not heard that may know of one', () => {
    expect(find('ADDRESS', housing({ firstNightType: null }), { unheard: ['accommodation'] })).toBe('CANNOT_TELL');
    expect(find('ADDRESS', housing({ firstNightType: 'A01A_OWNER' }), { unheard: ['accommodation'] })).toBe('FINE');
  });

  test('somebody under notification has the days by which the police must be told', () => {
    const must = { policing: [{ notificationRequirement: false }, { notificationRequirement: true }] };
    expect(find('ADDRESS_NOTIFICATION', { ...must, ...housing({ firstNightType: null }) })).toEqual({
      dates: [
        { what: 'POLICE_NOTIFIED_BY', on: '2026-12-25' },
        { what: 'WITHOUT_ADDRESS_AGAIN_BY', on: '2027-01-01' },
      ],
    });
    expect(find('ADDRESS_NOTIFICATION', { ...must, ...housing({ firstNightType: 'A01A_OWNER' }) })).toBe('FINE');
    const mustNot = { policing: [{ notificationRequirement: false }] };
    expect(find('ADDRESS_NOTIFICATION', mustNot)).toBe('FINE');
    expect(find('ADDRESS_NOTIFICATION', mustNot, { unheard: ['policing'] })).toBe('CANNOT_TELL');
    expect(find('ADDRESS_NOTIFICATION', must, { unheard: ['policing'] })).toMatchObject({ dates: expect.anything() });
  });
});

describe('the handover', () => {
  const all = { on: '2026-03-02', personCame: true, prisonManagerCame: true, communityManagerCame: true };
  const custody = (value: Sections['custody']): Held => ({ custody: [value] });

  test('is as intended when all three came, and by the day that prison has', () => {
    expect(find('HANDOVER', custody({ handoverDate: '2026-03-02', handoverMeeting: all }))).toBe('FINE');
    for (const absent of ['personCame', 'prisonManagerCame', 'communityManagerCame', 'on'] as const) {
      const met = { ...all, [absent]: null };
      expect(find('HANDOVER', custody({ handoverDate: '2026-03-02', handoverMeeting: met }))).toEqual({
        by: '2026-03-02',
      });
    }
    expect(find('HANDOVER', custody({ handoverDate: '2026-03-02', handoverMeeting: null }))).toEqual({
      by: '2026-03-02',
    });
  });

  test.each([
    ['a determinate sentence: 8 months and 14 days before', 'DETERMINATE', '2024-01-10', RELEASE, '2026-04-08'],
    [
      'an extended sentence, from which the Parole Board releases: 12 months before',
      'EXTENDED',
      '2022-01-10',
      RELEASE,
      '2025-12-22',
    ],
    ['a life sentence: 12 months before', 'INDETERMINATE', '2004-01-10', RELEASE, '2025-12-22'],
    ['to a month that is shorter', 'DETERMINATE', '2024-01-10', '2026-10-31', '2026-02-14'],
    ['over a leap day', 'INDETERMINATE', '2010-01-10', '2029-02-28', '2028-02-28'],
    ['to the end of February', 'INDETERMINATE', '2010-01-10', '2028-02-29', '2027-02-28'],
  ])('by the rules: %s', (_what, sentenceType, sentenceStartDate, release, by) => {
    expect(find('HANDOVER', custody({ sentenceType, sentenceStartDate }), { release })).toEqual({ by });
  });

  test('there is none where the sentence began ten months before the release or later', () => {
    const begun = (sentenceStartDate: string) =>
      find('HANDOVER', custody({ sentenceType: 'DETERMINATE', sentenceStartDate }));
    expect(begun('2026-02-22')).toBe('FINE');
    expect(begun('2026-02-21')).toEqual({ by: '2026-04-08' });
    expect(find('HANDOVER', custody({ sentenceType: null, sentenceStartDate: null }))).toBe('FINE');
    expect(find('HANDOVER', {})).toBe('FINE');
  });
});

describe('the first appointment', () => {
  const at = (time: string | null): Held => ({
    supervision: [{ firstAppointment: time === null ? null : { at: time } }],
  });
  test.each([
    ['on the day of release', '2026-12-22T14:00:00Z', 'FINE'],
    ['on the next working day', '2026-12-23T23:30:00Z', 'FINE'],
    ['on the day after that', '2026-12-24T00:00:00Z', {}],
    ['none', null, {}],
  ])('%s', (_what, time, expected) => {
    expect(find('FIRST_APPOINTMENT', at(time))).toEqual(expected);
  });

  test('after Christmas the next working day is the Tuesday', () => {
    const christmasEve = { release: '2026-12-24' };
    expect(find('FIRST_APPOINTMENT', at('2026-12-29T10:00:00Z'), christmasEve)).toBe('FINE');
    expect(find('FIRST_APPOINTMENT', at('2026-12-30T10:00:00Z'), christmasEve)).toEqual({});
  });

  test('a day is a day of the United Kingdom', () => {
    expect(find('FIRST_APPOINTMENT', at('2026-06-30T23:30:00Z'), { release: '2026-06-29' })).toEqual({});
    expect(find('FIRST_APPOINTMENT', at('2026-06-30T22:30:00Z'), { release: '2026-06-29' })).toBe('FINE');
  });
});

describe('a release on a Friday or before a bank holiday', () => {
  test.each([
    ['Thursday', '2026-12-03', null, 'FINE'],
    ['Friday', '2026-12-04', null, {}],
    ['Friday, brought forward', '2026-12-04', 'APPLIED', 'FINE'],
    ['Friday, for a reason that is listed', '2026-12-04', 'EXCEPTION_RISK', 'FINE'],
    ['the Thursday before Christmas Day', '2026-12-24', null, {}],
    ['New Year’s Eve', '2026-12-31', null, {}],
    ['a Sunday before a working day', '2026-12-06', null, 'FINE'],
    ['beyond the calendar', '2029-03-02', null, 'CANNOT_TELL'],
    ['on its last day', '2028-12-31', null, 'CANNOT_TELL'],
  ])('%s', (_what, release, earlyRelease, expected) => {
    expect(find('FRIDAY_RELEASE', { custody: [{ earlyRelease }] }, { release })).toEqual(expected);
  });
});

describe('referrals to housing', () => {
  test('an agreement is asked of those who have nowhere settled', () => {
    expect(find('AGREEMENT_TO_REFER', housing({ agreedToReferOn: null, firstNightSettled: false }))).toEqual({});
    expect(find('AGREEMENT_TO_REFER', housing({ agreedToReferOn: null, firstNightSettled: true }))).toBe('FINE');
    expect(find('AGREEMENT_TO_REFER', housing({ agreedToReferOn: TODAY, firstNightSettled: null }))).toBe('FINE');
  });

  test('the duty to refer is for those who agreed, in England', () => {
    const agreed = { agreedToReferOn: TODAY, firstNightSettled: false };
    expect(find('DUTY_TO_REFER', housing({ agreedToReferOn: null }))).toBe('FINE');
    expect(find('DUTY_TO_REFER', housing({ ...agreed, dutyToRefer: null }))).toEqual({});
    expect(find('DUTY_TO_REFER', housing({ ...agreed, dutyToRefer: { referredOn: null } }))).toEqual({});
    expect(find('DUTY_TO_REFER', housing({ ...agreed, dutyToRefer: { referredOn: TODAY } }))).toBe('FINE');
    expect(find('DUTY_TO_REFER', housing({ ...agreed, firstNightSettled: true }))).toBe('FINE');
    expect(find('DUTY_TO_REFER', housing(agreed), { isInWales: (holder) => holder === 'accommodation-0' })).toBe(
      'FINE',
    );
    const other = housing({ agreedToReferOn: null }, agreed);
    expect(find('DUTY_TO_REFER', other, { isInWales: (holder) => holder === 'accommodation-0' })).toEqual({});
  });

  test('temporary accommodation is told of from its 70th night', () => {
    const nights = (temporaryNightsUsed: number | null) =>
      housing({ temporaryFrom: '2026-09-15', temporaryNightsUsed });
    for (const few of [null, 0, 69]) expect(find('TEMPORARY_ACCOMMODATION', nights(few))).toBe('FINE');
    for (const many of [70, 84]) {
      expect(find('TEMPORARY_ACCOMMODATION', nights(many))).toEqual({
        by: '2026-09-15',
        dates: [
          { what: 'NIGHT_70', on: '2026-11-24' },
          { what: 'NIGHT_84', on: '2026-12-08' },
        ],
      });
    }
    expect(find('TEMPORARY_ACCOMMODATION', nights(3), { unheard: ['accommodation'] })).toBe('CANNOT_TELL');
  });
});

describe('treatment', () => {
  const services = (...each: Sections['treatment'][]): Held => ({ treatment: each });
  test('a referral is wanted of those whom a service knows', () => {
    expect(find('TREATMENT_REFERRAL', {})).toBe('FINE');
    expect(find('TREATMENT_REFERRAL', {}, { unheard: ['treatment'] })).toBe('CANNOT_TELL');
    for (const referral of ['NOT_SENT', 'DECLINED', null]) {
      expect(find('TREATMENT_REFERRAL', services({ referral }))).toEqual({});
      expect(find('TREATMENT_REFERRAL', services({ referral }, { referral: 'SENT' }))).toBe('FINE');
    }
  });

  test('an appointment is wanted within 21 days of release, until treatment has started', () => {
    const appointment = (nextAppointmentAt: string | null, engaged: boolean | null = null) =>
      find('TREATMENT_APPOINTMENT', services({ referral: 'ACCEPTED', engaged, nextAppointmentAt }));
    expect(appointment('2027-01-12T10:00:00Z')).toBe('FINE');
    expect(appointment('2027-01-13T10:00:00Z')).toEqual({});
    expect(appointment(null)).toEqual({});
    expect(appointment(null, true)).toBe('FINE');
    expect(find('TREATMENT_APPOINTMENT', services({ referral: 'NOT_SENT', nextAppointmentAt: null }))).toBe('FINE');
  });
});

describe('what one holder says', () => {
  test.each([
    ['HOUSEHOLD_NOT_RECORDED', { supervision: [{ householdRecordedOn: null }] }, {}],
    ['HOUSEHOLD_NOT_RECORDED', { supervision: [{ householdRecordedOn: TODAY }] }, 'FINE'],
    ['IDENTITY_DOCUMENT', { custody: [{ identityDocuments: [{ state: 'APPLIED' }] }] }, {}],
    ['IDENTITY_DOCUMENT', { custody: [{ identityDocuments: [{ state: 'APPLIED' }, { state: 'READY' }] }] }, 'FINE'],
    ['IDENTITY_DOCUMENT', { custody: [{ identityDocuments: [] }] }, {}],
    ['IDENTITY_DOCUMENT', { custody: [{ identityDocuments: null }] }, {}],
    ['BANK_ACCOUNT', { custody: [{ bankAccount: 'APPLIED' }] }, {}],
    ['BANK_ACCOUNT', { custody: [{ bankAccount: 'READY' }] }, 'FINE'],
    ['GP_REGISTRATION', { health: [{ gpRegistration: 'APPLIED' }] }, {}],
    ['GP_REGISTRATION', { health: [{ gpRegistration: 'REGISTERED' }] }, 'FINE'],
    ['MEDICATION_IN_HAND', { health: [{ medication: 'ARRANGED', medicationInHandDays: 6 }] }, {}],
    ['MEDICATION_IN_HAND', { health: [{ medication: 'ARRANGED', medicationInHandDays: null }] }, {}],
    ['MEDICATION_IN_HAND', { health: [{ medication: 'NOT_ARRANGED', medicationInHandDays: 7 }] }, 'FINE'],
    ['MEDICATION_IN_HAND', { health: [{ medication: 'NOT_NEEDED', medicationInHandDays: 0 }] }, 'FINE'],
    ['MEDICATION_IN_HAND', {}, 'FINE'],
    ['BENEFIT_APPOINTMENT', { employment: [{ claim: 'PREPARED', appointmentAt: null }] }, {}],
    ['BENEFIT_APPOINTMENT', { employment: [{ claim: 'IN_PAYMENT', appointmentAt: null }] }, 'FINE'],
    ['BENEFIT_APPOINTMENT', { employment: [{ claim: 'NOT_STARTED', appointmentAt: '2026-12-23T09:00:00Z' }] }, 'FINE'],
  ] as const)('%s %j', (rule, held, expected) => {
    expect(find(rule, held as Held)).toEqual(expected);
  });

  test.each(['DOMESTIC_ABUSE_CHECK', 'CHILDRENS_CHECK'])('%s is what the gateway keeps of it', (rule) => {
    expect(find(rule, {})).toEqual({});
    expect(find(rule, {}, { checkIsDone: true })).toBe('FINE');
  });
});
