import { randomUUID } from 'node:crypto';
import type { FieldProblem } from '../../fields.ts';
import type { PageAnswer, PageRequest, Visit } from '../../page.ts';
import { CASE_DOCUMENT, type CaseData } from './documents.ts';
import { BARRED, flagsOf, headOf, historyOf, OUTCOMES, outcomeText } from './words.ts';

/** One case. That there is none, that it is closed to the officer and that it never was are the same page. */
export async function showCase(
  visit: Visit,
  { parts, query, form }: PageRequest,
  problems: readonly FieldProblem[],
): Promise<PageAnswer> {
  const reference = parts['reference'] ?? '';
  const { flagCase } = await visit.ask<CaseData>(CASE_DOCUMENT, { reference });
  if (flagCase === null) {
    return { kind: 'page', template: 'pages/flags/none.njk', status: 404, data: { title: 'No such case' } };
  }
  const head = headOf(flagCase, visit.now, visit.policy);
  const { allowedNow, barred } = flagCase;
  return {
    kind: 'page',
    template: 'pages/flags/case.njk',
    status: problems.length > 0 ? 400 : 200,
    data: {
      title: head.title,
      problems,
      errors: Object.fromEntries(problems.map(({ text, href }) => [href.slice(1), { text }])),
      case: head,
      flags: flagsOf(flagCase, visit.policy),
      notes: flagCase.notes,
      history: historyOf(flagCase),
      finding: {
        text: outcomeText(flagCase.outcome),
        proposedBy: flagCase.proposedBy,
        closedBy: flagCase.closedBy,
        closedAt: flagCase.closedAt,
      },
      why: barred === null ? null : (BARRED[barred] ?? BARRED['OWN_LINE']),
      may: Object.fromEntries(allowedNow.map((name) => [name, true])),
      outcomes: OUTCOMES.map(({ hint, ...outcome }) => ({ ...outcome, hint: { text: hint } })),
      form: Object.fromEntries(form),
      done: query.get('done'),
      version: flagCase.version,
      key: form.get('key') || randomUUID(),
      officer: visit.officer,
    },
  };
}
