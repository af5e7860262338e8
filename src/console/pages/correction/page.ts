import { randomUUID } from 'node:crypto';
import { csvLine } from '../../../audit/export/csv.ts';
import { londonDay, londonTime } from '../../../record/london.ts';
import { type FieldProblem, slashed } from '../../fields.ts';
import { AskError, type Page, type PageAnswer, type PageRequest, type Visit } from '../../page.ts';
import type { Done } from '../incident/documents.ts';
import { kindsInOf } from '../incident/kinds.ts';
import { readInstant } from '../incident/window.ts';
import { identifierChoices } from '../requests/identifiers.ts';
import {
  CORRECTION_DOCUMENT,
  type CorrectionData,
  type Recipient,
  SAVED_DOCUMENT,
  TOLD_DOCUMENT,
} from './documents.ts';
import { rowsOf, summaryOf, toTell } from './recipients.ts';
import { formOf, holdersIn, readSearch, type Search } from './search.ts';

/** Who received what was another person's, and who of them has been told. */
export const CORRECTION_PAGES: readonly Page[] = [
  { path: '/correction', get: async (visit, { form }) => ask(visit, form, []), post: keep },
  { path: '/correction/:handle', get: (visit, request) => show(visit, request, []), post: act },
];

/** Answers that the page lists, and so those that one notice may name; the file has all of them. */
const MOST_SHOWN = 500;

function ask(visit: Visit, form: URLSearchParams, problems: readonly FieldProblem[]): PageAnswer {
  const { search } = readSearch(form, visit.now);
  return {
    kind: 'page',
    template: 'pages/correction/ask.njk',
    status: problems.length > 0 ? 400 : 200,
    data: {
      title: 'Correction',
      problems,
      errors: Object.fromEntries(problems.map(({ text, href }) => [href.slice(1), { text }])),
      search,
      types: identifierChoices(visit),
      holders: holdersIn(visit),
    },
  };
}

async function keep(visit: Visit, { form }: PageRequest): Promise<PageAnswer> {
  const { search, input, problems } = readSearch(form, visit.now);
  if (input === null) return ask(visit, form, problems);
  return { kind: 'redirect', to: `/correction/${await visit.keep(JSON.stringify(search))}` };
}

async function show(visit: Visit, request: PageRequest, problems: readonly FieldProblem[]): Promise<PageAnswer> {
  const { query, parts, form } = request;
  const asked = await askedUnder(visit, parts['handle'] ?? '');
  if (asked === null) return { kind: 'redirect', to: '/correction' };
  const found = await recipientsOf(visit, asked.input);
  if ('problem' in found) return ask(visit, formOf(asked.search), [found.problem]);
  const { recipients } = found;
  const kindsIn = kindsInOf(visit.policy);
  const rows = rowsOf(recipients, (fields) =>
    kindsIn(fields.flatMap((field) => visit.policy.classOf.get(field) ?? [])),
  );
  const shown = rows.slice(0, MOST_SHOWN);
  const waiting = toTell(shown);
  return {
    kind: 'page',
    template: 'pages/correction/recipients.njk',
    status: problems.length > 0 ? 400 : 200,
    data: {
      title: 'Correction',
      problems,
      done: query.get('done'),
      handle: parts['handle'],
      search: asked.search,
      span: asked.input,
      summary: summaryOf(recipients),
      rows: shown,
      notShown: rows.length - shown.length,
      waiting,
      seen: waiting.flatMap(({ entries }) => entries).join(' '),
      form: Object.fromEntries(form),
      nowDay: slashed(londonDay(visit.now)),
      nowTime: londonTime(visit.now),
      key: randomUUID(),
    },
  };
}

async function act(visit: Visit, request: PageRequest): Promise<PageAnswer> {
  const { form, parts } = request;
  const asked = await askedUnder(visit, parts['handle'] ?? '');
  if (asked === null) return { kind: 'redirect', to: '/correction' };
  if (form.get('do') === 'export') return save(visit, request, asked.input);
  const told = readInstant(form, { day: 'toldDay', time: 'toldTime' });
  if (told.value === null) return show(visit, request, told.problems);
  if (told.value > visit.now) {
    return show(visit, request, [{ text: 'It cannot be in the future: enter when it was', href: '#toldDay' }]);
  }
  const found = await recipientsOf(visit, asked.input);
  const seen = new Set((form.get('seen') ?? '').split(' '));
  const whom = form.get('whom') ?? '';
  const waiting = 'problem' in found ? [] : toTell(found.recipients).filter(({ partner }) => partner === whom);
  const entries = waiting.flatMap((each) => each.entries).filter((entry) => seen.has(entry));
  const input = {
    ...{ about: 'CORRECTION', to: whom, entries, holders: asked.search.holders, how: form.get('how') ?? 'EMAIL' },
    ...{ toldAt: told.value.toISOString(), idempotencyKey: form.get('key') ?? '' },
  };
  if (entries.length > 0) {
    const { recordNotice } = await visit.ask<Done<'recordNotice'>>(TOLD_DOCUMENT, { input });
    if (!recordNotice?.ok) return show(visit, request, [{ text: REFUSED, href: '#whom' }]);
  }
  return { kind: 'redirect', to: `/correction/${parts['handle']}?done=told` };
}

const REFUSED =
  'It was not recorded: it is about yourself, or a colleague changed it. Check what the table says now, and send yours again';

async function save(visit: Visit, request: PageRequest, asked: Asked['input']): Promise<PageAnswer> {
  const found = await recipientsOf(visit, asked);
  if ('problem' in found) return show(visit, request, [found.problem]);
  const rows = rowsOf(found.recipients, (fields) => fields.map((field) => kindOf(visit, field)));
  const { from, to } = asked;
  const input = { what: 'correction', format: 'CSV', from, to, entries: rows.length };
  const { recordExport } = await visit.ask<Done<'recordExport'>>(SAVED_DOCUMENT, { input });
  if (!recordExport?.ok) return show(visit, request, [{ text: 'It may not be saved now: try again', href: '#save' }]);
  const head = csvLine([
    'at',
    'partner',
    'practitioner',
    'role',
    'purpose',
    'received',
    'delivered',
    'told_at',
    'entry',
  ]);
  const lines = rows.map(({ at, partner, practitioner, role, purpose, received, delivered, notice, entry }) => {
    const what = received.map(({ holder, kinds }) => `${holder}: ${kinds.join(', ')}`).join('; ');
    return csvLine([at, partner, practitioner, role, purpose, what, delivered, notice?.toldAt ?? '', entry]);
  });
  const body = [head, ...lines].join('');
  return { kind: 'file', name: `correction-${from.slice(0, 10)}.csv`, type: 'text/csv; charset=utf-8', body };
}

interface Asked {
  readonly search: Search;
  readonly input: { readonly from: string; readonly to: string };
}

/** Null for a handle of another session, or of one that is over. */
async function askedUnder(visit: Visit, handle: string): Promise<Asked | null> {
  const kept = await visit.recall(handle);
  if (kept === null) return null;
  const search = JSON.parse(kept) as Search;
  const { input } = readSearch(formOf(search), visit.now);
  return input === null ? null : { search, input: input as Asked['input'] };
}

async function recipientsOf(
  visit: Visit,
  input: object,
): Promise<{ readonly recipients: readonly Recipient[] } | { readonly problem: FieldProblem }> {
  try {
    const { correction } = await visit.ask<CorrectionData>(CORRECTION_DOCUMENT, { input });
    return { recipients: correction?.recipients ?? [] };
  } catch (error) {
    if (!(error instanceof AskError)) throw error;
    if (error.code === 'BAD_IDENTIFIER') return { problem: { text: error.message, href: '#value' } };
    if (error.code === 'TOO_COMPLEX') return { problem: { text: error.message, href: '#from' } };
    throw error;
  }
}

/** What kind of information a field is; one that policy does not know any more stays as it is. */
function kindOf({ policy }: Visit, field: string): string {
  return policy.classes.get(policy.classOf.get(field) ?? '')?.description ?? field;
}
