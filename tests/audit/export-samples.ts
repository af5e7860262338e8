import {
  breakGlassEntry,
  NOBODY,
  notDeliveredEntry,
  type OperationFacts,
  requestEntry,
  reviewEntry,
  type StoredEntry,
  type SubjectOutcome,
  searchEntry,
  subjectEntry,
  watchEntry,
} from '../../src/audit/entry.ts';
import { type Logged, parseLogged } from '../../src/audit/logged.ts';
import { exportEntry, keyChangeEntry, lifecycleEntry, policyChangeEntry } from '../../src/audit/own-entry.ts';

/** An entry that has everything that any kind has, and nothing twice. */
export const FULL: Logged = {
  v: 2,
  id: '0e4b7a31-5a7e-4d3c-9a43-5e1f00000001',
  at: '2026-11-22T09:30:00.123Z',
  kind: 'disclosure',
  processing: 'collection',
  node: 'node-7',
  requestId: '5b8f6a52-6f5a-4f0e-9d0f-1b6f3f3a7c11',
  trace: '4bf92f3577b34da6a3ce929d0e0e4736',
  network: '192.0.2.7',
  actor: {
    practitioner: 'PRO-7',
    name: 'Name 7',
    subject: 'sub-7',
    issuer: 'https://issuer-7.example',
    role: 'role-7',
    partner: 'partner-7',
    client: 'client-7',
    tokenId: 'jti-7',
  },
  purpose: 'PURPOSE_7',
  policy: 'f'.repeat(64),
  operation: { name: 'Operation7', hash: 'a'.repeat(64) },
  outcome: 'shown',
  status: 207,
  reasons: [{ gate: 'gate-7', outcome: 'refuse', code: 'CODE_7', ref: 'REF-7' }],
  sources: ['source-7'],
  counts: { subjects: 701, shown: 702, considered: 703 },
  deed: { field: 'deedOf7', ok: true, code: 'DEED_7', reference: 'DEED-REF-7' },
  subject: { ref: 'p'.repeat(43), epoch: 77 },
  relationship: { type: 'TYPE_7', evidence: 'EVIDENCE-7', assertedBy: 'feed-7' },
  agreements: ['AGREEMENT-7'],
  basis: ['BASIS-7'],
  classes: ['class.seven'],
  sections: [{ section: 'section7', holder: 'holder-7', status: 'STATUS_7', asked: true }],
  released: ['holder-7|Type.released7'],
  withheld: [
    {
      field: 'Type.withheld7',
      holder: 'other-7',
      reason: { gate: 'gate-8', outcome: 'refuse', code: 'CODE_8', ref: 'REF-8' },
      told: 'TOLD_7',
    },
  ],
  recipient: { partner: 'recipient-7', reference: 'SENT-7' },
  thirdParties: [{ ref: 'q'.repeat(43), epoch: 78 }],
  breakGlass: 'BG-7',
  reason: 'REASON_7',
  until: '2026-11-22T10:30:00.000Z',
  field: 'field7',
  from: '2026-11-01',
  to: '2026-11-30',
  found: 704,
  format: 'format-7',
  entries: 705,
  entry: '0e4b7a31-5a7e-4d3c-9a43-5e1f00000002',
  reference: 'REFERENCE-7',
  what: 'what-7',
};

const AT = new Date(FULL.at);
const operation: OperationFacts = {
  requestId: FULL.requestId ?? '',
  trace: FULL.trace,
  network: FULL.network,
  node: 'node-7',
  actor: FULL.actor ?? NOBODY,
  purpose: FULL.purpose,
  policy: FULL.policy ?? '',
  operation: { name: null, hash: 'a'.repeat(64) },
};
const request = {
  outcome: 'answered',
  status: 200,
  reasons: [],
  sources: [],
  counts: { subjects: 1, shown: 1, considered: 1 },
};
const shown: SubjectOutcome = {
  ...{
    reasons: [],
    relationship: FULL.relationship,
    agreements: ['A-1'],
    basis: [],
    classes: ['class.seven'],
    breakGlass: null,
  },
  ...{ sections: [], released: FULL.released, withheld: [] },
  subject: { ref: 'p'.repeat(43), epoch: 1 },
  outcome: 'shown',
};
const glass = { subject: shown.subject, reasons: [], breakGlass: 'BG-1', reason: 'RISK', text: null, until: null };
const search = {
  subject: null,
  field: 'logEntries',
  from: null,
  to: null,
  found: 0,
  outcome: 'answered',
  reference: null,
};
const review = { subject: null, outcome: 'JUSTIFIED', breakGlass: 'BG-1', entry: null, reference: null, text: null };
const sent = {
  recipient: { partner: 'recipient-7', reference: 'SENT-7' },
  thirdParties: [{ ref: 'q'.repeat(43), epoch: 1 }],
};
const bySystem = {
  ...operation,
  network: null,
  actor: { ...NOBODY, name: 'system', partner: 'partner-7', role: 'role-7' },
};
const nobody = { ...operation, actor: NOBODY, purpose: null, network: null };

/** One of every kind and outcome, as the log has them. */
export const SAMPLES: Readonly<Record<string, Logged>> = Object.fromEntries(
  Object.entries({
    'an answer': requestEntry(AT, operation, request),
    'a deed': requestEntry(AT, operation, {
      ...request,
      deed: { field: 'recordCover', ok: true, code: null, reference: 'C-1' },
    }),
    'a deed refused': requestEntry(AT, operation, {
      ...request,
      deed: { field: 'recordCover', ok: false, code: 'NOT_YOURS', reference: null },
    }),
    'a refusal': requestEntry(AT, operation, { ...request, outcome: 'PURPOSE_NOT_ALLOWED', status: 403 }),
    'a refusal of nobody': requestEntry(AT, nobody, { ...request, outcome: 'UNAUTHENTICATED', status: 401 }),
    'a fault': requestEntry(AT, operation, { ...request, outcome: 'FAULT', status: 500 }),
    'an answer not delivered': notDeliveredEntry(AT, operation, 200),
    'a disclosure': subjectEntry(AT, operation, shown),
    'a disclosure by break-glass': subjectEntry(AT, operation, { ...shown, breakGlass: 'BG-1' }),
    'an explanation of a person': subjectEntry(AT, operation, { ...shown, outcome: 'explained' }),
    'an explanation': requestEntry(AT, operation, { ...request, outcome: 'explained' }),
    'a person not shown': subjectEntry(AT, operation, { ...shown, outcome: 'nothing-to-show' }),
    'what another partner was told': subjectEntry(AT, operation, { ...shown, ...sent }),
    'what another partner was not told': subjectEntry(AT, operation, { ...shown, ...sent, outcome: 'nothing-to-show' }),
    'a look of the gateway’s own': watchEntry(AT, bySystem, shown),
    'a deed of the gateway’s own': watchEntry(AT, bySystem, {
      ...request,
      deed: { field: 'chase', ok: true, code: null, reference: 'C-1' },
    }),
    'a break-glass': breakGlassEntry(AT, operation, { ...glass, outcome: 'granted' }),
    'a break-glass refused': breakGlassEntry(AT, operation, { ...glass, outcome: 'refused' }),
    'a review': reviewEntry(AT, operation, review),
    'a search': searchEntry(AT, operation, search),
    'a search refused': searchEntry(AT, operation, { ...search, subject: shown.subject, outcome: 'TOO_COMPLEX' }),
    'an export': exportEntry(AT, 'node-7', { format: 'csv', from: null, to: null, entries: 3, outcome: 'answered' }),
    'a change of policy': policyChangeEntry(AT, { from: 'f', to: null, outcome: 'refused', node: 'node-7' }),
    'a change of key': keyChangeEntry(AT, 'node-7', { what: 'signing', from: null, to: 'k', reason: 'first' }),
    'a start': lifecycleEntry(AT, 'start', { policy: 'f', node: 'node-7' }),
    'a stop': lifecycleEntry(AT, 'stop', { policy: 'f', node: 'node-7' }),
    'an entry of the first version': firstVersion(subjectEntry(AT, operation, shown)),
  }).map(([what, entry]) => [what, read(entry)]),
);

function read({ body }: Pick<StoredEntry, 'body'>): Logged {
  const entry = parseLogged(body);
  if (entry === null) throw new Error('no entry');
  return entry;
}

/** Without what entries have had only since the second. */
function firstVersion({ body }: StoredEntry): Pick<StoredEntry, 'body'> {
  const {
    v: _v,
    processing: _p,
    node: _n,
    trace: _t,
    network: _w,
    classes: _c,
    basis: _b,
    ...rest
  } = JSON.parse(Buffer.from(body).toString());
  return { body: Buffer.from(JSON.stringify({ ...rest, v: 1 })) };
}
