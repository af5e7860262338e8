import { describe, expect, test } from 'vitest';
import {
  lifecycleEntry,
  NOBODY,
  type OperationFacts,
  type RequestFacts,
  requestEntry,
  type StoredEntry,
  type SubjectOutcome,
  subjectEntry,
} from '../../src/audit/entry.ts';

const AT = new Date('2026-11-22T09:30:00.123Z');
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

const operation: OperationFacts = {
  requestId: '5b8f6a52-6f5a-4f0e-9d0f-1b6f3f3a7c11',
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
  sections: [{ section: 'custody', holder: 'hmpps-prisons', status: 'AVAILABLE', asked: true }],
  released: ['hmpps-prisons|Custody.releaseDate'],
  withheld: [
    {
      field: 'Custody.offence',
      holder: null,
      reason: { gate: 'view', outcome: 'refuse', code: 'NOT_IN_VIEW', ref: null },
    },
  ],
};

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

const entries: readonly (readonly [string, StoredEntry])[] = [
  ['an answered request', requestEntry(AT, operation, request)],
  ['a refused request', requestEntry(AT, operation, { ...request, outcome: 'BAD_IDENTIFIER', status: 400 })],
  [
    'a request from nobody',
    requestEntry(AT, { ...operation, actor: NOBODY, purpose: null }, { ...request, outcome: 'UNAUTHENTICATED' }),
  ],
  ['a disclosure', subjectEntry(AT, operation, shown)],
  ['the constant answer', subjectEntry(AT, operation, { ...shown, outcome: 'nothing-to-show' })],
  ['a start', lifecycleEntry(AT, 'start', { policy: 'p', node: 'n' })],
  ['a stop', lifecycleEntry(AT, 'stop', { policy: 'p', node: 'n' })],
];

test.each(entries)('%s has columns that follow from its bytes', (_what, entry) => {
  const { body: _bytes, ...columns } = entry;
  expect(columns).toEqual(columnsOf(read(entry)));
});

test.each(entries)('%s has an id of its own, the instant it was given and a version', (_what, entry) => {
  expect(read(entry)).toMatchObject({ v: 1, at: '2026-11-22T09:30:00.123Z' });
  expect(entry.id).toMatch(UUID);
  expect(entries.filter(([, { id }]) => id === entry.id)).toHaveLength(1);
});

describe('the kind says what happened', () => {
  test.each([
    ['an answered request', 'request'],
    ['a refused request', 'refusal'],
    ['a request from nobody', 'refusal'],
    ['a disclosure', 'disclosure'],
    ['the constant answer', 'refusal'],
    ['a start', 'start'],
    ['a stop', 'stop'],
  ])('%s is a %s', (what, kind) => {
    expect(entries.find(([name]) => name === what)?.[1].kind).toBe(kind);
  });
});

describe('a body holds what it was given and nothing else', () => {
  test('a request', () => {
    const { v: _v, id: _id, at: _at, kind: _kind, ...rest } = read(requestEntry(AT, operation, request));
    expect(rest).toEqual({ ...operation, ...request });
  });

  test('a disclosure', () => {
    const { v: _v, id: _id, at: _at, kind: _kind, ...rest } = read(subjectEntry(AT, operation, shown));
    expect(rest).toEqual({ ...operation, ...shown });
  });

  test('a start', () => {
    const {
      v: _v,
      id: _id,
      at: _at,
      kind: _kind,
      ...rest
    } = read(lifecycleEntry(AT, 'start', { policy: 'p', node: 'n' }));
    expect(rest).toEqual({ policy: 'p', node: 'n' });
  });
});

test('AUDIT-01 what cannot be written stably is no entry at all', () => {
  const lone = { ...operation, actor: { ...operation.actor, name: '\ud800' } };
  expect(() => requestEntry(AT, lone, request)).toThrow('$.actor.name: a lone surrogate');
  expect(() => requestEntry(new Date(Number.NaN), operation, request)).toThrow(RangeError);
});
