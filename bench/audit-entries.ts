import { createHash, randomUUID } from 'node:crypto';
import { type Actor, requestEntry, type StoredEntry, subjectEntry } from '../src/audit/entry.ts';

const SUBJECTS = 5_000;
const PRACTITIONERS = 300;

/** What one answered operation about one person leaves: a request, and a disclosure of thirty fields of seven holders. */
export function entriesOfOperation(n: number): [StoredEntry, StoredEntry] {
  const at = new Date();
  const operation = {
    requestId: randomUUID(),
    trace: null,
    network: '127.0.0.1',
    node: 'bench',
    actor: actor(n % PRACTITIONERS),
    purpose: 'RELEASE_PLANNING',
    policy: POLICY,
    operation: { name: 'Plan', hash: OPERATION },
  };
  const passed = (gate: string, ref: string | null) => ({ gate, outcome: 'pass', code: 'OK', ref });
  return [
    requestEntry(at, operation, {
      outcome: 'answered',
      status: 200,
      reasons: [passed('token', null), passed('role', 'probation-practitioner'), passed('purpose', 'RELEASE_PLANNING')],
      sources: HOLDERS,
      counts: { subjects: 1, shown: 1, considered: 1 },
    }),
    subjectEntry(at, operation, {
      subject: { ref: PSEUDONYMS[n % SUBJECTS] ?? '', epoch: 1 },
      outcome: 'shown',
      reasons: [passed('restriction', null), passed('relationship', 'SUPERVISION_ALLOCATION'), passed('volume', null)],
      relationship: { type: 'SUPERVISION_ALLOCATION', evidence: `case ${n}`, assertedBy: 'probation-service' },
      agreements: ['HOU-PRB-01', 'POL-PRB-01', 'PRI-PRB-01'],
      basis: ['Criminal Justice Act 2003 s325', 'Offender Management Act 2007 s14'],
      classes: ['custody-dates', 'identity-core', 'risk-level'],
      breakGlass: null,
      sections: HOLDERS.map((holder, place) => ({ section: `section${place}`, holder, status: 'OK', asked: true })),
      released: RELEASED,
      withheld: [
        {
          field: 'Policing.orders',
          holder: 'northmere-police',
          reason: { gate: 'agreement', outcome: 'refuse', code: 'NO_AGREEMENT', ref: null },
          told: 'NO_AGREEMENT',
        },
      ],
    }),
  ];
}

const HOLDERS = ['childrens', 'health', 'housing', 'police', 'prison', 'probation', 'work'].map(
  (name) => `${name}-one`,
);
const RELEASED = Array.from({ length: 30 }, (_, n) => `${HOLDERS[n % 7]}|Section${n % 7}.fieldNumber${n}`).sort();

// What a gateway computed before: here it is the log that is measured.
const POLICY = digest('policy');
const OPERATION = digest('operation');
const PSEUDONYMS = Array.from({ length: SUBJECTS }, (_, n) => digest(`subject ${n}`));
const LOGINS = Array.from({ length: PRACTITIONERS }, (_, n) => digest(`login ${n}`));

function actor(n: number): Actor {
  return {
    practitioner: `PRO-${String(n).padStart(4, '0')}`,
    name: 'A Practitioner',
    subject: LOGINS[n] ?? null,
    issuer: 'https://identity.example',
    role: 'probation-practitioner',
    partner: 'probation-service',
    client: 'case-management',
    tokenId: randomUUID(),
  };
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('base64url');
}
