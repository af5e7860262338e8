import type { FieldProblem } from '../../fields.ts';
import { AskError, type Page, type PageAnswer, type PageRequest, type Visit } from '../../page.ts';
import { identifierChoices } from '../requests/identifiers.ts';
import { PERSON_DOCUMENT, type PersonData } from './documents.ts';
import { kindsOf, USUAL_KINDS } from './kinds.ts';
import { createRow, summaryOf, unexplainedFirst } from './rows.ts';
import { formOf, type ReadSearch, readSearch, type Search } from './search.ts';

/** Who saw, or tried to see, some kinds of one person's information between two days. */
export const PERSON_PAGES: readonly Page[] = [
  {
    path: '/person',
    get: async (visit, { query, form }) => {
      const kept = await keptUnder(visit, query.get('again') ?? '');
      const typed = [...form].length > 0 || kept === null ? form : formOf(kept);
      return ask(visit, read(visit, typed), []);
    },
    post: search,
  },
  { path: '/person/:search', get: show },
];

/** Rows on one page: more are told of by their number. */
const MOST = 500;

async function search(visit: Visit, { form }: PageRequest): Promise<PageAnswer> {
  const typed = read(visit, form);
  if (typed.problems.length > 0) return ask(visit, typed, typed.problems);
  return { kind: 'redirect', to: `/person/${await visit.keep(JSON.stringify(typed.search))}` };
}

/** Somebody of whom the officer may not know, somebody nobody looked at and nobody: all of them are this page without rows. */
async function show(visit: Visit, { parts }: PageRequest): Promise<PageAnswer> {
  const handle = parts['search'] ?? '';
  const kept = await keptUnder(visit, handle);
  if (kept === null) return ask(visit, read(visit, new URLSearchParams()), [GONE], 404);
  const typed = read(visit, formOf(kept));
  const { type, value, kinds: chosen } = typed.search;
  if (typed.span === null || typed.problems.length > 0) return ask(visit, typed, typed.problems);
  const kinds = kindsOf(visit.policy).filter(({ code }) => chosen.includes(code));
  const dataClasses = [...new Set(kinds.flatMap(({ classes }) => classes))];
  const { from, to } = typed.span;
  const input = { identifier: { type, value }, from: from.toISOString(), to: to.toISOString(), dataClasses };
  const found = await entriesOf(visit, input);
  if ('problem' in found) return ask(visit, typed, [found.problem]);
  const row = createRow(visit.policy, new Set(dataClasses));
  const rows = unexplainedFirst(found.entries.map(({ entry, delivered }) => row(entry, delivered)));
  return {
    kind: 'page',
    template: 'pages/person/found.njk',
    data: {
      title: 'Who looked at one person',
      again: `/console/person?again=${handle}`,
      label: visit.policy.identifiers.get(type)?.label ?? type,
      search: typed.search,
      kinds: kinds.map(({ text }) => text),
      summary: rows.length > 0 ? summaryOf(rows) : null,
      rows: rows.slice(0, MOST),
      notShown: Math.max(0, rows.length - MOST),
      officer: visit.officer,
    },
  };
}

const GONE: FieldProblem = {
  text: 'A search is kept for one visit only, and for whoever made it: enter the number again',
  href: '#value',
};

function read(visit: Visit, form: URLSearchParams): ReadSearch {
  return readSearch(visit, form, identifierChoices(visit));
}

/** The form, with what was typed. */
function ask(visit: Visit, { search }: ReadSearch, problems: readonly FieldProblem[], status = 400): PageAnswer {
  const kinds = kindsOf(visit.policy).map(({ code, text }) => ({ value: code, text }));
  return {
    kind: 'page',
    template: 'pages/person/ask.njk',
    status: problems.length > 0 ? status : 200,
    data: {
      title: 'Person',
      problems,
      search,
      identifiers: identifierChoices(visit),
      kinds: kinds.filter(({ value }) => USUAL_KINDS.includes(value)),
      others: kinds.filter(({ value }) => !USUAL_KINDS.includes(value)),
      hasOthers: search.kinds.some((code) => !USUAL_KINDS.includes(code)),
      kindsProblem: problems.find(({ href }) => href === '#kinds') ?? null,
      officer: visit.officer,
    },
  };
}

async function entriesOf(
  visit: Visit,
  input: object,
): Promise<NonNullable<PersonData['caseFile']> | { readonly problem: FieldProblem }> {
  try {
    const { caseFile } = await visit.ask<PersonData>(PERSON_DOCUMENT, { input });
    return caseFile ?? { entries: [] };
  } catch (error) {
    if (!(error instanceof AskError)) throw error;
    if (error.code === 'BAD_IDENTIFIER') return { problem: { text: error.message, href: '#value' } };
    if (error.code === 'TOO_COMPLEX') return { problem: { text: error.message, href: '#from' } };
    throw error;
  }
}

async function keptUnder(visit: Visit, handle: string): Promise<Search | null> {
  const kept = handle === '' ? null : await visit.recall(handle);
  return kept === null ? null : readKept(kept);
}

/** Other pages keep other things under their handles. */
function readKept(kept: string): Search | null {
  try {
    const { type, value, from, to, kinds } = JSON.parse(kept) as Partial<Search>;
    const isSearch = type !== undefined && value !== undefined && from !== undefined && to !== undefined;
    return isSearch && Array.isArray(kinds) ? { type, value, from, to, kinds } : null;
  } catch {
    return null;
  }
}
