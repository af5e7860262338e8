import { type DayNumber, dayText } from './calendar.ts';
import type { ObjectionFact, PermissionFact } from './fact.ts';
import { type HolderCode, includes } from './holders.ts';
import type { Life } from './life.ts';
import type { Person } from './person.ts';

const HOUSING: readonly HolderCode[] = ['northmere-housing', 'southdale-housing'];

/** To whom a person ordinarily lets health and treatment data go. */
const ORDINARY_RECIPIENTS = ['prison-service', 'probation-service'];

/** Every type of partner that could be told: people of a trait have given them all, or taken them all back. */
const ALL_RECIPIENTS = [
  ...ORDINARY_RECIPIENTS,
  'police-force',
  'childrens-authority',
  'benefits-department',
  'health-service',
  'treatment-service',
  'housing-authority',
  'accommodation-provider',
];

/** Days before the anchor on which a permission that was taken back ended. */
const WITHDRAWN_BEFORE = 7;

/** Agreements to be referred, permissions for confidential data to go further, and treatment that is a condition. */
export function permissionFacts(person: Person, uuid: string, life: Life, anchor: DayNumber): PermissionFact[] {
  const withdrawn = dayText(anchor - WITHDRAWN_BEFORE);
  const permission = (
    type: string,
    holder: string | null,
    recipientType: string | null,
    from: DayNumber,
    isWithdrawn: boolean,
  ): PermissionFact => {
    const until = isWithdrawn ? withdrawn : null;
    return { kind: 'permission', person: uuid, type, holder, recipientType, from: dayText(from), until };
  };
  const { agreedToReferOn, confidentiality } = life;
  const facts: PermissionFact[] = [];
  if (agreedToReferOn !== null) {
    const isWithdrawn = confidentiality === 'WITHDRAWN' && agreedToReferOn < anchor - WITHDRAWN_BEFORE;
    for (const holder of HOUSING.filter((code) => includes(person.links.linked, code))) {
      facts.push(permission('AGREEMENT_TO_REFER', holder, null, agreedToReferOn, isWithdrawn));
    }
  }
  if (confidentiality !== 'NEVER') {
    const recipients = person.trait === null ? ORDINARY_RECIPIENTS : ALL_RECIPIENTS;
    for (const recipientType of recipients) {
      facts.push(permission('CONFIDENTIALITY', null, recipientType, anchor - 60, confidentiality === 'WITHDRAWN'));
    }
  }
  if (life.treatmentBasis !== 'VOLUNTARY' && includesTreatment(person)) {
    facts.push(permission('TREATMENT_CONDITION', null, null, anchor - 60, false));
  }
  return facts;
}

function includesTreatment({ links }: Person): boolean {
  return includes(links.linked, 'northmere-treatment') || includes(links.linked, 'southdale-treatment');
}

/** The people of the trait objected to their address being shared, and it was upheld. */
export function* objectionFacts(person: Person, uuid: string, anchor: DayNumber): Generator<ObjectionFact> {
  if (person.trait !== 'objection') return;
  yield {
    kind: 'objection',
    person: uuid,
    holder: null,
    recipientType: null,
    dataClass: 'accommodation.address',
    decidedBy: 'IGL-0001',
    from: dayText(anchor - 30),
    until: null,
  };
}
