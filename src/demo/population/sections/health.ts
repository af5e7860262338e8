import { dayText, instantText, workingDayFrom } from '../calendar.ts';
import { AREAS } from '../names.ts';
import type { SectionInput, SectionValue } from './section.ts';

const CONDITIONS = [
  { diagnosis: 'Asthma', medicine: 'Salbutamol', dose: '100 micrograms', frequency: 'when needed' },
  { diagnosis: 'Depression', medicine: 'Sertraline', dose: '50 mg', frequency: 'once a day' },
  { diagnosis: 'Hypertension', medicine: 'Amlodipine', dose: '5 mg', frequency: 'once a day' },
  { diagnosis: 'Type 2 diabetes', medicine: 'Metformin', dose: '500 mg', frequency: 'twice a day' },
  { diagnosis: 'Epilepsy', medicine: 'Levetiracetam', dose: '500 mg', frequency: 'twice a day' },
] as const;

export function health({ person, life, today, random }: SectionInput): SectionValue {
  const { some, chance, int, next } = random('health');
  const conditions = some(CONDITIONS, 0.25);
  const release = life.standing.releaseDate;
  const isArranged = chance(0.7);
  const appointment = release === null ? null : workingDayFrom(release + int(2, 20));
  const draw = next();
  const continuity = conditions.length === 0 ? 'NOT_NEEDED' : isArranged ? 'ARRANGED' : 'NOT_ARRANGED';
  return {
    gpRegistration: draw < 0.55 ? 'REGISTERED' : draw < 0.8 ? 'APPLIED' : 'NOT_STARTED',
    gpPractice: draw < 0.8 ? `${AREAS[person.links.area].name} Road Surgery` : null,
    appointments: continuity,
    nextAppointmentAt:
      continuity === 'ARRANGED' && appointment !== null && appointment >= today
        ? instantText(appointment, int(9, 16), 15)
        : null,
    medication: conditions.length === 0 ? 'NOT_NEEDED' : chance(0.75) ? 'ARRANGED' : 'NOT_ARRANGED',
    medicationInHandDays: conditions.length === 0 ? 0 : int(3, 28),
    riskToLife: life.riskToLife,
    riskToLifeReviewOn: life.riskToLife ? dayText(Math.ceil((today + 1) / 28) * 28) : null,
    diagnoses: conditions.map(({ diagnosis }) => diagnosis),
    medicines: conditions.map(({ medicine, dose, frequency }) => ({ name: medicine, dose, frequency })),
  };
}
