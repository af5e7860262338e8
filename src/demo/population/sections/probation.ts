import { dayText, instantText, workingDayFrom } from '../calendar.ts';
import type { CheckDates, Life } from '../life.ts';
import { AREAS, STREETS } from '../names.ts';
import type { CheckOutcome } from '../outcomes.ts';
import type { Person } from '../person.ts';
import { POSTS } from '../practitioners.ts';
import type { SectionInput, SectionValue } from './section.ts';

export function supervision({ person, life, today, random, contact }: SectionInput): SectionValue {
  const { timeline } = person;
  const { standing } = life;
  const { next, int } = random('supervision');
  const team = `${AREAS[person.links.area].name} probation delivery unit`;
  const start = standing.releases.at(-1) ?? timeline.firstRelease;
  const isRecalled = standing.recalledOn !== null && timeline.recall !== null;
  const draw = next();
  return {
    practitioner: { ...contact(POSTS.probationPractitioner), team },
    licenceType: timeline.sentenceDays !== null && timeline.sentenceDays < 730 ? 'AP_PSS' : 'AP',
    licenceStartDate: dayText(start),
    licenceEndDate: dayText(timeline.licenceEnd),
    licenceConditions: licenceConditions(person, life, random('conditions')),
    placementConditions: placementConditions(life, random('placement')),
    firstAppointment: {
      at: instantText(workingDayFrom(start), int(9, 15), 30),
      office: `${AREAS[person.links.area].name} probation office`,
      attendance: attendance(workingDayFrom(start) >= today, draw),
    },
    compliance: standing.status === 'RECALLED' ? 'BREACHED' : isRecalled || draw > 0.8 ? 'WARNED' : 'COMPLYING',
    recallDate: dayText(standing.recalledOn),
    recallType: isRecalled ? timeline.recall.type : null,
    recallReason: isRecalled ? timeline.recall.reason : null,
    checks: [
      ...check('DOMESTIC_ABUSE', person.outcomes.domesticAbuseCheck, life.domesticAbuseCheck),
      ...check('CHILDRENS_SERVICES', person.outcomes.childrensCheck, life.childrensCheck),
    ],
    householdRecordedOn: householdRecordedOn(random('household'), start, today),
  };
}

/** Recorded three to eight weeks before release, of three in four. Ours. */
function householdRecordedOn({ chance, int }: ReturnType<SectionInput['random']>, release: number, today: number) {
  const on = release - int(21, 56);
  return chance(0.75) && on <= today ? dayText(on) : null;
}

function attendance(isAhead: boolean, draw: number) {
  if (isAhead) return 'NOT_YET';
  if (draw < 0.82) return 'ATTENDED';
  return draw < 0.92 ? 'MISSED_ACCEPTABLE' : 'MISSED_UNACCEPTABLE';
}

function check(type: string, needed: CheckOutcome, dates: CheckDates | null) {
  if (needed === null || dates === null) return [];
  const { askedOn, returnedOn, consideredOn } = dates;
  const state = consideredOn ? 'CONSIDERED' : returnedOn ? 'RETURNED' : askedOn ? 'ASKED' : 'NOT_ASKED';
  const [asked, returned, considered] = [dayText(askedOn), dayText(returnedOn), dayText(consideredOn)];
  return [{ type, state, askedOn: asked, returnedOn: returned, consideredOn: considered }];
}

function licenceConditions(
  { links }: Person,
  { offence, treatmentBasis }: Life,
  random: ReturnType<SectionInput['random']>,
) {
  const { chance, pick } = random;
  const { name, towns } = AREAS[links.area];
  const condition = (category: string, text: string, exclusionZone: string | null = null) => ({
    category,
    text,
    exclusionZone,
  });
  const conditions = [condition('STANDARD', 'Be of good behaviour and keep in touch with your supervising officer.')];
  if (treatmentBasis === 'LICENCE_CONDITION') {
    conditions.push(condition('TREATMENT', 'Attend the treatment appointments arranged by your supervising officer.'));
  }
  if (offence === 'SEXUAL') {
    conditions.push(condition('NO_CONTACT_WITH_CHILDREN', 'Have no unsupervised contact with any child under 16.'));
  }
  if (offence === 'VIOLENCE') {
    conditions.push(condition('NO_CONTACT', 'Have no contact with the person named in the schedule.'));
    const zone = `The area of ${pick(towns)} bounded by ${pick(STREETS)} and the railway line`;
    conditions.push(condition('EXCLUSION_ZONE', `Do not enter the zone in ${name} shown on the map.`, zone));
  }
  if (chance(0.3)) conditions.push(condition('RESIDENCE', 'Live where your supervising officer approves.'));
  if (chance(0.15)) conditions.push(condition('CURFEW', 'Stay at your address from 19:00 to 07:00.'));
  if (chance(0.15)) conditions.push(condition('DRUG_TESTING', 'Give samples for testing when asked.'));
  if (chance(0.1)) conditions.push(condition('ALCOHOL_MONITORING', 'Wear an alcohol tag for 90 days.'));
  return conditions;
}

function placementConditions({ offence, riskToStaff }: Life, { chance }: ReturnType<SectionInput['random']>) {
  const conditions: string[] = [];
  if (offence === 'SEXUAL') conditions.push('NO_CHILDREN_IN_HOUSEHOLD', 'NO_SHARED_BEDROOM');
  if (offence === 'VIOLENCE') conditions.push('NOT_IN_SPECIFIED_DISTRICT');
  if (riskToStaff) conditions.push('NO_LONE_STAFF');
  if (chance(0.15)) conditions.push('CURFEW_AT_ADDRESS');
  if (chance(0.08)) conditions.push('SINGLE_SEX');
  if (chance(0.05)) conditions.push('GROUND_FLOOR_NEEDED');
  return conditions;
}

const LEVELS = ['LOW', 'MEDIUM', 'HIGH', 'VERY_HIGH'] as const;

/** Days from one assessment of risk to the next. */
const REVIEW_EVERY = 182;

export function risk({ person, life, today, random }: SectionInput): SectionValue {
  const { int, chance, pick } = random('risk');
  const { offence, mappa, riskToStaff } = life;
  const isGrave = offence === 'SEXUAL' || offence === 'VIOLENCE' || offence === 'WEAPONS';
  const toChildren = offence === 'SEXUAL' ? int(1, 3) : int(0, 1);
  const toPublic = isGrave ? int(1, 2) : int(0, 1);
  const toKnownAdult = offence === 'VIOLENCE' ? int(1, 3) : int(0, 1);
  const toStaff = riskToStaff ? int(1, 2) : 0;
  const toPrisoners = chance(0.1) ? 1 : 0;
  const first = person.timeline.sentenceStart + int(2, 9);
  const assessed = first + Math.max(0, Math.floor((today - first) / REVIEW_EVERY)) * REVIEW_EVERY;
  const overall = Math.max(toChildren, toPublic, toKnownAdult, toStaff, toPrisoners);
  return {
    overall: LEVELS[overall],
    toChildren: LEVELS[toChildren],
    toPublic: LEVELS[toPublic],
    toKnownAdult: LEVELS[toKnownAdult],
    toStaff: LEVELS[toStaff],
    toPrisoners: LEVELS[toPrisoners],
    assessmentType: overall >= 1 || mappa !== null ? 'LAYER_3' : 'LAYER_1',
    assessedOn: dayText(assessed),
    nextReviewOn: dayText(assessed + REVIEW_EVERY),
    mappaCategory: mappa && `CATEGORY_${mappa.category}`,
    mappaLevel: mappa && `LEVEL_${mappa.level}`,
    riskToStaff,
    summary: `Risk is greatest ${pick(['in the first days after release', 'when drinking', 'when without a settled address', 'after arguments at home'])}.`,
    reoffendingScore: int(8, 92),
    seriousRecidivismBand: LEVELS[isGrave ? int(1, 2) : int(0, 1)],
  };
}
