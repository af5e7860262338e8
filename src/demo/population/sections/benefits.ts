import { instantText, workingDayFrom } from '../calendar.ts';
import { AREAS } from '../names.ts';
import { MEASURED_AFTER } from '../outcomes.ts';
import { POSTS } from '../practitioners.ts';
import { reached } from '../standing.ts';
import type { SectionInput, SectionValue } from './section.ts';

export function employment({ person, life, today, random, contact }: SectionInput): SectionValue {
  const { next, int, some, chance } = random('employment');
  const { standing } = life;
  const { employment: outcome } = person.outcomes;
  const release = standing.releaseDate;
  const isOut = standing.status === 'RELEASED' && release !== null;
  const daysOut = isOut ? today - release : null;
  const barriers = some(['BANK_ACCOUNT', 'IDENTITY', 'ONLINE_ACCOUNT', 'TELEPHONE'], 0.25);
  const claimsAfter = int(0, 6) + (barriers.length > 0 ? 7 : 0);
  const paysAfter = claimsAfter + 35;
  const draw = next();
  return {
    ready: barriers.length === 0,
    claim: claimState(daysOut, claimsAfter, release !== null && release - today <= 84),
    advance: daysOut === null || daysOut < claimsAfter || draw < 0.35 ? 'NOT_ASKED' : draw < 0.9 ? 'PAID' : 'REFUSED',
    barriers: daysOut !== null && daysOut >= paysAfter ? [] : barriers,
    appointmentAt: release === null ? null : instantText(workingDayFrom(release + 1), int(9, 16), 0),
    jobcentre: `${AREAS[person.links.area].name} Jobcentre`,
    workCoach: contact(POSTS.workCoach),
    availableForWork: outcome === 'UNKNOWN' ? null : outcome !== 'UNAVAILABLE_FOR_WORK',
    // Two in three of those in work at six months were so at six weeks; the official measures differ by as much.
    employedAtSixWeeks: measured(person, today, MEASURED_AFTER.sixWeeks, outcome === 'EMPLOYED' && chance(1 / 3)),
    employedAtSixMonths: measured(person, today, MEASURED_AFTER.sixMonths, false),
  };
}

/** Universal Credit cannot be claimed from prison; the claim is prepared in the twelve weeks before. */
function claimState(daysOut: number | null, claimsAfter: number, isPreparing: boolean) {
  if (daysOut === null) return isPreparing ? 'PREPARED' : 'NOT_STARTED';
  if (daysOut < claimsAfter) return 'PREPARED';
  return daysOut < claimsAfter + 35 ? 'SUBMITTED' : 'IN_PAYMENT';
}

function measured(
  { timeline, outcomes }: SectionInput['person'],
  today: number,
  after: number,
  isNotYetInWork: boolean,
) {
  if (!reached(timeline, today, after)) return 'NOT_YET';
  return isNotYetInWork ? 'NOT_EMPLOYED' : outcomes.employment;
}
