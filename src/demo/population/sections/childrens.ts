import { dayText, yearOf } from '../calendar.ts';
import { AREAS, fullName } from '../names.ts';
import { POSTS } from '../practitioners.ts';
import type { SectionInput, SectionValue } from './section.ts';

/** Days from one review of a plan to the next. */
const REVIEW_EVERY = 182;

export function childrens({ holder, person, life, today, random, contact }: SectionInput): SectionValue {
  const { int, next, chance, pick } = random('childrens');
  const linkedChildren = int(1, 3);
  const draw = next();
  const plan = draw < 0.4 ? 'NONE' : draw < 0.7 ? 'CHILD_IN_NEED' : draw < 0.9 ? 'CHILD_PROTECTION' : 'LOOKED_AFTER';
  const planFrom = person.timeline.firstRelease - int(400, 700);
  const reviews = Math.floor((today - planFrom) / REVIEW_EVERY) + 1;
  const hasPlan = plan !== 'NONE';
  return {
    plan,
    planFrom: hasPlan ? dayText(planFrom) : null,
    planReviewOn: hasPlan ? dayText(planFrom + reviews * REVIEW_EVERY) : null,
    enquiries: chance(0.6)
      ? [enquiry(planFrom, plan === 'CHILD_PROTECTION', random('enquiry').int(20, 60), today)]
      : [],
    linkedChildren,
    contactRestricted: life.offence === 'SEXUAL' || plan === 'LOOKED_AFTER',
    courtOrders:
      plan === 'LOOKED_AFTER'
        ? [{ type: 'CARE', from: dayText(planFrom) }]
        : chance(0.15)
          ? [{ type: pick(['CHILD_ARRANGEMENTS', 'PROHIBITED_STEPS', 'SUPERVISION']), from: dayText(planFrom) }]
          : [],
    socialWorker: {
      ...contact(holder.code === 'northmere-children' ? POSTS.northmereChildren : POSTS.southdaleChildren),
      team: `${AREAS[holder.code === 'northmere-children' ? 'northmere' : 'southdale'].name} safeguarding team`,
    },
    children: Array.from({ length: linkedChildren }, (_, i) => ({
      name: fullName(random(`child ${i}`), chance(0.5) ? 'FEMALE' : 'MALE'),
      // Under 16, and born when the person was 18 or over.
      yearOfBirth: Math.max(yearOf(person.birth) + 18, yearOf(person.timeline.sentenceStart) - int(1, 12)),
      relationship: pick(['CHILD', 'CHILD', 'CHILD', 'STEPCHILD', 'HOUSEHOLD']),
    })),
  };
}

function enquiry(planFrom: number, isProtection: boolean, days: number, today: number) {
  const closed = planFrom + days;
  return {
    type: isProtection ? 'SECTION_47' : 'SECTION_17',
    state: closed <= today ? 'CLOSED' : 'OPEN',
    openedOn: dayText(planFrom),
    closedOn: closed <= today ? dayText(closed) : null,
  };
}
