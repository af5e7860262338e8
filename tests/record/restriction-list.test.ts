import { describe, expect, it } from 'vitest';
import { parseRestrictionList, RestrictionListError, restrictedOn } from '../../src/record/restriction-list.ts';

const OWNER = 'probation-service';
const PERSON = '00000000-0000-4000-8000-000000000001';
const OTHER = '00000000-0000-4000-8000-000000000002';
const HEADER = { kind: 'restriction-list', owner: OWNER, asOf: '2026-05-05T09:00:00Z', count: 1 };
const RECORD = {
  kind: 'restriction',
  person: PERSON,
  type: 'EXCLUSION',
  owner: OWNER,
  accounts: ['probation-service/PRO-0002'],
  from: '2026-01-01',
  until: null,
};

function list(...records: readonly unknown[]): string {
  return lines({ ...HEADER, count: records.length }, ...records);
}

function lines(...values: readonly unknown[]): string {
  return values.map((value) => `${typeof value === 'string' ? value : JSON.stringify(value)}\n`).join('');
}

describe('a list', () => {
  it('is read whole, with lines as any system ends them', () => {
    const full = {
      ...RECORD,
      desks: ['probation-service/PRO-UNIT'],
      unresolved: ['northmere-police'],
      reference: 'L-1',
    };
    const text = list(full, { ...RECORD, person: OTHER }).replaceAll('\n', '\r\n');
    expect(parseRestrictionList(OWNER, text)).toEqual({
      asOf: new Date('2026-05-05T09:00:00Z'),
      restrictions: [full, { ...RECORD, person: OTHER }],
    });
    expect(parseRestrictionList(OWNER, list()).restrictions).toEqual([]);
  });

  it('may say the same twice', () => {
    expect(parseRestrictionList(OWNER, list(RECORD, RECORD)).restrictions).toEqual([RECORD]);
  });

  it('says whom it restricts on a day', () => {
    const parsed = parseRestrictionList(OWNER, list(RECORD, { ...RECORD, person: OTHER, until: '2026-05-04' }));
    expect(restrictedOn(parsed, '2026-05-04')).toEqual(new Set([PERSON, OTHER]));
    expect(restrictedOn(parsed, '2026-05-05')).toEqual(new Set([PERSON]));
  });
});

describe('a record of which only the person can be read closes that person', () => {
  it.each<[string, object, object]>([
    ['accounts that are missing', { accounts: undefined }, {}],
    ['accounts in words', { accounts: 'see the file' }, {}],
    ['an account without its partner', { accounts: ['PRO-0002'] }, {}],
    ['a desk that is none', { desks: ['north'] }, {}],
    ['a type of its own', { type: 'LAO' }, { type: 'RESTRICTION' }],
    ['a first day in words', { from: 'soon' }, { from: '1900-01-01' }],
    ['a last day in words', { until: 'later' }, {}],
    ['a field that nobody knows', { acounts: [] }, {}],
    [
      'no more than the person',
      { type: 1, accounts: 1, from: 1, until: 1 },
      { type: 'RESTRICTION', from: '1900-01-01' },
    ],
  ])('%s', (_, broken, read) => {
    const { kind, ...rest } = RECORD;
    const [closed] = parseRestrictionList(OWNER, list({ ...RECORD, ...broken })).restrictions;
    expect(closed).toEqual({ ...rest, ...read, accounts: null });
  });

  it('keeps the owner’s reference and the last day where they can be read', () => {
    const broken = { ...RECORD, accounts: 1, reference: 'LAO-7', until: '2026-12-31' };
    const [closed] = parseRestrictionList(OWNER, list(broken)).restrictions;
    expect(closed).toMatchObject({ accounts: null, reference: 'LAO-7', until: '2026-12-31' });
  });

  it('as do two that contradict each other, in either order', () => {
    const other = { ...RECORD, accounts: [], until: '2026-12-31' };
    for (const pair of [
      [RECORD, other],
      [other, RECORD],
    ]) {
      const { restrictions } = parseRestrictionList(OWNER, list(...pair));
      expect(restrictions).toEqual([expect.objectContaining({ person: PERSON, accounts: null, until: null })]);
    }
  });
});

describe('a list that cannot be read', () => {
  it.each<[string, string, string, string]>([
    ['nothing', '', 'NOT_A_LIST', 'line 1: a list begins with'],
    ['a facts file', lines(RECORD), 'NOT_A_LIST', 'line 1: a list begins with'],
    ['a page of HTML', '<html>\n', 'NOT_A_LIST', 'line 1: a list begins with'],
    ['somebody else’s', lines({ ...HEADER, owner: 'hmpps-prisons' }, RECORD), 'WRONG_OWNER', 'line 1: owner must be'],
    ['no instant', lines({ ...HEADER, asOf: '2026-05-05' }, RECORD), 'NOT_A_LIST', 'line 1: asOf must be an instant'],
    [
      'an instant that is none',
      lines({ ...HEADER, asOf: '2026-13-05T09:00:00Z' }, RECORD),
      'NOT_A_LIST',
      'line 1: asOf must be an instant',
    ],
    ['no count', lines({ ...HEADER, count: '1' }, RECORD), 'NOT_A_LIST', 'line 1: count must be the number'],
    ['one record missing', lines({ ...HEADER, count: 2 }, RECORD), 'COUNT_DIFFERS', 'count is 2, and 1 records follow'],
    ['one too many', lines(HEADER, RECORD, RECORD), 'COUNT_DIFFERS', 'count is 1, and 2 records follow'],
    ['cut within a line', list(RECORD).slice(0, -20), 'LINE_UNREADABLE', 'line 2: a restriction that names its person'],
    ['a record of nobody', list({ ...RECORD, person: 'X000001' }), 'LINE_UNREADABLE', 'line 2: a restriction that'],
    ['a record of another kind', list({ ...RECORD, kind: 'link' }), 'LINE_UNREADABLE', 'line 2: a restriction that'],
    ['a record of another owner', list({ ...RECORD, owner: 'hmpps-prisons' }), 'WRONG_OWNER', 'line 2: owner must be'],
  ])('%s', (_, text, code, problem) => {
    const error = caught(text);
    expect(error.code).toBe(code);
    expect(error.problems.join('\n')).toContain(problem);
    expect(error.message).toContain('the last good one stays in force');
  });

  it('is told with every line, up to twenty, and with no value', () => {
    const error = caught(list(...Array(30).fill({ ...RECORD, person: 'secret' })));
    expect(error.problems).toHaveLength(20);
    expect(error.message).not.toContain('secret');
  });
});

function caught(text: string): RestrictionListError {
  try {
    parseRestrictionList(OWNER, text);
  } catch (error) {
    if (error instanceof RestrictionListError) return error;
  }
  throw new Error('the list was read');
}
