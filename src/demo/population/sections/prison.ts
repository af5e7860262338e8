import { type DayNumber, dayText, workingDayUpTo } from '../calendar.ts';
import type { OffenceCategory } from '../life.ts';
import { fullName, PRISONS, WOMENS_PRISONS } from '../names.ts';
import { handoverOn, type Outcomes } from '../outcomes.ts';
import { POSTS } from '../practitioners.ts';
import type { Random } from '../random.ts';
import type { SectionInput, SectionValue } from './section.ts';

export function identity({ person, life, random }: SectionInput): SectionValue {
  const { next, chance, pick, some } = random('identity');
  const draw = next();
  return {
    name: life.name,
    dateOfBirth: dayText(person.birth),
    aliases: draw < 0.2 ? [fullName(random('alias'), person.outcomes.sex)] : [],
    sex: person.outcomes.sex,
    ethnicity: person.outcomes.ethnicity,
    interpreterLanguage: chance(0.06) ? pick(['Arabic', 'Polish', 'Romanian', 'Somali', 'Vietnamese']) : null,
    literacySupport: chance(0.3),
    accessNeeds: chance(0.12)
      ? some(['BRITISH_SIGN_LANGUAGE', 'GROUND_FLOOR', 'HEARING_LOOP', 'LARGE_PRINT', 'QUIET_ROOM', 'STEP_FREE'], 0.3)
      : [],
    // Its reasons stay where they are; some of these are of no consequence, so that the flag alone tells nothing.
    contactFirst: life.riskToLife || life.riskToStaff || chance(0.1),
  };
}

const OFFENCES: Readonly<Record<OffenceCategory, readonly [string, ...string[]]>> = {
  ACQUISITIVE: ['Theft from a shop', 'Burglary of a dwelling', 'Handling stolen goods'],
  DRUGS: ['Supply of a Class A drug', 'Possession with intent to supply a Class B drug'],
  DRIVING: ['Dangerous driving', 'Driving while disqualified'],
  PUBLIC_ORDER: ['Affray', 'Breach of a criminal behaviour order'],
  SEXUAL: ['Sexual assault', 'Exposure'],
  VIOLENCE: ['Assault occasioning actual bodily harm', 'Wounding', 'Controlling or coercive behaviour'],
  WEAPONS: ['Possession of a bladed article', 'Possession of an imitation firearm'],
  OTHER: ['Criminal damage', 'Perverting the course of justice'],
};

export function custody({ person, life, today, random, contact }: SectionInput): SectionValue {
  const { timeline, outcomes } = person;
  const { standing } = life;
  const { pick, chance } = random('custody');
  const handover = handoverOn(timeline);
  const releaseTypes = [timeline.releaseType, 'PRRD'];
  const isSecond = standing.status === 'RECALLED' || standing.releases.length === 2;
  return {
    establishment: pick(outcomes.sex === 'FEMALE' ? WOMENS_PRISONS : PRISONS),
    status: standing.status,
    sentenceType: timeline.sentenceType,
    sentenceStartDate: dayText(timeline.sentenceStart),
    sentenceLengthDays: timeline.sentenceDays,
    offence: pick(OFFENCES[life.offence]),
    offenceCategory: life.offence,
    releaseDate: dayText(standing.releaseDate),
    releaseType: isSecond ? 'PRRD' : timeline.releaseType,
    releases: standing.releases.map((day, i) => ({ date: dayText(day), type: releaseTypes[i] })),
    offenderManager: { ...contact(POSTS.prisonOffenderManager), team: 'Offender management unit' },
    handoverDate: dayText(handover),
    handover: handover === null ? null : handoverState(handover, outcomes.handoverMissed, today),
    handoverMeeting: handover === null ? null : handoverMeeting(random('handover'), handover, outcomes, today),
    earlyRelease: earlyRelease(random('early release')),
    identityDocuments: identityDocuments(random('documents'), today),
    bankAccount: chance(0.55) ? 'READY' : pick(['NOT_STARTED', 'APPLIED', 'APPLIED', 'REFUSED']),
  };
}

function handoverState(handover: DayNumber, missed: boolean, today: DayNumber) {
  if (handover <= today) return missed ? 'MISSED' : 'HELD';
  return handover - 28 <= today ? 'DUE' : 'NOT_DUE';
}

/** One meeting in ten was held without one of the three who should be there. Ours. */
function handoverMeeting(
  { chance, pick }: Random,
  handover: DayNumber,
  { handoverMissed }: Outcomes,
  today: DayNumber,
) {
  const absent = chance(0.1) ? pick(['person', 'prisonManager', 'communityManager']) : null;
  if (handover > today || handoverMissed) return null;
  const came = (who: string) => who !== absent;
  return {
    on: dayText(workingDayUpTo(handover)),
    personCame: came('person'),
    prisonManagerCame: came('prisonManager'),
    communityManagerCame: came('communityManager'),
  };
}

/** Decided for four in five, whatever the day: the release date can still move. Ours. */
function earlyRelease({ chance, pick }: Random) {
  const decided = pick([
    'APPLIED',
    'APPLIED',
    'EXCEPTION_DAY_IS_FIXED',
    'EXCEPTION_NO_PLACE_EARLIER',
    'EXCEPTION_RISK',
  ]);
  return chance(0.8) ? decided : null;
}

function identityDocuments({ pick, int, some }: Random, today: DayNumber) {
  return some(['BIRTH_CERTIFICATE', 'CITIZEN_CARD', 'DRIVING_LICENCE', 'PASSPORT'], 0.4).map((type) => {
    const state = pick(['READY', 'READY', 'APPLIED', 'NOT_STARTED']);
    const days = int(60, 3000);
    // Whole years, so that a document's last day does not move with the day it is asked about.
    const expires = state === 'READY' && type !== 'BIRTH_CERTIFICATE';
    return { type, state, expiryDate: expires ? dayText(Math.floor(today / 3650) * 3650 + 3650 + days) : null };
  });
}
