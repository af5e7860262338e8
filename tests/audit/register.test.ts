import { describe, expect, test } from 'vitest';
import { registerOf } from '../../src/audit/register.ts';
import { logged, RULES } from './uses.ts';

describe('the register of one person', () => {
  test('has a part for each controller whose information was shown, with its classes', () => {
    const entry = logged({
      released: ['Person.id', 'prison|Custody.releaseDate', 'prison|Custody.status', 'probation|Risk.overall'],
    });
    expect(registerOf([entry], RULES)).toEqual([
      {
        entry: entry.id,
        requestId: null,
        at: entry.at,
        day: '2026-05-04',
        recipient: 'housing',
        practitioner: 'hou-1',
        purpose: 'HOUSING_REFERRAL',
        source: 'prison',
        classes: ['custody.location', 'custody.release'],
        because: [],
        deciders: [],
      },
      expect.objectContaining({ source: 'probation', classes: ['risk.rosh'], because: [], deciders: [] }),
    ]);
  });

  test.each([
    ['a police force used it', { partner: 'police' }, ['RECIPIENT'], ['police', 'prison']],
    ['a partner used it that takes no part today', { partner: 'gone' }, ['RECIPIENT'], ['gone', 'prison']],
    ['it was for a check', { purpose: 'DA_CHECK' }, ['PURPOSE'], ['housing', 'prison']],
    ['it was police information', { released: ['police|Policing.markers'] }, ['CLASS'], ['police']],
    ['it was a number that tells something', { released: ['police|Person.identifiers:PNC_ID'] }, ['CLASS'], ['police']],
    ['no class has the field today', { released: ['prison|Custody.former'] }, ['CLASS'], ['prison']],
    ['somebody broke the glass for it', { breakGlass: 'b-1' }, ['BREAK_GLASS'], ['housing', 'prison']],
    [
      'an entry of before has break-glass among its reasons',
      { reasons: [{ gate: 'break-glass', outcome: 'pass', code: 'GRANTED', ref: 'b-1' }] },
      ['BREAK_GLASS'],
      ['housing', 'prison'],
    ],
    ['nothing was shown', { released: ['Person.id'] }, ['REFUSED'], ['housing']],
    ['it was refused', { kind: 'refusal', released: [] }, ['REFUSED'], ['housing']],
    ['it was explained, and not shown', { kind: 'explanation' }, ['REFUSED'], ['housing']],
    ['somebody wanted to break the glass', { kind: 'break-glass' }, ['BREAK_GLASS', 'REFUSED'], ['housing']],
  ])('waits where %s', (_, facts, because, deciders) => {
    expect(registerOf([logged(facts)], RULES)).toEqual([expect.objectContaining({ because, deciders })]);
  });

  test('counts what another partner was told as that partner’s use, and what it was not told as nobody’s', () => {
    const sent = { partner: 'probation', recipient: { partner: 'housing', reference: 'R-1' } };
    expect(registerOf([logged(sent)], RULES)).toEqual([
      expect.objectContaining({ recipient: 'housing', practitioner: null, source: 'prison', deciders: [] }),
    ]);
    const toPolice = logged({ ...sent, recipient: { partner: 'police', reference: 'R-2' } });
    expect(registerOf([toPolice], RULES)).toEqual([
      expect.objectContaining({ recipient: 'police', because: ['RECIPIENT'], deciders: ['police', 'prison'] }),
    ]);
    expect(registerOf([logged({ ...sent, kind: 'refusal', released: [] })], RULES)).toEqual([]);
  });

  test('of one entry, only the part that tells something waits for its controller', () => {
    const entry = logged({ released: ['prison|Custody.status', 'police|Policing.markers'] });
    expect(registerOf([entry], RULES).map(({ source, deciders }) => [source, deciders])).toEqual([
      ['police', ['police']],
      ['prison', []],
    ]);
  });

  test.each(['request', 'review', 'search', 'export', 'start', 'watch'])(
    'has no %s in it: that uses no record',
    (kind) => {
      expect(registerOf([logged({ kind })], RULES)).toEqual([]);
    },
  );

  test('is in the order of time, whatever the order of the entries', () => {
    const entries = ['2026-05-04T09:00:00.000Z', '2026-04-04T09:00:00.000Z', '2026-06-04T09:00:00.000Z'].map((at) =>
      logged({ at }),
    );
    expect(registerOf(entries, RULES).map(({ at }) => at.slice(0, 7))).toEqual(['2026-04', '2026-05', '2026-06']);
    expect(registerOf(entries.toReversed(), RULES)).toEqual(registerOf(entries, RULES));
  });
});
