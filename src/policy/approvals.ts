import { isDay } from '../record/day.ts';
import type { Day } from '../record/facts.ts';
import type { Problem, SourceText } from '../record/problem.ts';
import { PolicyError } from './load/error.ts';

/** Stands in the policy folder, and is no part of what the hash covers. */
export const APPROVALS_FILE = 'APPROVALS.md';

/** One row of the table: governance looked at one bundle, and one bundle only. */
export interface Approval {
  readonly hash: string;
  /** A role, never a person's name. */
  readonly approver: string;
  readonly date: Day;
  /** Where the decision is kept. */
  readonly reference: string;
}

/**
 * Asks the list of approvals for a bundle.
 * @param source the text of the file; null when there is none to read
 * @throws PolicyError when no row names the hash, or the table is not as it should be
 */
export function requireApproval(hash: string, source: SourceText | null): void {
  const { approvals, problems } = source
    ? parseApprovals(source)
    : { approvals: [], problems: [at(1, 1, 'the file cannot be read')] };
  if (problems.length > 0) throw new PolicyError(problems);
  if (approvals.some((approval) => approval.hash === hash)) return;
  const line = (source?.text.split('\n').findIndex((text) => HEAD.test(text)) ?? 0) + 1;
  const row = `| ${hash} | <approver's role> | <YYYY-MM-DD> | <reference> |`;
  throw new PolicyError([
    at(line, 1, `the policy with the hash ${hash} is not approved; once it is, the row that says so is ${row}`),
  ]);
}

/** The rows of the file's one table. Everything around it is prose. */
export function parseApprovals({ name, text }: SourceText): { approvals: Approval[]; problems: Problem[] } {
  const approvals: Approval[] = [];
  const problems: Problem[] = [];
  const lines = text.split(/\r?\n/);
  const head = lines.findIndex((line) => HEAD.test(line));
  const report = (index: number, col: number, message: string) =>
    problems.push({ ...at(index + 1, col, message), file: name });
  if (head < 0) {
    report(0, 1, `there is no table with the head ${HEADING}`);
    return { approvals, problems };
  }
  let ended = false;
  for (const [offset, line] of lines.slice(head + 1).entries()) {
    const index = head + 1 + offset;
    const isRow = line.trimStart().startsWith('|');
    if (offset === 0) {
      if (!RULE.test(line)) report(index, 1, 'under the head stands | --- | --- | --- | --- |');
    } else if (!isRow) ended = true;
    else if (ended) report(index, 1, 'a row that stands outside the table; leave no line between the rows');
    else readRow(line, (col, message) => report(index, col, message), approvals);
  }
  return { approvals, problems };
}

const HEADING = '| Bundle hash | Approver (role) | Date | Reference |';
const HEAD = /^\s*\|\s*Bundle hash\s*\|\s*Approver \(role\)\s*\|\s*Date\s*\|\s*Reference\s*\|\s*$/;
const RULE = /^\s*\|(\s*:?-+:?\s*\|){4}\s*$/;

function readRow(line: string, report: (col: number, message: string) => void, approvals: Approval[]): void {
  const parts = line.split('|');
  if (parts.length !== 6 || parts[5]?.trim() !== '') {
    report(1, 'a row has four cells, between five bars');
    return;
  }
  const cell = (index: number) => {
    const before = parts.slice(0, index).join('|').length + 1;
    const text = parts[index] ?? '';
    // Where the text begins, or for an empty cell where it would.
    const indent = text.trim() === '' ? Math.min(text.length, 1) : text.length - text.trimStart().length;
    return { text: text.trim(), col: before + indent + 1 };
  };
  const [hash, approver, date, reference] = [cell(1), cell(2), cell(3), cell(4)];
  const bare = hash.text.replace(/^`(.*)`$/, '$1');
  const wrong: [number, string][] = [];
  if (!/^[0-9a-f]{64}$/.test(bare))
    wrong.push([hash.col, 'a bundle hash is 64 digits and letters a to f, as "throughgate policy check" prints it']);
  if (approver.text === '') wrong.push([approver.col, 'the role that approved it is missing']);
  if (!isDay(date.text)) wrong.push([date.col, 'a date is a day of the calendar, YYYY-MM-DD']);
  if (reference.text === '') wrong.push([reference.col, 'the reference of the decision is missing']);
  for (const [col, message] of wrong) report(col, message);
  if (wrong.length === 0)
    approvals.push({ hash: bare, approver: approver.text, date: date.text, reference: reference.text });
}

function at(line: number, col: number, message: string): Problem {
  return { file: APPROVALS_FILE, line, col, message };
}
