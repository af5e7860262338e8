import { csvLine } from '../../../audit/export/csv.ts';
import type { FieldProblem } from '../../fields.ts';
import type { PageAnswer, Visit } from '../../page.ts';
import { keptOf, namesOf, rowsOf } from './answer.ts';
import {
  AGREE_DOCUMENT,
  ASK_DOCUMENT,
  type Done,
  EXPORT_DOCUMENT,
  INCIDENT_DOCUMENT,
  type IncidentData,
  KEEP_DOCUMENT,
  NOTICE_DOCUMENT,
} from './documents.ts';
import { inputOf, numbersFrom, readSearch, type Search } from './search.ts';
import { readInstant } from './window.ts';

export type Acted =
  | { readonly answer: PageAnswer }
  | { readonly problems: readonly FieldProblem[]; readonly status: number };

/** What was sent from the page of an incident: what it was, its own field `do` says. */
export async function act(visit: Visit, form: URLSearchParams): Promise<Acted> {
  if (form.get('do') === 'agree') return agree(visit, form);
  const { search, problems } = readSearch(visit, form);
  if (search === null) return { problems, status: 400 };
  switch (form.get('do')) {
    case 'aware':
      return keep(visit, form, search);
    case 'told':
      return tell(visit, form, search);
    case 'ask':
      return askForNames(visit, form, search);
    case 'export':
      return save(visit, form, search);
    default:
      return { answer: backTo(form) };
  }
}

async function agree(visit: Visit, form: URLSearchParams): Promise<Acted> {
  const input = { reference: form.get('reference') ?? '' };
  const { agreeToNames } = await visit.ask<Done<'agreeToNames'>>(AGREE_DOCUMENT, { input });
  return done(agreeToNames, '/incident?done=agreed', '#agree');
}

async function keep(visit: Visit, form: URLSearchParams, search: Search): Promise<Acted> {
  const aware = readInstant(form, { day: 'awareDay', time: 'awareTime' });
  if (aware.value === null) return { problems: aware.problems, status: 400 };
  if (aware.value > visit.now) return { problems: [{ text: NOT_YET, href: '#awareDay' }], status: 400 };
  if (aware.value < search.window.from) {
    return { problems: [{ text: 'It cannot have been known before it began', href: '#awareDay' }], status: 400 };
  }
  const input = {
    ...inputOf(search),
    awareAt: aware.value.toISOString(),
    expectedVersion: Number(form.get('version') ?? 0),
  };
  const { keepIncident } = await visit.ask<Done<'keepIncident'>>(KEEP_DOCUMENT, { input });
  return done(keepIncident, pathOf(form, 'kept'), '#awareDay');
}

async function tell(visit: Visit, form: URLSearchParams, search: Search): Promise<Acted> {
  const told = readInstant(form, { day: 'toldDay', time: 'toldTime' });
  if (told.value === null) return { problems: told.problems, status: 400 };
  if (told.value > visit.now) return { problems: [{ text: NOT_YET, href: '#toldDay' }], status: 400 };
  const { incidents } = await visit.ask<IncidentData>(INCIDENT_DOCUMENT, { input: inputOf(search) });
  const kept = keptOf(incidents, { ...search, ...search.window });
  if (kept === null) return { problems: [{ text: NOT_KEPT, href: '#awareDay' }], status: 409 };
  const input = {
    ...{ about: 'INCIDENT', to: form.get('whom') ?? '', incident: kept.reference, how: form.get('how') ?? 'EMAIL' },
    ...{ toldAt: told.value.toISOString(), idempotencyKey: form.get('key') ?? '' },
  };
  const { recordNotice } = await visit.ask<Done<'recordNotice'>>(NOTICE_DOCUMENT, { input });
  return done(recordNotice, pathOf(form, 'told'), '#whom');
}

async function askForNames(visit: Visit, form: URLSearchParams, search: Search): Promise<Acted> {
  const data = await visit.ask<IncidentData>(INCIDENT_DOCUMENT, { input: inputOf(search) });
  const { toAsk } = namesOf(data.incident?.people ?? [], data.nameRequests);
  if (toAsk.length === 0) return { answer: backTo(form) };
  const input = { subjects: toAsk, reason: form.get('reason') ?? '', idempotencyKey: form.get('key') ?? '' };
  const answer = await visit.ask<Done<'askForNames'>>(ASK_DOCUMENT, { input });
  return done(answer.askForNames, pathOf(form, 'asked'), '#reason');
}

/** The list for one controller: of its own data alone, and by its own numbers where the names are open. */
async function save(visit: Visit, form: URLSearchParams, search: Search): Promise<Acted> {
  const data = await visit.ask<IncidentData>(INCIDENT_DOCUMENT, { input: inputOf(search) });
  const people = data.incident?.people ?? [];
  const partner = form.get('controller') ?? '';
  const { open } = namesOf(people, data.nameRequests);
  const numbers = form.get('names') === 'shown' ? await numbersFrom(visit, open) : new Map();
  const rows = rowsOf(people, partner, numbers);
  const { from, to } = inputOf(search);
  const input = { what: 'incident', format: 'CSV', from, to, entries: rows.length, partner };
  const { recordExport } = await visit.ask<Done<'recordExport'>>(EXPORT_DOCUMENT, { input });
  if (!recordExport?.ok) return { problems: problemsOf(recordExport?.code ?? null, '#account'), status: 409 };
  const lines = rows.map(({ subject, number, first, last, times, classes }) =>
    csvLine([
      visit.policy.identifiers.get(number?.type ?? '')?.label ?? '',
      number?.value ?? '',
      subject,
      first,
      last,
      times,
      classes.map((name) => visit.policy.classes.get(name)?.description ?? name).join('; '),
    ]),
  );
  const head = csvLine(['number_type', 'number', 'pseudonym', 'first_shown', 'last_shown', 'times', 'kinds']);
  return {
    answer: {
      kind: 'file',
      name: `incident-${partner}-${from.slice(0, 10)}.csv`,
      type: 'text/csv; charset=utf-8',
      body: [head, ...lines].join(''),
    },
  };
}

function done(result: { readonly ok: boolean; readonly code: string | null } | null, to: string, href: string): Acted {
  if (result?.ok) return { answer: { kind: 'redirect', to } };
  return { problems: problemsOf(result?.code ?? null, href), status: 409 };
}

function problemsOf(code: string | null, href: string): FieldProblem[] {
  return [{ text: REFUSALS[code ?? ''] ?? 'It was not done: your role may not do it here', href }];
}

const NOT_YET = 'It cannot be in the future: enter when it was';
const NOT_KEPT = 'Say first when you became aware: whom you told is kept with that';

/** By code of `docs/errors.md`. */
const REFUSALS: Readonly<Record<string, string>> = {
  OWN_LINE: 'It is your own account or one of your own line: another officer must do this',
  OTHERS_STAFF: 'It is another partner’s account: its own officers keep the clock, or the lead',
  VERSION_CONFLICT: 'A colleague changed it while you were reading: check what it says now, and send yours again',
  NOT_OPEN: 'It is not open any more: a colleague may have done it',
  OWN_REQUEST: 'You asked for these names yourself: another officer of your partner must agree',
  IDEMPOTENCY_KEY_REUSED: 'It was sent before with other words: check what is recorded, and send yours again',
};

function backTo(form: URLSearchParams): PageAnswer {
  return { kind: 'redirect', to: pathOf(form, null) };
}

/** The same incident again; what was done is said at its top. */
function pathOf(form: URLSearchParams, what: string | null): string {
  const search = new URLSearchParams();
  for (const name of ['partner', 'account', 'day', 'from', 'to']) search.set(name, form.get(name) ?? '');
  if (form.get('names') === 'shown') search.set('names', 'shown');
  if (what !== null) search.set('done', what);
  return `/incident?${search}`;
}
