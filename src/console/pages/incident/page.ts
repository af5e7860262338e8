import { randomUUID } from 'node:crypto';
import { londonDay, londonTime } from '../../../record/london.ts';
import { type FieldProblem, slashed } from '../../fields.ts';
import { AskError, type Page, type PageAnswer, type PageRequest, type Visit } from '../../page.ts';
import { act } from './act.ts';
import { clockOf, keptOf, type Numbers, namesOf, viewOf } from './answer.ts';
import { INCIDENT_DOCUMENT, type IncidentData, OPEN_DOCUMENT, type OpenData } from './documents.ts';
import { kindsInOf } from './kinds.ts';
import { inputOf, numbersFrom, readSearch, type Search } from './search.ts';

/** Whose information a misused account was shown, which kinds, and whom to tell. */
export const INCIDENT_PAGES: readonly Page[] = [
  {
    path: '/incident',
    get: (visit, request) => show(visit, request, []),
    post: async (visit, request) => {
      const acted = await act(visit, request.form);
      return 'problems' in acted ? show(visit, request, acted.problems, acted.status) : acted.answer;
    },
  },
];

async function show(
  visit: Visit,
  { query, form }: PageRequest,
  found: readonly FieldProblem[],
  status = 200,
): Promise<PageAnswer> {
  const typed = form.has('account') ? form : query;
  const isAsked = typed.has('account');
  const { search, problems: wrong } = isAsked ? readSearch(visit, typed) : { search: null, problems: [] };
  const answer = await answerTo(visit, search, (query.get('names') ?? form.get('names')) === 'shown');
  const problems = [...found, ...wrong, ...answer.problems];
  return {
    kind: 'page',
    template: 'pages/incident/incident.njk',
    status: problems.length > 0 && status === 200 ? 400 : status,
    data: {
      title: 'Incident',
      problems,
      typed: typedOf(visit, typed),
      form: Object.fromEntries(form),
      done: query.get('done'),
      partners: [...visit.policy.partners.values()].map(({ code, name }) => ({ value: code, text: name })),
      reasons: [...visit.policy.telling.names.reasons],
      nowDay: slashed(londonDay(visit.now)),
      nowTime: londonTime(visit.now),
      key: randomUUID(),
      officer: visit.officer,
      search: search && {
        ...search,
        isOwnPartner: search.partner === visit.officer.partner,
        from: search.window.from,
        // The last minute, as it was typed.
        to: new Date(search.window.to.getTime() - 1),
      },
      ...answer.data,
    },
  };
}

async function answerTo(
  visit: Visit,
  search: Search | null,
  showsNames: boolean,
): Promise<{ data: object; problems: readonly FieldProblem[] }> {
  if (search === null) {
    const { incidents, nameRequests } = await visit.ask<OpenData>(OPEN_DOCUMENT);
    return { data: { incidents: listed(incidents, visit.now), names: namesOf([], nameRequests) }, problems: [] };
  }
  try {
    const data = await visit.ask<IncidentData>(INCIDENT_DOCUMENT, { input: inputOf(search) });
    const { incident, incidents, nameRequests } = data;
    if (incident === null) throw new AskError('FAULT', 'the incident was not answered');
    const kept = keptOf(incidents, { ...search, ...search.window });
    const names = namesOf(incident.people, nameRequests);
    const numbers: Numbers = showsNames ? await numbersFrom(visit, names.open) : new Map();
    const view = viewOf(incident, kept, numbers, kindsInOf(visit.policy));
    const clock = clockOf(kept, visit.now);
    return { data: { view, kept, clock, names, showsNames: showsNames && names.open.length > 0 }, problems: [] };
  } catch (error) {
    if (!(error instanceof AskError) || !['BAD_USER_INPUT', 'TOO_COMPLEX'].includes(error.code)) throw error;
    return { data: {}, problems: [{ text: error.message, href: '#account' }] };
  }
}

/** Kept incidents, each with its clock and the address at which it is shown again. */
function listed(incidents: OpenData['incidents'], now: Date) {
  return incidents.map((incident) => {
    const [from, to] = [new Date(incident.from), new Date(Date.parse(incident.to) - 1)];
    const search = new URLSearchParams({
      partner: incident.partner,
      account: incident.practitioner,
      day: slashed(londonDay(from)),
      from: londonTime(from),
      to: londonTime(to),
    });
    return { ...incident, lastAt: to, clock: clockOf(incident, now), href: `/console/incident?${search}` };
  });
}

function typedOf({ officer }: Visit, typed: URLSearchParams) {
  const fields = ['account', 'day', 'from', 'to'].map((name) => [name, typed.get(name) ?? '']);
  return { ...Object.fromEntries(fields), partner: typed.get('partner') || officer.partner };
}
