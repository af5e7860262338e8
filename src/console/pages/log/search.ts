import { randomUUID } from 'node:crypto';
import type { FieldProblem } from '../../fields.ts';
import { AskError, type Page, type PageAnswer, type PageRequest, type Visit } from '../../page.ts';
import { identifierChoices } from '../requests/identifiers.ts';
import { carried, choicesOf, filterWords, pathTo, readSearch, type Search } from './filter.ts';
import { type LogRowEntry, ROW, rowsOf } from './rows.ts';
import { sectionsOf } from './sections.ts';

const SIZE = 50;
const SEARCH = `query SearchLog($filter: LogFilter!, $first: Int, $after: ID) {
  logEntries(filter: $filter, first: $first, after: $after) { entries { ${ROW} } hasNextPage endCursor }
}`;

interface Found {
  readonly entries: readonly LogRowEntry[];
  readonly hasNextPage: boolean;
  readonly endCursor: string | null;
}

export const SEARCH_PAGES: readonly Page[] = [
  { path: '/log', get: search },
  { path: '/log/person', post: searchPerson, formAt: '/log' },
];

/** Newest first; everything asked stands in the URL, but for a person's number. */
async function search(visit: Visit, { query, form }: PageRequest): Promise<PageAnswer> {
  // What somebody had typed when their session ended stands in for what a URL would say.
  const asked = await readSearch(visit, query.size === 0 ? withoutPerson(form) : query);
  const after = query.get('after');
  const { found, problems } = await ask(visit, asked, after);
  const search = carried(asked);
  const older =
    found?.hasNextPage && found.endCursor ? pathTo('/console/log', [...search, ['after', found.endCursor]]) : null;
  return {
    kind: 'page',
    template: 'pages/log/search.njk',
    status: problems.length > 0 ? 400 : 200,
    data: {
      title: 'Access log',
      problems,
      sections: sectionsOf(visit.officer, '/console/log'),
      span: asked.read.typed,
      asked: asked.asked,
      choices: choicesOf(visit.policy, asked.asked),
      hasMore: ['outcome', 'purpose', 'agreement', 'class', 'request', 'partner'].some(
        (name) => asked.asked[name as keyof Search['asked']] !== '',
      ),
      identifiers: identifierChoices(visit),
      person: { type: form.get('type') ?? asked.person?.type ?? '', value: form.get('value') ?? '' },
      isAboutPerson: asked.who !== '',
      said: filterWords(visit.policy, asked),
      carried: search,
      exportKey: randomUUID(),
      withoutPerson: pathTo(
        '/console/log',
        search.filter(([name]) => name !== 'who'),
      ),
      rows: found ? rowsOf(visit, found.entries) : null,
      older,
      newest: after === null ? null : pathTo('/console/log', search),
    },
  };
}

async function ask(
  visit: Visit,
  { filter, problems }: Search,
  after: string | null,
): Promise<{ readonly found: Found | null; readonly problems: readonly FieldProblem[] }> {
  if (filter === null) return { found: null, problems };
  try {
    const { logEntries } = await visit.ask<{ logEntries: Found }>(SEARCH, { filter, first: SIZE, after });
    return { found: logEntries, problems: [] };
  } catch (error) {
    const problem = error instanceof AskError ? problemOf(error, after) : null;
    if (problem === null) throw error;
    return { found: null, problems: [problem] };
  }
}

/** What an officer can do something about. */
export function problemOf({ code, message }: AskError, after: string | null = null): FieldProblem | null {
  switch (code) {
    case 'BAD_IDENTIFIER':
      return { text: message, href: '#value' };
    case 'TOO_COMPLEX':
      return { text: 'That takes too long to look for: ask about fewer days, or add another filter', href: '#from' };
    case 'BAD_USER_INPUT':
      return after === null ? null : { text: 'There is no such page of the log: begin with the newest', href: '#from' };
    default:
      return null;
  }
}

/** A number goes to the visit's own keeping, and the search goes on without it in the URL. */
async function searchPerson(visit: Visit, { form }: PageRequest): Promise<PageAnswer> {
  const [type, value] = ['type', 'value'].map((name) => form.get(name)?.trim() ?? '');
  const asked = await readSearch(visit, withoutPerson(form));
  const who = type && value ? await visit.keep(JSON.stringify({ type, value })) : '';
  return { kind: 'redirect', to: pathTo('/log', carried({ ...asked, who })) };
}

function withoutPerson(form: URLSearchParams): URLSearchParams {
  return new URLSearchParams([...form].filter(([name]) => !['type', 'value', 'who'].includes(name)));
}
