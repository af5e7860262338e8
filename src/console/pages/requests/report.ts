import { londonDay } from '../../../record/london.ts';
import { type FieldProblem, readDay, slashed } from '../../fields.ts';
import { AskError, type Page, type PageAnswer, type PageRequest, type Visit } from '../../page.ts';
import { REPORT_DOCUMENT } from './documents.ts';
import { chosenType, identifierChoices } from './identifiers.ts';

/** What a person is told of who used their information, to be printed. */
export const REPORT_PAGES: readonly Page[] = [
  {
    path: '/requests/report',
    get: async (visit, { form }) => ask(visit, form, []),
    post: async (visit, { form }) => {
      const { input, problems } = readForm(visit, form);
      if (input === null) return ask(visit, form, problems);
      // The number must stand in no URL: what follows carries a handle.
      return { kind: 'redirect', to: `/requests/report/${await visit.keep(JSON.stringify(input))}` };
    },
  },
  { path: '/requests/report/:handle', get: show },
];

interface ReportInput {
  readonly identifier: { readonly type: string; readonly value: string };
  readonly from: string;
  readonly to: string;
}

function readForm(visit: Visit, form: URLSearchParams): { input: ReportInput | null; problems: FieldProblem[] } {
  const value = form.get('value')?.trim() ?? '';
  const [from, to] = [readDay(form.get('from') ?? ''), readDay(form.get('to') ?? '')];
  const problems = [
    ...(value === '' ? [{ text: 'Enter the number by which your partner knows the person', href: '#value' }] : []),
    ...(from === null ? [{ text: '“From” must be a real day, such as 3/11/2026', href: '#from' }] : []),
    ...(to === null ? [{ text: '“To” must be a real day, such as 3/11/2026', href: '#to' }] : []),
    ...(from !== null && to !== null && from > to ? [{ text: '“To” must not be before “From”', href: '#to' }] : []),
  ];
  if (from === null || to === null || problems.length > 0) return { input: null, problems };
  const type = chosenType(form.get('type'), identifierChoices(visit));
  return { input: { identifier: { type, value }, from, to }, problems };
}

function ask(visit: Visit, form: URLSearchParams, problems: readonly FieldProblem[]): PageAnswer {
  const today = londonDay(visit.now);
  const yearAgo = `${Number(today.slice(0, 4)) - 1}${today.slice(4)}`.replace(/02-29$/, '02-28');
  const choices = identifierChoices(visit);
  return {
    kind: 'page',
    template: 'pages/requests/report-form.njk',
    status: problems.length > 0 ? 400 : 200,
    data: {
      title: 'Report for a person: who used their information',
      problems,
      choices: choices.map((each) => ({ ...each, selected: each.value === chosenType(form.get('type'), choices) })),
      typed: {
        value: form.get('value') ?? '',
        from: form.get('from') ?? slashed(yearAgo),
        to: form.get('to') ?? slashed(today),
      },
    },
  };
}

async function show(visit: Visit, { parts }: PageRequest): Promise<PageAnswer> {
  const kept = await visit.recall(parts['handle'] ?? '');
  if (kept === null) return { kind: 'redirect', to: '/requests/report' };
  const input = JSON.parse(kept) as ReportInput;
  try {
    const { subjectReport } = await visit.ask<{ readonly subjectReport: object }>(REPORT_DOCUMENT, { input });
    return {
      kind: 'page',
      template: 'pages/requests/report.njk',
      data: {
        title: 'Who used your information',
        report: subjectReport,
        paragraph: visit.policy.telling.paragraph,
        about: { ...input.identifier, label: visit.policy.identifiers.get(input.identifier.type)?.label ?? '' },
        from: input.from,
        to: input.to,
        drawnUpOn: londonDay(visit.now),
      },
    };
  } catch (error) {
    if (!(error instanceof AskError) || !['BAD_IDENTIFIER', 'BAD_USER_INPUT'].includes(error.code)) throw error;
    const form = new URLSearchParams({
      ...input.identifier,
      from: slashed(input.from),
      to: slashed(input.to),
    });
    return ask(visit, form, [{ text: error.message, href: '#value' }]);
  }
}
