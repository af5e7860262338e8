import { isWorkingDay } from '../../checks/clock.ts';
import type { CalendarPolicy } from '../../policy/practice.ts';
import type { CheckType } from '../../record/checks.ts';
import { addDays } from '../../record/day.ts';
import type { Day } from '../../record/facts.ts';
import { londonDay } from '../../record/london.ts';
import { handoverDue } from './handover.ts';
import { HOUSING_RULES } from './housing-rules.ts';
import { heard, LONGEST_DAYS, type Rule, unlessSome } from './rule.ts';
import type { Sections } from './sections.ts';

/** The closed list of what can be missing for a release, by the names of `policies/gaps.yaml`. */
export const RULES: ReadonlyMap<string, Rule> = new Map<string, Rule>([
  ...HOUSING_RULES,
  [
    'HOUSEHOLD_NOT_RECORDED',
    {
      reads: ['Supervision.householdRecordedOn'],
      lastsDays: 0,
      look: (ground) => unlessSome(ground, 'supervision', ({ householdRecordedOn }) => householdRecordedOn != null),
    },
  ],
  ['DOMESTIC_ABUSE_CHECK', check('DOMESTIC_ABUSE')],
  ['CHILDRENS_CHECK', check('CHILDRENS_SERVICES')],
  [
    'HANDOVER',
    {
      reads: [
        'Custody.sentenceType',
        'Custody.sentenceStartDate',
        'Custody.handoverDate',
        'HandoverMeeting.on',
        'HandoverMeeting.personCame',
        'HandoverMeeting.prisonManagerCame',
        'HandoverMeeting.communityManagerCame',
      ],
      numbers: ['indeterminateMonths', 'paroleMonths', 'determinateMonths', 'determinateDays', 'shortSentenceMonths'],
      lastsDays: 0,
      look(ground) {
        const [custody] = ground.read('custody');
        const by = custody && handoverDue(custody.value, ground);
        if (!by) return 'FINE';
        const met = custody.value.handoverMeeting;
        const asIntended = met?.on != null && met.personCame && met.prisonManagerCame && met.communityManagerCame;
        return asIntended ? 'FINE' : { by };
      },
    },
  ],
  [
    'FIRST_APPOINTMENT',
    {
      reads: ['ProbationAppointment.at'],
      numbers: ['withinWorkingDays'],
      lastsDays: 28,
      look(ground) {
        const last = workingDaysAfter(ground.release, ground.number('withinWorkingDays'), ground.calendar);
        return unlessSome(ground, 'supervision', ({ firstAppointment }) => isBy(firstAppointment?.at, last));
      },
    },
  ],
  [
    'IDENTITY_DOCUMENT',
    {
      reads: ['IdentityDocument.state'],
      lastsDays: LONGEST_DAYS,
      look: (ground) =>
        unlessSome(
          ground,
          'custody',
          ({ identityDocuments }) => identityDocuments?.some(({ state }) => state === 'READY') ?? false,
        ),
    },
  ],
  [
    'BANK_ACCOUNT',
    {
      reads: ['Custody.bankAccount'],
      lastsDays: LONGEST_DAYS,
      look: (ground) => unlessSome(ground, 'custody', ({ bankAccount }) => bankAccount === 'READY'),
    },
  ],
  [
    'GP_REGISTRATION',
    {
      reads: ['Health.gpRegistration'],
      lastsDays: LONGEST_DAYS,
      look: (ground) => unlessSome(ground, 'health', ({ gpRegistration }) => gpRegistration === 'REGISTERED'),
    },
  ],
  [
    'MEDICATION_IN_HAND',
    {
      reads: ['Health.medication', 'Health.medicationInHandDays'],
      numbers: ['leastDays'],
      lastsDays: 0,
      look(ground) {
        const needsSome = ground.read('health').filter(({ value }) => value.medication !== 'NOT_NEEDED');
        const has = needsSome.every(({ value }) => (value.medicationInHandDays ?? 0) >= ground.number('leastDays'));
        return has ? heard(ground, 'health') : {};
      },
    },
  ],
  [
    'TREATMENT_REFERRAL',
    {
      reads: ['Treatment.referral'],
      lastsDays: 21,
      // A service that holds nothing of somebody was never to treat them.
      look: (ground) =>
        ground.read('treatment').length === 0
          ? heard(ground, 'treatment')
          : unlessSome(ground, 'treatment', isReferred),
    },
  ],
  [
    'TREATMENT_APPOINTMENT',
    {
      reads: ['Treatment.referral', 'Treatment.engaged', 'Treatment.nextAppointmentAt'],
      numbers: ['withinDays'],
      lastsDays: 21,
      look(ground) {
        const last = addDays(ground.release, ground.number('withinDays'));
        if (!ground.read('treatment').some(({ value }) => isReferred(value))) return heard(ground, 'treatment');
        return unlessSome(
          ground,
          'treatment',
          ({ engaged, nextAppointmentAt }) => engaged === true || isBy(nextAppointmentAt, last),
        );
      },
    },
  ],
  [
    'BENEFIT_APPOINTMENT',
    {
      reads: ['Employment.claim', 'Employment.appointmentAt'],
      lastsDays: 28,
      look: (ground) =>
        unlessSome(
          ground,
          'employment',
          ({ claim, appointmentAt }) => appointmentAt != null || claim === 'SUBMITTED' || claim === 'IN_PAYMENT',
        ),
    },
  ],
  [
    'FRIDAY_RELEASE',
    {
      reads: ['Custody.earlyRelease'],
      lastsDays: 0,
      look({ release, calendar, read }) {
        const next = addDays(release, 1);
        if (release < calendar.from || next > calendar.until) return 'CANNOT_TELL';
        if (isWorkingDay(next, calendar)) return 'FINE';
        return read('custody').some(({ value }) => value.earlyRelease != null) ? 'FINE' : {};
      },
    },
  ],
]);

function check(type: CheckType): Rule {
  return { reads: [], check: type, lastsDays: 0, look: ({ checkIsDone }) => (checkIsDone ? 'FINE' : {}) };
}

function isReferred({ referral }: Sections['treatment']): boolean {
  return referral === 'SENT' || referral === 'ACCEPTED';
}

function isBy(at: string | null | undefined, last: Day): boolean {
  return at != null && londonDay(new Date(at)) <= last;
}

function workingDaysAfter(day: Day, count: number, calendar: CalendarPolicy): Day {
  let last = day;
  for (let left = count; left > 0; ) {
    last = addDays(last, 1);
    if (isWorkingDay(last, calendar)) left -= 1;
  }
  return last;
}
