import { expect, test } from 'vitest';
import { caseFile } from '../../src/audit/case-file.ts';
import { correction } from '../../src/audit/correction.ts';
import { incident } from '../../src/audit/incident.ts';
import { asReadBy } from '../../src/audit/reading.ts';
import { type Operation, operation, RELEASES } from './operations.ts';

const LEAD = { partner: 'board', practitioner: 'LEAD-1', isLead: true };
const [OLD, NEW] = ['a'.repeat(64), 'b'.repeat(64)];
const day = (n: number) => `2026-11-0${n}T09:00:00.000Z`;
const shown = ['prison|Custody.releaseDate', 'health|Care.next'];
const refusedBy = { gate: 'relationship', outcome: 'refuse', code: 'NONE', ref: null };

const log: Operation[] = [
  {
    requestId: 'r1',
    partner: 'probation',
    at: day(1),
    people: [{ ref: 'ann', released: shown }],
    common: { policy: OLD },
  },
  { requestId: 'r2', partner: 'housing', at: day(2), people: [{ ref: 'ann', refusedBy }], common: { policy: OLD } },
  {
    requestId: 'r3',
    partner: 'probation',
    at: day(3),
    people: [
      { ref: 'ann', released: ['police|Policing.markers'] },
      { ref: 'bob', released: ['police|Policing.markers'] },
    ],
    common: { policy: NEW },
  },
];
const reads = asReadBy(LEAD, log.flatMap(operation), { closed: new Set(), owned: new Set() }, RELEASES).filter(
  ({ subject }) => subject !== null,
);
const ofAnn = reads.filter(({ subject }) => subject?.ref === 'ann');

test('a case file has every entry in its order, which policy decided when, and which answer was lost', () => {
  const { entries, policies } = caseFile(ofAnn, new Set(['r3']));
  expect(entries.map(({ requestId, outcome, delivered }) => [requestId, outcome, delivered])).toEqual([
    ['r1', 'shown', true],
    ['r2', 'nothing-to-show', true],
    ['r3', 'shown', false],
  ]);
  expect(policies).toEqual([
    { policy: OLD, first: day(1), last: day(2) },
    { policy: NEW, first: day(3), last: day(3) },
  ]);
  expect(caseFile([], new Set())).toEqual({ entries: [], policies: [] });
});

test('an incident names everybody once, with kinds and controllers, and counts each controller’s people', () => {
  const account = reads.filter(({ actor }) => actor?.partner === 'probation');
  expect(incident([...account.slice(0, 1), ...account], RELEASES)).toEqual({
    people: [
      {
        subject: { ref: 'ann', epoch: 1 },
        first: day(1),
        last: day(3),
        times: 3,
        classes: ['care', 'custody', 'policing'],
        controllers: ['health', 'police', 'prison'],
        parts: [
          { partner: 'health', classes: ['care'] },
          { partner: 'police', classes: ['policing'] },
          { partner: 'prison', classes: ['custody'] },
        ],
      },
      {
        subject: { ref: 'bob', epoch: 1 },
        first: day(3),
        last: day(3),
        times: 1,
        classes: ['policing'],
        controllers: ['police'],
        parts: [{ partner: 'police', classes: ['policing'] }],
      },
    ],
    controllers: [
      { partner: 'health', people: 1, classes: ['care'] },
      { partner: 'police', people: 2, classes: ['policing'] },
      { partner: 'prison', people: 1, classes: ['custody'] },
    ],
    refused: 0,
  });
});

test('an incident counts what was refused, and tells nobody of it', () => {
  const account = reads.filter(({ actor }) => actor?.partner === 'housing');
  expect(incident(account, RELEASES)).toEqual({ people: [], controllers: [], refused: 1 });
});

test('a correction lists who received fields of the wrong one’s holders, and no other field', () => {
  expect(correction(ofAnn, new Set(['health', 'police']), new Set(['r3']))).toEqual([
    {
      entry: ofAnn[0]?.id,
      at: day(1),
      requestId: 'r1',
      partner: 'probation',
      practitioner: 'P-1',
      role: 'practitioner',
      purpose: 'RELEASE_PLANNING',
      fields: [{ holder: 'health', field: 'Care.next' }],
      delivered: true,
    },
    expect.objectContaining({
      requestId: 'r3',
      fields: [{ holder: 'police', field: 'Policing.markers' }],
      delivered: false,
    }),
  ]);
  expect(correction(ofAnn, new Set(['housing']), new Set())).toEqual([]);
});

test('a correction names the partner that was told by a message, and nobody there', () => {
  const [read] = ofAnn;
  if (!read) throw new Error('the test has no read');
  const sent = { ...read, recipient: { partner: 'housing', reference: 'R-1' } };
  expect(correction([sent], new Set(['prison']), new Set())).toMatchObject([
    {
      partner: 'housing',
      practitioner: null,
      role: null,
      fields: [{ holder: 'prison', field: 'Custody.releaseDate' }],
    },
  ]);
});
