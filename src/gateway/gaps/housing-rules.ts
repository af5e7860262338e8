import { addDays } from '../../record/day.ts';
import { heard, LONGEST_DAYS, type Rule, unlessSome } from './rule.ts';
import type { Sections } from './sections.ts';

/** Where the person will sleep, and what must be done about it. */
export const HOUSING_RULES: readonly (readonly [string, Rule])[] = [
  [
    'ADDRESS',
    {
      reads: ['Accommodation.firstNightType'],
      lastsDays: 0,
      look: (ground) => unlessSome(ground, 'accommodation', isHoused),
    },
  ],
  [
    'ADDRESS_NOTIFICATION',
    {
      reads: ['Accommodation.firstNightType', 'Policing.notificationRequirement'],
      numbers: ['notifyWithinDays', 'againEveryDays'],
      lastsDays: 3,
      isFirst: true,
      look(ground) {
        const must = ground.read('policing').some(({ value }) => value.notificationRequirement === true);
        if (!must) return ground.isUnheard('policing') ? 'CANNOT_TELL' : 'FINE';
        const first = addDays(ground.release, ground.number('notifyWithinDays'));
        // Sexual Offences Act 2003, section 83; without a fixed address again and again (2012 Regulations, regulation 9).
        const dates = [
          { what: 'POLICE_NOTIFIED_BY', on: first },
          { what: 'WITHOUT_ADDRESS_AGAIN_BY', on: addDays(first, ground.number('againEveryDays')) },
        ];
        return unlessSome(ground, 'accommodation', isHoused, { dates });
      },
    },
  ],
  [
    'AGREEMENT_TO_REFER',
    {
      reads: ['Accommodation.firstNightSettled', 'Accommodation.agreedToReferOn'],
      lastsDays: LONGEST_DAYS,
      look: (ground) =>
        unlessSome(
          ground,
          'accommodation',
          ({ firstNightSettled, agreedToReferOn }) => firstNightSettled === true || agreedToReferOn != null,
        ),
    },
  ],
  [
    'DUTY_TO_REFER',
    {
      reads: ['Accommodation.firstNightSettled', 'Accommodation.agreedToReferOn', 'DutyToRefer.referredOn'],
      lastsDays: LONGEST_DAYS,
      look(ground) {
        const held = ground.read('accommodation');
        // The duty is of England (Homelessness Reduction Act 2017, section 10). In Wales the person applies to the
        // authority (Housing (Wales) Act 2014, section 62), which their agreement is enough for.
        const agreed = held.filter(({ holder, value }) => value.agreedToReferOn != null && !ground.isInWales(holder));
        if (agreed.length === 0 || held.some(({ value }) => value.firstNightSettled === true))
          return heard(ground, 'accommodation');
        return unlessSome(ground, 'accommodation', ({ dutyToRefer }) => dutyToRefer?.referredOn != null);
      },
    },
  ],
  [
    'TEMPORARY_ACCOMMODATION',
    {
      reads: ['Accommodation.temporaryFrom', 'Accommodation.temporaryNightsUsed'],
      numbers: ['warnNight', 'lastNight'],
      lastsDays: LONGEST_DAYS,
      look(ground) {
        const { number } = ground;
        const from = ground
          .read('accommodation')
          .find(({ value }) => (value.temporaryNightsUsed ?? 0) >= number('warnNight'))?.value.temporaryFrom;
        if (from == null) return heard(ground, 'accommodation');
        const dates = [
          { what: `NIGHT_${number('warnNight')}`, on: addDays(from, number('warnNight')) },
          { what: `NIGHT_${number('lastNight')}`, on: addDays(from, number('lastNight')) },
        ];
        // Its days count from the first night, which may be later than the release.
        return { by: from, dates };
      },
    },
  ],
];

/** Somewhere, but not housed, as prison and probation statistics count it. */
const NOT_HOUSED = ['A08_SQUAT', 'A08A_ROUGH_SLEEPING', 'A08C_SHELTER_HOSTEL_OR_CAMPSITE'];

function isHoused({ firstNightType }: Sections['accommodation']): boolean {
  return firstNightType != null && !NOT_HOUSED.includes(firstNightType);
}
