import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { readRecord } from '../../src/gateway/read-record.ts';
import { APPROVALS_FILE, parseApprovals, requireApproval } from '../../src/policy/approvals.ts';
import { PolicyError } from '../../src/policy/load/error.ts';
import { loadBundle } from '../../src/policy/load/load.ts';

const PROJECT = join(import.meta.dirname, '..', '..');
const HASH = 'a1'.repeat(32);
const OTHER = 'b2'.repeat(32);
const HEAD = '| Bundle hash | Approver (role) | Date | Reference |\n| --- | --- | --- | --- |\n';
const ROW = `| ${HASH} | Data protection officer | 2026-10-01 | IGB-2026-14 |\n`;

const file = (text: string) => ({ name: APPROVALS_FILE, text });
const problemsOf = (text: string | null, hash = HASH): string[] => {
  try {
    requireApproval(hash, text === null ? null : file(text));
    return [];
  } catch (error) {
    if (!(error instanceof PolicyError)) throw error;
    return error.message.split('\n');
  }
};

test('the policy that is shipped is approved: a changed one needs another row', async () => {
  const { hash } = await loadBundle(join(PROJECT, 'policies'), await readRecord(join(PROJECT, 'schema')));
  const text = readFileSync(join(PROJECT, 'policies', APPROVALS_FILE), 'utf8');
  // The message is the row to add.
  expect(problemsOf(text, hash)).toEqual([]);
});

describe('the table', () => {
  test.each([
    ['plain', `# Approvals\n\nProse.\n\n${HEAD}${ROW}\nMore prose.\n`],
    ['with the hash as code', `${HEAD}${ROW.replace(HASH, `\`${HASH}\``)}`],
    ['with lines that end as on Windows', `${HEAD}${ROW}`.replaceAll('\n', '\r\n')],
    ['with other rows', `${HEAD}${ROW.replace(HASH, OTHER)}${ROW}`],
    ['with an older approval of the same', `${HEAD}${ROW.replace('2026-10', '2026-09')}${ROW}`],
  ])('%s', (_, text) => {
    expect(problemsOf(text)).toEqual([]);
  });

  test('a hash that it does not name: which, and what row would be right', () => {
    expect(problemsOf(`Prose.\n\n${HEAD}${ROW}`, OTHER)).toEqual([
      `APPROVALS.md:3:1 the policy with the hash ${OTHER} is not approved; once it is, the row that says so is ` +
        `| ${OTHER} | <approver's role> | <YYYY-MM-DD> | <reference> |`,
    ]);
  });

  test.each([
    [null, ['APPROVALS.md:1:1 the file cannot be read']],
    [ROW, ['APPROVALS.md:1:1 there is no table with the head | Bundle hash | Approver (role) | Date | Reference |']],
    [`${HEAD.split('\n')[0]}\n${ROW}`, ['APPROVALS.md:2:1 under the head stands | --- | --- | --- | --- |']],
    [`${HEAD}${ROW}\n${ROW}`, ['APPROVALS.md:5:1 a row that stands outside the table; leave no line between the rows']],
    [`${HEAD}| ${HASH} | DPO | 2026-10-01 |\n`, ['APPROVALS.md:3:1 a row has four cells, between five bars']],
    [
      `${HEAD}${ROW}| ${HASH.slice(1)} |  | 2026-02-30 | |\n`,
      [
        'APPROVALS.md:4:3 a bundle hash is 64 digits and letters a to f, as "throughgate policy check" prints it',
        'APPROVALS.md:4:69 the role that approved it is missing',
        'APPROVALS.md:4:72 a date is a day of the calendar, YYYY-MM-DD',
        'APPROVALS.md:4:85 the reference of the decision is missing',
      ],
    ],
  ])('what is wrong stands in it, all of it: %#', (text, expected) => {
    expect(problemsOf(text)).toEqual(expected);
  });

  test('one bad row and nothing is approved', () => {
    expect(problemsOf(`${HEAD}${ROW}| x | y | z | w |\n`).length).toBeGreaterThan(0);
    expect(parseApprovals(file(`${HEAD}${ROW}`)).approvals).toEqual([
      { hash: HASH, approver: 'Data protection officer', date: '2026-10-01', reference: 'IGB-2026-14' },
    ]);
  });
});
