import { describe, expect, test } from 'vitest';
import {
  breakGlassEntry,
  NOBODY,
  notDeliveredEntry,
  type OperationFacts,
  type RequestFacts,
  requestEntry,
  reviewEntry,
  type StoredEntry,
  type SubjectOutcome,
  searchEntry,
  subjectEntry,
  watchEntry,
} from '../../src/audit/entry.ts';
import { parseLogged } from '../../src/audit/logged.ts';
import {
  exportEntry,
  keyChangeEntry,
  lifecycleEntry,
  policyChangeEntry,
  reviewByCommandEntry,
} from '../../src/audit/own-entry.ts';

const AT = new Date('2026-11-22T09:30:00.123Z');
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[48][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

const operation: OperationFacts = {
  requestId: '5b8f6a52-6f5a-4f0e-9d0f-1b6f3f3a7c11',
  trace: '4bf92f3577b34da6a3ce929d0e0e4736',
  network: '192.0.2.1',
  node: 'gateway-1',
  actor: {
    practitioner: 'PRO-0001',
    name: 'A practitioner',
    subject: 'sub-1',
    issuer: 'https://issuer.example',
    role: 'probation-practitioner',
    partner: 'probation-service',
    client: 'case-tool',
    tokenId: 'jti-1',
  },
  purpose: 'RELEASE_PLANNING',
  policy: 'f'.repeat(64),
  operation: { name: 'Caseload', hash: 'a'.repeat(64) },
};
const request: RequestFacts = {
  outcome: 'answered',
  status: 200,
  reasons: [],
  sources: ['hmpps-prisons'],
  counts: { subjects: 1, shown: 1, considered: 1 },
};
const shown: SubjectOutcome = {
  subject: { ref: 'p'.repeat(43), epoch: 1 },
  outcome: 'shown',
  reasons: [{ gate: 'relationship', outcome: 'pass', code: 'SUPERVISION_ALLOCATION', ref: 'ALLOC-1' }],
  relationship: { type: 'SUPERVISION_ALLOCATION', evidence: 'ALLOC-1', assertedBy: 'allocation-feed' },
  agreements: ['PRI-PRB-01'],
  basis: ['OMA-2007-14'],
  classes: ['release-planning'],
  breakGlass: null,
  sections: [{ section: 'custody', holder: 'hmpps-prisons', status: 'AVAILABLE', asked: true }],
  released: ['hmpps-prisons|Custody.releaseDate'],
  withheld: [
    {
      field: 'Custody.offence',
      holder: null,
      reason: { gate: 'view', outcome: 'refuse', code: 'NOT_IN_VIEW', ref: null },
      told: 'NOT_IN_VIEW',
    },
  ],
};

const glass = {
  subject: shown.subject,
  outcome: 'granted',
  reasons: [],
  breakGlass: 'BG-1',
  reason: 'RISK_TO_LIFE',
  text: { id: 'T-1', commitment: 'c'.repeat(43) },
  until: '2026-11-22T10:30:00.000Z',
} as const;
const deed = { field: 'chase', ok: true, code: null, reference: 'R-1' };
const review = { subject: null, outcome: 'JUSTIFIED', breakGlass: 'BG-1', entry: null, reference: null, text: null };
const search = {
  subject: shown.subject,
  field: 'caseFile',
  from: '2026-11-01',
  to: null,
  found: 3,
  outcome: 'answered',
  reference: null,
};
const exported = { format: 'csv', from: '2026-11-01', to: '2026-11-30', entries: null, outcome: 'answered' };
const erased = {
  outcome: 'TEXT_ERASED',
  entry: 'E-1',
  reference: null,
  from: null,
  to: null,
  reason: 'RETENTION_ENDED',
} as const;
const policyChange = { from: 'f'.repeat(64), to: null, outcome: 'refused' } as const;
const keyChange = { what: 'pseudonym', from: null, to: 'epoch 1 0123456789abcdef', reason: 'first' } as const;

const read = ({ body }: StoredEntry): Record<string, unknown> => JSON.parse(new TextDecoder().decode(body));

/** The columns as an auditor derives them: from the bytes and nothing else. */
function columnsOf(body: Record<string, unknown>) {
  const actor = body['actor'] as { partner: string; practitioner: string } | undefined;
  return {
    id: body['id'],
    at: new Date(body['at'] as string),
    kind: body['kind'],
    requestId: body['requestId'] ?? null,
    partner: actor?.partner ?? null,
    practitioner: actor?.practitioner ?? null,
    subject: (body['subject'] as { ref: string } | undefined)?.ref ?? null,
  };
}

/** What was done, the entry of it, its kind, and the word of the Data Protection Act 2018, section 62(1). */
const entries: readonly (readonly [string, StoredEntry, string, string | null])[] = [
  ['an answered request', requestEntry(AT, operation, request), 'request', 'consultation'],
  [
    'an answer out of several sources',
    requestEntry(AT, operation, { ...request, sources: ['hmpps-prisons', 'probation-service'] }),
    'request',
    'combination',
  ],
  [
    'a mutation',
    requestEntry(AT, operation, {
      ...request,
      sources: [],
      deed: { field: 'recordCover', ok: true, code: null, reference: 'C-1' },
    }),
    'request',
    'alteration',
  ],
  [
    'a refused request',
    requestEntry(AT, operation, { ...request, outcome: 'BAD_IDENTIFIER', status: 400 }),
    'refusal',
    'consultation',
  ],
  [
    'a request from nobody',
    requestEntry(AT, { ...operation, actor: NOBODY, purpose: null }, { ...request, outcome: 'UNAUTHENTICATED' }),
    'refusal',
    'consultation',
  ],
  [
    'an explained request',
    requestEntry(AT, operation, { ...request, outcome: 'explained' }),
    'explanation',
    'consultation',
  ],
  ['an answer that was not delivered', notDeliveredEntry(AT, operation, 200), 'request', null],
  ['a disclosure', subjectEntry(AT, operation, shown), 'disclosure', 'disclosure'],
  [
    'an explained person',
    subjectEntry(AT, operation, { ...shown, outcome: 'explained' }),
    'explanation',
    'consultation',
  ],
  [
    'the constant answer',
    subjectEntry(AT, operation, { ...shown, outcome: 'nothing-to-show' }),
    'refusal',
    'consultation',
  ],
  ['a break-glass', breakGlassEntry(AT, operation, glass), 'break-glass', 'consultation'],
  ['a review', reviewEntry(AT, operation, review), 'review', 'alteration'],
  [
    'a review about somebody',
    reviewEntry(AT, operation, { ...review, subject: shown.subject }),
    'review',
    'alteration',
  ],
  ['a search', searchEntry(AT, operation, search), 'search', 'consultation'],
  ['a search about nobody', searchEntry(AT, operation, { ...search, subject: null }), 'search', 'consultation'],
  ['a look that the gateway took by itself', watchEntry(AT, operation, shown), 'watch', 'consultation'],
  ['what the gateway did by itself', watchEntry(AT, operation, { ...request, deed }), 'watch', 'alteration'],
  ['what it deleted', watchEntry(AT, operation, { ...request, deed }, 'erasure'), 'watch', 'erasure'],
  ['an export', exportEntry(AT, 'n', exported), 'export', 'disclosure'],
  ['a month retired', exportEntry(AT, 'n', { ...exported, format: 'retire' }), 'export', 'erasure'],
  ['a text erased', reviewByCommandEntry(AT, 'n', erased), 'review', 'erasure'],
  [
    'a hold',
    reviewByCommandEntry(AT, 'n', { ...erased, outcome: 'HOLD_PLACED', entry: null, reference: 'H-1', reason: null }),
    'review',
    null,
  ],
  ['a change of policy', policyChangeEntry(AT, { ...policyChange, node: 'n' }), 'policy-change', null],
  ['a change of key', keyChangeEntry(AT, 'n', keyChange), 'key-change', null],
  ['a start', lifecycleEntry(AT, 'start', { policy: 'p', node: 'n' }), 'start', null],
  ['a stop', lifecycleEntry(AT, 'stop', { policy: 'p', node: 'n' }), 'stop', null],
];

test.each(entries)('%s has columns that follow from its bytes', (_what, entry) => {
  const { body: _bytes, ...columns } = entry;
  expect(columns).toEqual(columnsOf(read(entry)));
});

test.each(entries)('%s has an id of its own, the instant it was given and a version', (_what, entry) => {
  expect(read(entry)).toMatchObject({ v: 2, at: '2026-11-22T09:30:00.123Z' });
  expect(entry.id).toMatch(UUID);
  expect(entries.filter(([, { id }]) => id === entry.id)).toHaveLength(1);
});

test.each(entries)(
  '%s says by its kind what happened, and in the words of the Act what was done with data',
  (...[_what, entry, kind, processing]) => {
    expect(entry.kind).toBe(kind);
    expect(read(entry)).toMatchObject({ kind, processing });
  },
);

describe('a body holds what it was given and nothing else', () => {
  test.each([
    ['a request', requestEntry(AT, operation, request), { ...operation, ...request }],
    ['a disclosure', subjectEntry(AT, operation, shown), { ...operation, ...shown }],
    ['a break-glass', breakGlassEntry(AT, operation, glass), { ...operation, ...glass }],
    ['a review', reviewEntry(AT, operation, review), { ...operation, ...review }],
    ['a search', searchEntry(AT, operation, search), { ...operation, ...search }],
    ['a look of its own', watchEntry(AT, operation, shown), { ...operation, ...shown }],
    ['a deed of its own', watchEntry(AT, operation, { ...request, deed }), { ...operation, ...request, deed }],
    ['an export', exportEntry(AT, 'n', exported), { node: 'n', ...exported }],
    ['a text erased', reviewByCommandEntry(AT, 'n', erased), { node: 'n', ...erased }],
    ['a change of policy', policyChangeEntry(AT, { ...policyChange, node: 'n' }), { node: 'n', ...policyChange }],
    ['a change of key', keyChangeEntry(AT, 'n', keyChange), { node: 'n', ...keyChange }],
    ['a start', lifecycleEntry(AT, 'start', { policy: 'p', node: 'n' }), { node: 'n', policy: 'p' }],
  ])('%s', (_what, entry, given) => {
    const { v: _v, id: _id, at: _at, kind: _kind, processing: _processing, blind: _blind, ...rest } = read(entry);
    expect(rest).toEqual(given);
  });

  test('an answer that was not delivered counts nobody: who was told is in the entries before it', () => {
    expect(read(notDeliveredEntry(AT, operation, 200))).toMatchObject({
      ...operation,
      outcome: 'not-delivered',
      status: 200,
      counts: { subjects: 0, shown: 0, considered: 0 },
    });
  });
});

test('SHARE-04 an entry holds what no reader is told: nobody can try guesses against its hash', () => {
  const blinds = [search, { ...search, subject: null }, search].map((facts) => {
    const entry = searchEntry(AT, operation, facts);
    const { blind } = read(entry);
    expect(JSON.stringify(parseLogged(entry.body))).not.toContain(blind);
    return blind;
  });
  for (const blind of blinds) expect(blind).toMatch(UUID);
  expect(new Set(blinds).size).toBe(3);
});

test('AUDIT-01 what cannot be written stably is no entry at all', () => {
  const lone = { ...operation, actor: { ...operation.actor, name: '\ud800' } };
  expect(() => requestEntry(AT, lone, request)).toThrow('$.actor.name: a lone surrogate');
  expect(() => requestEntry(new Date(Number.NaN), operation, request)).toThrow(RangeError);
});
