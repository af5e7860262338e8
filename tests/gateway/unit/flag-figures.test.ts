import { describe, expect, test } from 'vitest';
import { NOBODY } from '../../../src/audit/entry.ts';
import { type Logged, parseLogged } from '../../../src/audit/logged.ts';
import type { Access } from '../../../src/flags/types.ts';
import { asTold, withoutStranger } from '../../../src/gateway/flags/as-told.ts';
import { startCount } from '../../../src/gateway/flags/count.ts';
import { neighboursOf } from '../../../src/gateway/flags/neighbours.ts';

const AT = '2026-05-05T10:00:00.000Z';

function entry(kind: string, change: Partial<Record<keyof Logged, unknown>> = {}): Logged {
  const actor = { ...NOBODY, partner: 'north', practitioner: 'A', role: 'officer' };
  const body = {
    v: 2,
    id: 'e',
    at: AT,
    kind,
    requestId: 'r',
    actor,
    purpose: 'PLANNING',
    subject: { ref: 's', epoch: 1 },
    ...change,
  };
  const logged = parseLogged(Buffer.from(JSON.stringify(body)));
  if (logged === null) throw new Error('not an entry');
  return logged;
}

const reason = (code: string) => ({ gate: 'permission', outcome: 'refuse', code, ref: null });

describe('figures', () => {
  const counted = (...operations: readonly (readonly Logged[])[]) => {
    const count = startCount((subject) => subject === 'apart', {
      agreements: new Map([['AG-1', { holders: ['south', 'east', 'north'], classes: ['a', 'b'] }]]),
      classOf: (coordinate) => coordinate.split('.')[1] ?? null,
    });
    for (const operation of operations) count.operation(operation);
    return count
      .figures()
      .map(({ measure, partner, key, dataClass, count: times }) =>
        [measure, partner, key, ...(dataClass === null ? [] : [dataClass]), times].join(' '),
      );
  };

  test('of a look that showed something: purpose, outcome, agreements by class, and what holders withheld', () => {
    const shown = entry('disclosure', {
      outcome: 'shown',
      agreements: ['AG-1', 'AG-2'],
      classes: ['a', 'c'],
      withheld: [
        { field: 'T.f', holder: 'south', reason: reason('NO_PERMISSION'), told: null },
        { field: 'T.g', holder: null, reason: reason('NO_PERMISSION'), told: null },
      ],
    });
    expect(counted([entry('request', { subject: null, outcome: 'answered' }), shown], [shown])).toEqual([
      'AGREEMENT_USES north AG-1 2',
      'AGREEMENT_USES north AG-1 a 2',
      'AGREEMENT_USES north AG-2 2',
      'ACCESSES north PLANNING 2',
      'OUTCOMES north shown 2',
      'WITHHELD south NO_PERMISSION 2',
    ]);
  });

  test('of what was given under an agreement: to each holder what others had of theirs, by its own classes', () => {
    const released = ['north|T.b', 'south|T.a', 'south|T.c', 'west|T.a'];
    const shown = entry('disclosure', { outcome: 'shown', agreements: ['AG-1'], classes: ['a', 'b', 'c'], released });
    expect(counted([shown]).filter((each) => each.startsWith('AGREEMENT'))).toEqual([
      'AGREEMENT_USES north AG-1 1',
      'AGREEMENT_USES north AG-1 a 1',
      'AGREEMENT_USES north AG-1 b 1',
      'AGREEMENT_GIVEN south AG-1 1',
      'AGREEMENT_GIVEN south AG-1 a 1',
    ]);
  });

  test('of a refusal: what was told, and why', () => {
    const refused = entry('refusal', { outcome: 'nothing-to-show', reasons: [reason('NONE')] });
    const whole = entry('refusal', { subject: null, outcome: 'PURPOSE_NOT_ALLOWED' });
    expect(counted([refused], [whole])).toEqual([
      'ACCESSES north PLANNING 1',
      'OUTCOMES north nothing-to-show 1',
      'REFUSALS north NOTHING_TO_SHOW 1',
      'REFUSED_BECAUSE north NONE 1',
      'REFUSALS north PURPOSE_NOT_ALLOWED 1',
    ]);
  });

  test('of a message: its recipient uses the agreement, and nobody looked', () => {
    const message = entry('disclosure', { outcome: 'shown', agreements: ['AG-1'], recipient: { partner: 'south' } });
    expect(counted([message])).toEqual(['AGREEMENT_USES south AG-1 1']);
  });

  test('of break-glass: granted or refused', () => {
    expect(
      counted([entry('break-glass', { outcome: 'granted' }), entry('break-glass', { outcome: 'refused' })]),
    ).toEqual(['BREAK_GLASS north GRANTED 1', 'BREAK_GLASS north REFUSED 1']);
  });

  test('SHARE-06 whoever stands apart is in none, nor is an operation about nobody else', () => {
    const apart = entry('refusal', { subject: { ref: 'apart', epoch: 1 }, outcome: 'nothing-to-show' });
    const request = entry('refusal', { subject: null, outcome: 'WITHHELD_REFUSED' });
    expect(counted([request, apart])).toEqual([]);
    expect(counted([request, apart, entry('disclosure', { outcome: 'shown' })])).toEqual([
      'ACCESSES north PLANNING 1',
      'OUTCOMES north shown 1',
      'REFUSALS north WITHHELD_REFUSED 1',
    ]);
  });

  test.each([
    ['2026-05-05T16:00:00Z', 'SAME_DAY'],
    ['2026-05-06T09:00:00Z', 'UP_TO_2_DAYS'],
    ['2026-05-09T09:00:00Z', 'UP_TO_5_DAYS'],
    ['2026-05-14T09:00:00Z', 'UP_TO_10_DAYS'],
    ['2026-05-16T09:00:00Z', 'LONGER'],
  ])('an answer at %s took %s', (answeredAt, key) => {
    const count = startCount(() => false, { agreements: new Map(), classOf: () => null });
    const times = { requestedAt: new Date(AT), answeredAt: new Date(answeredAt) };
    count.turnaround({ responder: 'south', person: 'p', ...times });
    expect(count.figures()).toMatchObject([{ measure: 'CHECK_TURNAROUND', partner: 'south', key, count: 1 }]);
  });
});

describe('what rules are given of a practitioner’s accesses', () => {
  test('AUDIT-03 of what was withheld, what was told', () => {
    const withheld = [
      { field: 'T.f', holder: null, reason: reason('NO_PERMISSION'), told: 'WITHHELD' },
      { field: 'T.g', holder: null, reason: reason('NO_PERMISSION'), told: null },
    ];
    expect(asTold(entry('disclosure', { withheld })).withheld.map((each) => each.reason.gate)).toEqual(['WITHHELD']);
  });

  test('SHARE-04 a stranger who was not shown is like nobody', () => {
    const access = { kind: 'refusal', shown: false, reasons: [reason('NONE')] } as unknown as Access;
    expect(withoutStranger(access, false).reasons).toMatchObject([{ gate: 'relationship', code: 'UNKNOWN' }]);
    expect(withoutStranger(access, true)).toBe(access);
    const shown = { ...access, shown: true };
    expect(withoutStranger(shown, false)).toBe(shown);
  });
});

test.each([
  ['none', /^[A-Z]\d{4}[A-Z]{2}$/, 'A1234BC', ['A1233BC', 'A1235BC']],
  ['none', /^[A-Z]\d{4}[A-Z]{2}$/, 'A0000BC', ['A0001BC']],
  ['none', /^[A-Z]\d{4}[A-Z]{2}$/, 'A9999BC', ['A9998BC']],
  ['none', /^HA-\d{7}$/, 'HA-0000100', ['HA-0000099', 'HA-0000101']],
  ['nhs-mod-11', /^\d{10}$/, '9990000018', ['9989999996', '9990000026']],
  ['none', /^[A-Z]+$/, 'ABC', []],
] as const)('the numbers next to one with check %s', (check, pattern, value, expected) => {
  expect(neighboursOf({ check, pattern }, value)).toEqual(expected);
});

test('a check letter follows its digits', () => {
  const policy = { check: 'pnc-letter', pattern: /^\d{4}\/\d{7}[A-HJ-NP-RT-Z]$/ } as const;
  const found = neighboursOf(policy, '2099/0000000F');
  expect(found).toHaveLength(1);
  expect(found[0]).toMatch(/^2099\/0000001[A-Z]$/);
  expect(neighboursOf(policy, found[0] ?? '')).toContain('2099/0000000F');
});
