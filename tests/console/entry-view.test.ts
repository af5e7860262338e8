import { beforeAll, describe, expect, test } from 'vitest';
import type { Entry, Evidence } from '../../src/console/pages/entry/documents.ts';
import { entryView } from '../../src/console/pages/entry/view.ts';
import type { LogStatus, Verification } from '../../src/console/pages/proof/documents.ts';
import { commandOf, verdictOf, verificationWords, witnessWords } from '../../src/console/pages/proof/view.ts';
import { readRecord } from '../../src/gateway/read-record.ts';
import type { Bundle } from '../../src/policy/bundle.ts';
import { loadBundle } from '../../src/policy/load/load.ts';

let policy: Bundle;
beforeAll(async () => {
  policy = await loadBundle('policies', await readRecord('schema'));
});

const ENTRY: Entry = {
  id: '0b5a5b06-0000-4000-8000-000000000000',
  at: '2026-11-03T14:07:00.000Z',
  kind: 'disclosure',
  processing: 'disclosure',
  side: 'LEAD',
  own: false,
  node: 'gateway-1',
  requestId: null,
  trace: null,
  network: null,
  partner: 'probation-service',
  practitioner: 'PRO-0001',
  role: 'probation-practitioner',
  client: null,
  purpose: 'RELEASE_PLANNING',
  outcome: 'shown',
  subject: 'A'.repeat(43),
  subjects: null,
  shown: null,
  reasons: [],
  relationship: null,
  explanation: null,
  agreements: [],
  basis: [],
  classes: [],
  released: ['hmpps-prisons|Custody.releaseDate'],
  withheld: [],
  recipient: null,
  breakGlass: null,
  deed: null,
  reason: null,
  until: null,
  field: null,
  from: null,
  to: null,
  found: null,
};

const APPROVAL = { policy: 'f'.repeat(64), approver: null, approvedOn: null, reference: null };

function viewOf(entry: Partial<Entry>, more: Partial<Evidence> = {}) {
  const inclusion = { state: 'NOT_YET_SIGNED', key: '' } as Evidence['inclusion'];
  return entryView(
    { entry: { ...ENTRY, ...entry }, others: [], approval: null, rules: [], inclusion, ...more },
    policy,
  );
}

describe('an entry in words', () => {
  test.each<[string, Partial<Entry>, RegExp]>([
    ['shown', {}, /^PRO-0001, probation practitioner at .+, was shown 1 field\.$/],
    ['nothing of one’s own', { released: [], partner: null, role: null }, /^PRO-0001 was shown nothing of yours\.$/],
    ['told to another', { recipient: 'northmere-police' }, /^.+, by what PRO-0001, .+ did, was shown 1 field\.$/],
    ['refused', { kind: 'refusal', outcome: 'nothing-to-show' }, /asked about somebody, and was shown nothing\.$/],
    ['a refused request', { kind: 'refusal', subject: null, outcome: 'PURPOSE_REQUIRED' }, /Refused: no purpose\.$/],
    ['break-glass', { kind: 'break-glass', outcome: 'granted' }, /asked to break the glass\. Granted\.$/],
    ['a search', { kind: 'search' }, /looked into the log\.$/],
    ['the gateway’s own', { kind: 'start', practitioner: null, partner: null, role: null }, /^Gateway started\.$/],
  ])('%s', (_, entry, words) => {
    expect(viewOf(entry).verdict).toMatch(words);
  });

  test('says of each field what was so then and what is today', () => {
    const reason = { gate: 'permission', outcome: 'refuse', text: 'It waits.' };
    const told = { field: 'Health.medication', holder: 'health-service', told: 'NOT_SHARED', reason };
    const rule = { holder: 'hmpps-prisons', shown: true, now: 'NEVER', agreements: [], text: 'No.' } as const;
    const { shown, withheld } = viewOf(
      { released: ['hmpps-prisons|Custody.releaseDate', 'hmpps-prisons|Custody.state', 'Gap.rule'], withheld: [told] },
      {
        rules: [
          { ...rule, field: 'Custody.releaseDate' },
          { ...rule, field: 'Custody.state' },
          { ...rule, field: told.field, holder: told.holder, shown: false, now: 'DEPENDS', text: 'If.' },
        ],
      },
    );
    expect(shown).toMatchObject([
      {
        isOverturned: true,
        why: null,
        parts: [{ name: 'Custody', fields: [{ words: 'release date' }, { words: 'state' }] }],
      },
      { holder: 'The gateway itself', today: null, parts: [{ name: 'Gap', fields: [{ coordinate: 'Gap.rule' }] }] },
    ]);
    expect(withheld).toMatchObject([{ isOverturned: false, why: 'It waits.', todayText: 'If.' }]);
    expect(withheld[0]?.told).toBe('That it is not shared in this case');
  });

  test('names fields as people do, what is alike in one row', () => {
    const rule = { holder: null, shown: true, now: 'ALWAYS', agreements: [], text: '' } as const;
    const fields = ['Person.identifiers:CRN', 'Person.domesticAbuse'];
    const { shown } = viewOf(
      { released: fields, agreements: ['X-1'] },
      { rules: fields.map((field) => ({ ...rule, field })) },
    );
    expect(shown).toMatchObject([
      {
        why: 'Under X-1.',
        parts: [
          { name: 'Numbers', fields: [{ words: policy.identifiers.get('CRN')?.label }] },
          { name: 'Whole sections', fields: [{ words: 'domestic abuse' }] },
        ],
      },
    ]);
  });

  test('puts gates in the order in which they are evaluated, what it does not know last', () => {
    const reasons = ['link', 'somewhat-new', 'partner', 'break-glass'].map((gate) => ({
      gate,
      outcome: 'pass',
      text: '',
    }));
    const request = { id: '', kind: 'request', outcome: 'answered', subject: null };
    const others = [{ ...request, reasons: [{ gate: 'role', outcome: 'pass', text: '' }] }];
    expect(viewOf({ reasons }, { others }).gates.map(({ name }) => name)).toEqual([
      'Partner',
      'Role',
      'Break-glass',
      'Link',
      'Somewhat-new',
    ]);
  });

  test('says what codes stand for', () => {
    const reasons = [
      { gate: 'purpose', outcome: 'pass', text: 'The role may declare the purpose RELEASE_PLANNING (XY-1).' },
    ];
    const label = policy.purposes.get('RELEASE_PLANNING')?.label;
    expect(viewOf({ reasons }).gates[0]?.text).toBe(`The role may declare the purpose “${label}” (XY-1).`);
    const relationship = {
      type: 'SUPERVISION_ALLOCATION',
      evidence: 'A-1',
      assertedBy: 'probation-service:allocations',
    };
    expect(viewOf({ relationship }).relationship).toBe(
      `${policy.relationships.get('SUPERVISION_ALLOCATION')?.label}, asserted by Probation Service (allocations), evidence A-1`,
    );
  });

  test('says whether a policy is approved, and whether it still is the rule', () => {
    const said = (listed: boolean, inForce: boolean) =>
      viewOf({}, { approval: { ...APPROVAL, listed, inForce } }).policy;
    expect(said(true, true)).toEqual(['It is the policy in force: the rule is still the rule.']);
    const [unlisted, other] = said(false, false);
    expect(unlisted).toMatch(/^It is not on the list of approvals/);
    expect(other).toMatch(/^Another policy is in force now\./);
  });
});

const CHECK: Verification = {
  reference: 'r',
  state: 'GOOD',
  startedAt: ENTRY.at,
  finishedAt: ENTRY.at,
  partner: 'probation-service',
  checked: 1_200,
  of: 1_200,
  problem: null,
  entry: null,
};
const STATUS: LogStatus = {
  key: 'log.example+0+A',
  olderKeys: [],
  size: 1_200,
  checkpoint: null,
  at: null,
  witnesses: [],
  need: null,
  witnessed: null,
  latest: null,
  finished: CHECK,
  outside: null,
};
const OUTSIDE = { who: 'Audit', partner: 'probation-service', at: ENTRY.at, size: 3, agrees: false };
const WITNESSES = ['one', 'two'].map((name) => ({ name, key: `${name}+0+B`, size: null, at: null }));

describe('the verdict on the log is the worst that is known', () => {
  test.each<[string, Partial<LogStatus>, boolean, RegExp]>([
    ['good', {}, false, /^Nobody has altered the log: all 1,200 entries were checked at 14:07 on 3 November 2026/],
    [
      'altered',
      { finished: { ...CHECK, state: 'TAMPERED', problem: 'entry 5 is missing', entry: 5 } },
      true,
      /: entry 5 is missing\.$/,
    ],
    [
      'of an unknown key',
      { finished: { ...CHECK, state: 'KEY', problem: 'no key' } },
      true,
      /^Part of the log is signed by a key/,
    ],
    [
      'another than was kept',
      { outside: OUTSIDE },
      true,
      /^The log is not the one that was signed: Audit kept a checkpoint of 3 entries/,
    ],
    ['never checked', { finished: null }, false, /^Nobody has checked/],
  ])('%s', (_, status, isBad, text) => {
    const verdict = verdictOf({ ...STATUS, ...status });
    expect(verdict.isBad).toBe(isBad);
    expect(verdict.text).toMatch(text);
  });

  test('and what came since it was checked is said', () => {
    expect(verdictOf({ ...STATUS, size: 1_201 }).next).toMatch(/^1 entry has come since\./);
  });
});

test.each<[Verification['state'], RegExp]>([
  ['RUNNING', /^1,200 of 1,200 entries checked so far\.$/],
  ['GOOD', /^Nobody has altered/],
  ['TAMPERED', /place 7, counted from 0\.$/],
  ['KEY', /not known here/],
  ['FAILED', /says nothing of the log/],
  ['INTERRUPTED', /says nothing of the log/],
])('a check that is %s', (state, words) => {
  expect(verificationWords({ ...CHECK, state, problem: 'it', entry: 7 })).toMatch(words);
});

test('witnesses are told of, and stand in the command', () => {
  expect(witnessWords(STATUS)).toMatch(/^No witness outside/);
  const witnessed = { ...STATUS, witnesses: WITNESSES, need: 1 };
  expect(witnessWords(witnessed)).toBe('Fewer than 1 of 2 witnesses have signed any of it yet.');
  expect(witnessWords({ ...witnessed, witnessed: 1_199 })).toMatch(/first 1,199 entries\. 1 newer entry waits\.$/);
  expect(commandOf(witnessed)).toBe(
    "npx throughgate audit verify --bundle bundle --key 'log.example+0+A' --since checkpoint.txt --witness 'one+0+B,two+0+B' --need 1",
  );
  expect(commandOf({ ...STATUS, olderKeys: ['x'] })).toContain('--key log.vkey ');
});
