import type { Bundle } from '../../../policy/bundle.ts';
import { londonDay } from '../../../record/london.ts';
import { slashed } from '../../fields.ts';
import { AskError, type Page, type PageAnswer, type PageRequest, type Visit } from '../../page.ts';
import { countWords } from '../../words.ts';
import { filterWords, PLAIN_FIELDS, pathTo, readSearch, type Search } from './filter.ts';
import { sectionsOf } from './sections.ts';

const LIST = `query SavedSearches {
  savedSearches { reference name days partner kind outcome purpose agreement dataClass }
}`;
const SAVE = `mutation SaveSearch($input: SaveSearchInput!) { saveSearch(input: $input) { ok code } }`;
const DELETE = `mutation DeleteSearch($input: DeleteSavedSearchInput!) { deleteSavedSearch(input: $input) { ok } }`;
const DAY_MILLISECONDS = 86_400_000;

interface Saved {
  readonly reference: string;
  readonly name: string;
  readonly days: number;
  readonly partner: string | null;
  readonly kind: string | null;
  readonly outcome: string | null;
  readonly purpose: string | null;
  readonly agreement: string | null;
  readonly dataClass: string | null;
}

export const SAVED_PAGES: readonly Page[] = [
  { path: '/log/saved', get: (visit, { form }) => list(visit, form, []), post: save },
  { path: '/log/saved/delete', post: remove, formAt: '/log/saved' },
];

async function list(
  visit: Visit,
  form: URLSearchParams,
  problems: readonly { readonly text: string; readonly href: string }[],
): Promise<PageAnswer> {
  const { savedSearches } = await visit.ask<{ savedSearches: readonly Saved[] }>(LIST);
  // What was typed in vain goes on being a search to save.
  const pending = form.has('name') ? await readSearch(visit, form) : null;
  return {
    kind: 'page',
    template: 'pages/log/saved.njk',
    status: problems.length > 0 ? 400 : 200,
    data: {
      title: 'Saved searches',
      problems,
      sections: sectionsOf(visit.officer, '/console/log/saved'),
      saved: savedSearches.map((search) => shownOf(visit.policy, search, visit.now)),
      pending: pending && { name: form.get('name') ?? '', carried: [...form].filter(([name]) => name !== 'name') },
    },
  };
}

/** A saved search with the link that runs it up to today. */
export function shownOf(policy: Bundle, { reference, name, days, ...filter }: Saved, now: Date) {
  const { dataClass, ...plain } = filter;
  const fields = Object.entries({ ...plain, class: dataClass }).flatMap(([key, value]): [string, string][] =>
    value === null ? [] : [[key, value]],
  );
  const none = {
    practitioner: '',
    request: '',
    partner: '',
    kind: '',
    outcome: '',
    purpose: '',
    agreement: '',
    class: '',
  };
  const asked: Search['asked'] = { ...none, ...Object.fromEntries(fields) };
  const from = slashed(londonDay(new Date(now.getTime() - (days - 1) * DAY_MILLISECONDS)));
  return {
    reference,
    name,
    said: [
      days === 1 ? 'Today' : `The last ${countWords(days, 'day', 'days')}`,
      ...filterWords(policy, { asked, person: null }),
    ],
    href: pathTo('/console/log', [['from', from], ['to', slashed(londonDay(now))], ...fields]),
  };
}

/** Keeps what of the search is about nobody, for as many days as it spans. */
async function save(visit: Visit, { form }: PageRequest): Promise<PageAnswer> {
  const { read, asked } = await readSearch(visit, form);
  const name = form.get('name')?.trim() ?? '';
  if (read.span === null) return list(visit, form, read.problems);
  const days = Math.max(1, Math.round((read.span.to.getTime() - read.span.from.getTime()) / DAY_MILLISECONDS));
  const { class: dataClass, ...plain } = Object.fromEntries(PLAIN_FIELDS.map((field) => [field, asked[field] || null]));
  try {
    const { saveSearch } = await visit.ask<{ saveSearch: { ok: boolean } }>(SAVE, {
      input: { name, days: Math.min(days, 366), ...plain, dataClass },
    });
    if (saveSearch.ok) return { kind: 'redirect', to: '/log/saved' };
    return list(visit, form, [{ text: 'You have 50 saved searches: delete one first', href: '#name' }]);
  } catch (error) {
    if (!(error instanceof AskError) || error.code !== 'BAD_USER_INPUT') throw error;
    return list(visit, form, [{ text: 'Give the search a name of 1 to 60 characters', href: '#name' }]);
  }
}

async function remove(visit: Visit, { form }: PageRequest): Promise<PageAnswer> {
  await visit.ask(DELETE, { input: { reference: form.get('reference') ?? '' } });
  return { kind: 'redirect', to: '/log/saved' };
}
