import { dayText, instantText, workingDayFrom } from '../calendar.ts';
import { isTreatmentDue, MEASURED_AFTER } from '../outcomes.ts';
import { POSTS } from '../practitioners.ts';
import type { SectionInput, SectionValue } from './section.ts';

export function treatment({ holder, person, life, today, random, contact }: SectionInput): SectionValue {
  const { some, pick, int, chance } = random('treatment');
  const { referredToTreatmentOn: referredOn, standing } = life;
  const release = standing.releaseDate;
  const isOut = standing.status === 'RELEASED' && release !== null;
  const engagedOn = isOut && person.outcomes.engaged ? release + 2 + (person.index % 19) : null;
  const isEngaged = referredOn !== null && engagedOn !== null && engagedOn <= today;
  const opiates = chance(0.5);
  const weeks = Math.ceil((today + 1) / 14) * 14;
  return {
    referral: referredOn === null ? 'NOT_SENT' : person.outcomes.referral,
    referredOn: dayText(referredOn),
    dueBy: release === null ? null : dayText(release + MEASURED_AFTER.treatment),
    basis: life.treatmentBasis,
    engaged: isEngaged ? true : referredOn !== null && isTreatmentDue(person.timeline, today) ? false : null,
    engagedOn: isEngaged ? dayText(engagedOn) : null,
    nextAppointmentAt: isEngaged ? instantText(workingDayFrom(weeks), int(9, 16), 45) : null,
    keyworker: contact(holder.code === 'northmere-treatment' ? POSTS.northmereTreatment : POSTS.southdaleTreatment),
    substances: [
      ...(opiates ? ['OPIATES'] : ['ALCOHOL']),
      ...some(['BENZODIAZEPINES', 'CANNABIS', 'COCAINE', 'CRACK', 'SYNTHETIC_CANNABINOIDS'], 0.25),
    ],
    prescription: opiates
      ? { medicine: pick(['Methadone', 'Buprenorphine']), doseMilligrams: int(1, 8) * 5, supervised: chance(0.6) }
      : null,
    carePlan: pick([
      'Weekly meetings, and a plan for the days after release.',
      'Group work twice a week; family sessions when wanted.',
      'Reduce use first, then look at work and housing together.',
    ]),
  };
}
