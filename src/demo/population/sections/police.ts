import { type DayNumber, dayText } from '../calendar.ts';
import { telephone } from '../names.ts';
import type { Random } from '../random.ts';
import type { SectionInput, SectionValue } from './section.ts';

type Words = readonly [string, ...string[]];

const KINDS: Words = ['BREACH_OF_ORDER', 'DOMESTIC_CALL_OUT', 'PUBLIC_ORDER', 'THEFT', 'VIOLENCE'];

const SUMMARIES: Words = [
  'Officers attended after a call from a neighbour and spoke to both parties.',
  'Stopped in the town centre and searched.',
  'Seen at an address named in an order.',
  'Arrested after a disturbance outside licensed premises.',
];

/** Two years, over which domestic-abuse incidents are counted. */
const RECENT = 730;

export function policing({ holder, person, life, today, random }: SectionInput): SectionValue {
  const draw = random('policing');
  const { chance, int, pick, some } = draw;
  // Before the sentence, so that it does not depend on which day this is asked.
  const before = (days: number): DayNumber => person.timeline.sentenceStart - int(0, days);
  const incidents = life.domesticAbuseCheck === null || chance(0.4) ? 0 : int(1, 6);
  const lastIncident = person.timeline.firstRelease - int(30, 300);
  const isRecent = incidents > 0 && lastIncident <= today && lastIncident > today - RECENT;
  return {
    domesticAbuse: {
      level: incidents === 0 ? 'NONE_RECORDED' : pick(['STANDARD', 'STANDARD', 'MEDIUM', 'HIGH']),
      basis: pick(['FACT', 'ASSESSMENT']),
      incidentsInTwoYears: isRecent ? incidents : 0,
      lastIncidentOn: incidents > 0 && lastIncident <= today ? dayText(lastIncident) : null,
      marac: incidents > 3,
    },
    markers: some(['DRUGS', 'FIREARMS', 'GANG', 'SELF_HARM', 'VIOLENT', 'WEAPONS'], 0.12).map((code) => ({
      code,
      basis: pick(['FACT', 'ASSESSMENT']),
      from: dayText(before(1500)),
    })),
    asSuspect: times(int(0, 3), () => ({
      kind: pick(KINDS),
      part: pick(['SUSPECT', 'CHARGED', 'CONVICTED']),
      basis: 'FACT',
      on: dayText(before(2000)),
      summary: pick(SUMMARIES),
    })),
    asVictim: times(chance(0.25) ? int(1, 2) : 0, () => incident(draw, before(2000))),
    asWitness: times(chance(0.1) ? 1 : 0, () => incident(draw, before(2000))),
    orders: orders(draw, person.timeline.firstRelease, incidents > 0, today),
    bail: times(chance(0.05) ? 1 : 0, () => ({
      basis: 'FACT',
      returnOn: dayText(Math.ceil(today / 28) * 28),
      conditions: some(['CURFEW', 'NO_CONTACT', 'NOT_TO_ENTER', 'RESIDENCE'], 0.5),
    })),
    notificationRequirement: life.offence === 'SEXUAL',
    publicProtectionUnit: {
      name: `Public protection unit, ${holder.code === 'northmere-police' ? 'Northmere' : 'Southdale'} Police`,
      telephone: telephone(holder.code === 'northmere-police' ? 210 : 220),
    },
  };
}

function incident({ pick }: Random, on: DayNumber) {
  return { kind: pick(KINDS), basis: pick(['FACT', 'ASSESSMENT']), on: dayText(on) };
}

function orders({ pick, int, chance }: Random, release: DayNumber, hasIncidents: boolean, today: DayNumber) {
  const from = release - int(10, 200);
  const isBound = hasIncidents && chance(0.5);
  if (!isBound || from > today) return [];
  const type = pick(['DAPO', 'NON_MOLESTATION', 'RESTRAINING', 'STALKING_PROTECTION']);
  return [{ type, basis: 'FACT', from: dayText(from), until: dayText(from + int(365, 1095)) }];
}

function times<T>(count: number, make: () => T): T[] {
  return Array.from({ length: count }, make);
}
