import { canonicalBytes } from '../../src/audit/canonical.ts';
import { type Logged, parseLogged } from '../../src/audit/logged.ts';
import type { RegisterRules } from '../../src/audit/register.ts';

const CLASSES: Readonly<Record<string, string>> = {
  'Custody.releaseDate': 'custody.release',
  'Custody.status': 'custody.location',
  'Risk.overall': 'risk.rosh',
  'Policing.markers': 'policing.markers',
  'Person.identifiers:PNC_ID': 'identifiers.pnc-id',
};

/** A small policy: police information and whatever police use waits, and so do checks. */
export const RULES: RegisterRules = {
  classOf: (field) => CLASSES[field] ?? null,
  recipientWaits: (partner) => !['prison', 'probation', 'housing'].includes(partner),
  purposeWaits: (purpose) => purpose === 'DA_CHECK',
  classWaits: (name) => ['policing.markers', 'identifiers.pnc-id'].includes(name),
  dayOf: (instant) => instant.toISOString().slice(0, 10),
};

let made = 0;

/** A disclosure to a housing officer, read back from its bytes, with some of it changed. */
export function logged({ partner = 'housing', ...facts }: Readonly<Record<string, unknown>>): Logged {
  made += 1;
  const entry = parseLogged(
    canonicalBytes({
      v: 2,
      id: `00000000-0000-4000-8000-${String(made).padStart(12, '0')}`,
      at: '2026-05-04T10:00:00.000Z',
      kind: 'disclosure',
      actor: { practitioner: 'hou-1', partner, role: 'housing-officer' },
      purpose: 'HOUSING_REFERRAL',
      subject: { ref: 'somebody', epoch: 1 },
      released: ['prison|Custody.status'],
      ...facts,
    } as never),
  );
  if (entry === null) throw new Error('that is no entry');
  return entry;
}
