import { expect, test } from 'vitest';
import type { Recipient } from '../../src/console/pages/correction/documents.ts';
import { rowsOf, summaryOf, toTell } from '../../src/console/pages/correction/recipients.ts';
import { formOf, readSearch } from '../../src/console/pages/correction/search.ts';

const TOLD = { toldAt: '2026-11-05T10:00:00Z', how: 'EMAIL', partner: 'prison', recordedBy: null };

function recipient(entry: string, changed: Partial<Recipient> = {}): Recipient {
  return {
    ...{ entry, at: '2026-11-03T10:00:00Z', partner: 'probation', practitioner: 'PRO-0001', role: 'officer' },
    ...{ purpose: 'RELEASE_PLANNING', delivered: true, notice: null },
    fields: [
      { holder: 'prison', field: 'Custody.releaseDate' },
      { holder: 'prison', field: 'Custody.releaseType' },
      { holder: 'police', field: 'Policing.markers' },
    ],
    ...changed,
  };
}

const kindsIn = (fields: readonly string[]) => fields.map((field) => field.split('.')[0] ?? field);

test('recipients who have not been told come first, newest first, each with kinds by holder', () => {
  const rows = rowsOf(
    [
      recipient('told', { notice: TOLD, at: '2026-11-04T10:00:00Z' }),
      recipient('old', { at: '2026-11-01T10:00:00Z' }),
      recipient('new', { at: '2026-11-02T10:00:00Z' }),
    ],
    kindsIn,
  );
  expect(rows.map(({ entry }) => entry)).toEqual(['new', 'old', 'told']);
  expect(rows[0]?.received).toEqual([
    { holder: 'prison', kinds: ['Custody'] },
    { holder: 'police', kinds: ['Policing'] },
  ]);
});

test.each([
  [[], 'Nobody received anything of theirs, as far as you may know.'],
  [
    [recipient('a')],
    '1 answer went to 1 practitioner of 1 partner. Nobody has been told that it was of the wrong person.',
  ],
  [
    [
      recipient('a', { notice: TOLD }),
      recipient('b', { practitioner: 'PRO-0002' }),
      recipient('c', { partner: 'housing' }),
    ],
    '3 answers went to 3 practitioners of 2 partners. Of 2 nobody has been told that it was of the wrong person.',
  ],
  [
    [recipient('a', { practitioner: null, notice: TOLD })],
    '1 answer went to 1 partner. It has been put right with whoever received it.',
  ],
])('the summary of %# says who received it and what is left to do', (recipients, summary) => {
  expect(summaryOf(recipients)).toBe(summary);
});

test('what is left to tell is by partner, most first', () => {
  const recipients = [
    recipient('a', { partner: 'housing' }),
    recipient('b'),
    recipient('c'),
    recipient('d', { notice: TOLD }),
  ];
  expect(toTell(recipients)).toEqual([
    { partner: 'probation', entries: ['b', 'c'] },
    { partner: 'housing', entries: ['a'] },
  ]);
});

test('what was typed is read, kept as a form, and read again the same', () => {
  const now = new Date('2026-11-10T12:00:00Z');
  const form = new URLSearchParams([
    ['type', 'CRN'],
    ['value', ' X000000 '],
    ['holders', 'prison'],
    ['holders', 'police'],
    ['from', '1/11/2026'],
    ['to', '3/11/2026 11:40'],
  ]);
  const { search, input, problems } = readSearch(form, now);
  expect(problems).toEqual([]);
  expect(input).toEqual({
    identifier: { type: 'CRN', value: 'X000000' },
    holders: ['prison', 'police'],
    from: '2026-11-01T00:00:00.000Z',
    to: '2026-11-03T11:41:00.000Z',
  });
  expect(readSearch(formOf(search), now)).toEqual({ search, input, problems });
  const empty = readSearch(new URLSearchParams(), now);
  expect([empty.input, empty.problems.map(({ href }) => href)]).toEqual([null, ['#value', '#holders']]);
});
