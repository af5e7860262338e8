import { expect, test } from 'vitest';
import type { CaseHead, FlagCase } from '../../src/console/pages/flags/documents.ts';
import { aboutWords, ageOf, flagsOf, headOf, historyOf, refusalWords } from '../../src/console/pages/flags/words.ts';
import { buildBundle } from '../../src/policy/load/load.ts';
import { record, texts } from '../policy/load/real.ts';

const policy = buildBundle(texts, record);
const NOW = new Date('2026-11-22T12:00:00Z');
const HEAD: CaseHead = {
  reference: 'r',
  about: 'PRACTITIONER',
  partner: 'probation-service',
  practitioner: 'PRO-0001',
  relationship: null,
  subject: null,
  state: 'OPEN',
  summary: '',
  openedAt: '2026-11-20T11:00:00Z',
  dueAt: '2026-11-22T11:59:59Z',
  firstDay: '2026-11-01',
  lastDay: '2026-11-02',
  accesses: 2,
  assignedTo: null,
  outcome: null,
  barred: null,
};

test('whom a case is about is told as its kind has it', () => {
  const nobody = { partner: null, practitioner: null, relationship: null, subject: null };
  expect(aboutWords(HEAD, 'PRACTITIONER', policy)).toBe('PRO-0001, Probation Service');
  expect(aboutWords({ ...nobody, subject: 'ABCDEFGHIJ' }, 'SUBJECT', policy)).toBe('Person ABCDEFGH in the log');
  const feed = { ...nobody, partner: 'northmere-housing', relationship: 'HOUSING_REFERRAL' };
  expect(aboutWords(feed, 'FEED', policy)).toMatch(/^Feed of Northmere Housing: \S+ /);
});

test.each([
  ['2026-11-22T11:30:00Z', 'less than an hour'],
  ['2026-11-22T11:00:00Z', '1 hour'],
  ['2026-11-21T12:00:01Z', '23 hours'],
  ['2026-11-21T12:00:00Z', '1 day'],
  ['2026-11-02T12:00:00Z', '20 days'],
  ['2026-11-23T12:00:00Z', 'less than an hour'],
])('what was opened at %s is %s old', (openedAt, age) => {
  expect(ageOf(openedAt, NOW)).toBe(age);
});

test('a case is overdue while it is open, and its state says who has it and what was found', () => {
  const state = (more: Partial<CaseHead>) => {
    const { isOverdue, stateText } = headOf({ ...HEAD, ...more }, NOW, policy);
    return [isOverdue, stateText];
  };
  expect(state({})).toEqual([true, 'Nobody has it']);
  expect(state({ dueAt: '2026-11-22T12:00:00Z', assignedTo: 'IGO-0002' })).toEqual([false, 'With IGO-0002']);
  expect(state({ state: 'CONFIRMING' })).toEqual([true, 'Waits for a second officer to agree']);
  expect(state({ state: 'CLOSED', outcome: 'FEED_FAULT' })).toEqual([false, 'Closed: fault of the feed']);
});

test('every rule of policy has its name on a flag, and one that is gone keeps its code', () => {
  const flag = {
    id: 'f',
    day: '2026-11-01',
    partner: 'probation-service',
    practitioner: 'PRO-0001',
    relationship: null,
  };
  const rest = { subject: null, sentence: '', evidence: [], considered: [], entries: [] };
  const rules = [...policy.flags.rules.keys(), 'GONE'];
  const flags = flagsOf({ flags: rules.map((rule) => ({ ...flag, ...rest, rule })) }, policy);
  expect(flags.map(({ label }) => label)).toEqual([
    ...[...policy.flags.rules.values()].map(({ label }) => label),
    'GONE',
  ]);
  expect(flags[0]?.who).toBe('PRO-0001, Probation Service');
});

test('what was done with a case is told in sentences', () => {
  const at = '2026-11-20T11:00:00Z';
  const history: FlagCase['history'] = [
    { at, by: null, step: 'OPENED', detail: null },
    { at, by: 'IGO-0001', step: 'ASSIGNED', detail: 'IGO-0002' },
    { at, by: 'IGO-0002', step: 'PROPOSED', detail: 'MISCONDUCT_REFERRED' },
  ];
  expect(historyOf({ history }).map(({ text }) => text)).toEqual([
    'Opened, by the gateway',
    'Given to IGO-0002, by IGO-0001',
    'Proposed to close: referred as misconduct, by IGO-0002',
  ]);
});

test('every refusal says what to do instead', () => {
  const codes = ['NOT_OPEN', 'OWN_ACCESS', 'OWN_LINE', 'OWN_PROPOSAL', 'VERSION_CONFLICT', null];
  expect(new Set(codes.map(refusalWords)).size).toBe(codes.length);
});
