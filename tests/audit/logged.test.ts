import { expect, test } from 'vitest';
import { type OperationFacts, type SubjectOutcome, subjectEntry } from '../../src/audit/entry.ts';
import { parseLogged } from '../../src/audit/logged.ts';
import { actor, NO_PERMISSION, PASS } from './operations.ts';

const AT = new Date('2026-11-22T09:30:00.123Z');
const facts: OperationFacts = {
  requestId: '5b8f6a52-6f5a-4f0e-9d0f-1b6f3f3a7c11',
  trace: '4bf92f3577b34da6a3ce929d0e0e4736',
  network: '192.0.2.1',
  node: 'gateway-1',
  actor: actor('probation'),
  purpose: 'RELEASE_PLANNING',
  policy: 'f'.repeat(64),
  operation: { name: null, hash: 'a'.repeat(64) },
};
const outcome: SubjectOutcome = {
  subject: { ref: 'p'.repeat(43), epoch: 2 },
  outcome: 'shown',
  reasons: [PASS],
  relationship: { type: 'SUPERVISION_ALLOCATION', evidence: 'ALLOC-1', assertedBy: 'allocation-feed' },
  agreements: ['AGREED-prison'],
  basis: ['POWER-prison'],
  classes: ['custody'],
  breakGlass: null,
  sections: [{ section: 'custody', holder: 'prison', status: 'AVAILABLE', asked: true }],
  released: ['prison|Custody.releaseDate'],
  withheld: [{ field: 'Policing.markers', holder: 'police', reason: NO_PERMISSION, told: 'NOT_SHARED' }],
};
const bytes = (content: unknown) => Buffer.from(typeof content === 'string' ? content : JSON.stringify(content));

test('an entry is read back as it was written', () => {
  const { id, body } = subjectEntry(AT, facts, outcome);
  expect(parseLogged(body)).toMatchObject({ v: 2, id, at: AT.toISOString(), kind: 'disclosure', ...facts, ...outcome });
});

test('an entry of the first version lacks what came later, and is read all the same', () => {
  const { trace, network, node, ...operation } = facts;
  const { basis, classes, breakGlass, withheld, ...rest } = outcome;
  const first = {
    v: 1,
    id: 'x',
    at: AT.toISOString(),
    kind: 'disclosure',
    ...operation,
    ...rest,
    withheld: withheld.map(({ told, ...each }) => each),
  };
  expect(parseLogged(bytes(first))).toMatchObject({
    ...first,
    processing: null,
    trace: null,
    network: null,
    node: null,
    basis: [],
    classes: [],
    breakGlass: null,
    withheld: [{ field: 'Policing.markers', holder: 'police', reason: NO_PERMISSION, told: null }],
  });
});

test('what a later version may add is passed over', () => {
  const later = { v: 3, id: 'x', at: AT.toISOString(), kind: 'something', more: { deep: [1] }, released: ['a|B.c', 7] };
  expect(parseLogged(bytes(later))).toMatchObject({ v: 3, kind: 'something', released: ['a|B.c'] });
});

test.each([
  ['nothing', ''],
  ['no JSON', '{"id":'],
  ['a list', []],
  ['a text', '"entry"'],
  ['null', 'null'],
  ['no id', { at: AT.toISOString(), kind: 'start' }],
  ['no kind', { id: 'x', at: AT.toISOString() }],
  ['no time', { id: 'x', kind: 'start', at: 'soon' }],
])('bytes that are no entry are none: %s', (_, content) => {
  expect(parseLogged(bytes(content))).toBeNull();
});

test('parts that are of another shape are empty', () => {
  const odd = {
    id: 'x',
    at: AT.toISOString(),
    kind: 'disclosure',
    actor: 'somebody',
    subject: { ref: 1 },
    reasons: [null, { gate: 'view' }, PASS],
    withheld: [{ field: 'A.b' }, 'c'],
    sections: {},
    counts: [],
    status: '200',
  };
  expect(parseLogged(bytes(odd))).toMatchObject({
    actor: null,
    subject: null,
    reasons: [PASS],
    withheld: [],
    sections: [],
    counts: null,
    status: null,
  });
});
