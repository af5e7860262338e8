import { dayText } from '../calendar.ts';
import { FIRST_NIGHTS, type FirstNight, type FirstNightKind } from '../figures.ts';
import { AREAS, STREETS } from '../names.ts';
import { MEASURED_AFTER } from '../outcomes.ts';
import { POSTS } from '../practitioners.ts';
import { reached } from '../standing.ts';
import type { SectionInput, SectionValue } from './section.ts';

/** Nights of temporary accommodation that CAS3 gives. */
const CAS3_NIGHTS = 84;

/** The first night is planned from eight weeks before release. */
const PLANNED_BEFORE = 56;

const SETTLED = namesOf('settled');
const WITHOUT_ADDRESS = namesOf('notHoused');

export function accommodation({ holder, person, life, today, random, contact }: SectionInput): SectionValue {
  const { int, pick } = random('address');
  const { timeline, outcomes, links } = person;
  const { standing, agreedToReferOn } = life;
  const release = standing.releases.at(-1) ?? timeline.firstRelease;
  const isPlanned = release - PLANNED_BEFORE <= today;
  const area = AREAS[holder.area ?? links.area];
  const outward = pick(area.outward);
  const nights = standing.status === 'RELEASED' ? today - release : (standing.recalledOn ?? release) - release;
  const isTemporary = isPlanned && outcomes.firstNight === 'A17_CAS3';
  const address = {
    line: `${int(1, 140)} ${pick(STREETS)}`,
    town: pick<string>(area.towns),
    postcode: `${outward} ${int(1, 9)}${pick(['AB', 'DH', 'LP', 'QR', 'TZ'])}`,
  };
  return {
    firstNightType: isPlanned ? outcomes.firstNight : null,
    firstNightSettled: isPlanned ? SETTLED.has(outcomes.firstNight) : null,
    settledAtThreeMonths: reached(timeline, today, MEASURED_AFTER.threeMonths) ? outcomes.settledAtThreeMonths : null,
    agreedToReferOn: dayText(agreedToReferOn),
    dutyToRefer:
      agreedToReferOn === null ? null : dutyToRefer(`${area.name} Council`, agreedToReferOn, person.index, today),
    temporaryFrom: isTemporary ? dayText(release) : null,
    temporaryNightsUsed: isTemporary ? Math.min(CAS3_NIGHTS, Math.max(0, nights)) : null,
    district: isPlanned ? outward : null,
    address: isPlanned && !WITHOUT_ADDRESS.has(outcomes.firstNight) ? address : null,
    housingOfficer: {
      ...contact(holder.code === 'northmere-housing' ? POSTS.northmereHousing : POSTS.southdaleHousing),
      team: `${area.name} housing options`,
    },
  };
}

/** Two in three referrals are accepted, three weeks after they were sent. */
function dutyToRefer(authority: string, agreedOn: number, index: number, today: number) {
  const referredOn = Math.min(agreedOn + 2, today);
  const outcome = referredOn + 21 > today ? 'PENDING' : index % 3 === 0 ? 'DECLINED' : 'ACCEPTED';
  return { authority, referredOn: dayText(referredOn), outcome };
}

function namesOf(kind: FirstNightKind): ReadonlySet<FirstNight> {
  return new Set(FIRST_NIGHTS[kind].map(([name]) => name));
}
