import { randomUUID } from 'node:crypto';
import { addDays } from '../../../record/day.ts';
import { londonDay } from '../../../record/london.ts';
import { type FieldProblem, readDay, slashed } from '../../fields.ts';
import { AskError, type Page, type PageAnswer, type PageRequest, type Visit } from '../../page.ts';
import {
  CLOSE_REQUEST_DOCUMENT,
  type Done,
  EXTEND_REQUEST_DOCUMENT,
  OPEN_REQUEST_DOCUMENT,
  REQUESTS_DOCUMENT,
  type SubjectRequest,
} from './documents.ts';
import { chosenType, identifierChoices } from './identifiers.ts';
import { EXTENSIONS, KINDS, OUTCOMES, REFUSALS, rowOf } from './register.ts';
import { REPORT_PAGES } from './report.ts';
import { TELLING_PAGES } from './tellings.ts';

export const REQUEST_PAGES: readonly Page[] = [
  { path: '/requests', get: (visit, request) => showRegister(visit, request, []), post: openOne },
  ...REPORT_PAGES,
  ...TELLING_PAGES,
  { path: '/requests/:reference', get: (visit, request) => showOne(visit, request, []), post: changeOne },
];

interface Register {
  readonly open: readonly SubjectRequest[];
  readonly closed: readonly SubjectRequest[];
}

async function showRegister(
  visit: Visit,
  { query, form }: Pick<PageRequest, 'query' | 'form'>,
  problems: readonly FieldProblem[],
): Promise<PageAnswer> {
  const today = londonDay(visit.now);
  const { open, closed } = await visit.ask<Register>(REQUESTS_DOCUMENT);
  const choices = identifierChoices(visit);
  return {
    kind: 'page',
    template: 'pages/requests/register.njk',
    status: problems.length > 0 ? 400 : 200,
    data: {
      title: 'Requests of people about their own information',
      problems,
      open: open.map((each) => rowOf(each, today)),
      closed: closed.map((each) => rowOf(each, today)),
      done: DONE.get(query.get('done')) ?? null,
      isLead: visit.officer.isLead,
      choices: choices.map((each) => ({ ...each, selected: each.value === chosenType(form.get('type'), choices) })),
      kinds: Object.entries(KINDS).map(([value, { words, law }]) => ({
        value,
        text: words,
        hint: { text: law },
        checked: form.get('kind') === value,
      })),
      typed: {
        value: form.get('value') ?? '',
        receivedOn: form.get('receivedOn') ?? slashed(today),
        key: form.get('key') ?? randomUUID(),
      },
    },
  };
}

const DONE: ReadonlyMap<string | null, string> = new Map([
  ['opened', 'The request was noted, and its clock runs.'],
  ['extended', 'The request was extended by two months.'],
  ['closed', 'The request was closed.'],
]);

async function openOne(visit: Visit, request: PageRequest): Promise<PageAnswer> {
  const { form } = request;
  const kind = form.get('kind') ?? '';
  const value = form.get('value')?.trim() ?? '';
  const receivedOn = readDay(form.get('receivedOn') ?? '');
  const today = londonDay(visit.now);
  const problems = [
    ...(Object.hasOwn(KINDS, kind) ? [] : [problem('kind', 'Choose what the person asked for')]),
    ...(value === '' ? [problem('value', 'Enter the number by which your partner knows the person')] : []),
    ...(receivedOn === null || receivedOn > today || receivedOn < addDays(today, -366)
      ? [problem('receivedOn', 'The day it came must be today or a day of the last year, such as 3/11/2026')]
      : []),
  ];
  if (problems.length > 0) return showRegister(visit, request, problems);
  const type = chosenType(form.get('type'), identifierChoices(visit));
  const input = { identifier: { type, value }, kind, receivedOn, idempotencyKey: form.get('key') ?? '' };
  try {
    const { openSubjectRequest } = await visit.ask<{ readonly openSubjectRequest: Done }>(OPEN_REQUEST_DOCUMENT, {
      input,
    });
    if (openSubjectRequest.ok) return { kind: 'redirect', to: '/requests?done=opened' };
    return showRegister(visit, request, [problem('value', refusal(openSubjectRequest))]);
  } catch (error) {
    if (!(error instanceof AskError) || !['BAD_IDENTIFIER', 'BAD_USER_INPUT'].includes(error.code)) throw error;
    return showRegister(visit, request, [problem('value', error.message)]);
  }
}

async function showOne(
  visit: Visit,
  { parts, form }: Pick<PageRequest, 'parts' | 'form'>,
  problems: readonly FieldProblem[],
): Promise<PageAnswer> {
  const { open, closed } = await visit.ask<Register>(REQUESTS_DOCUMENT);
  const found = [...open, ...closed].find(({ reference }) => reference === parts['reference']);
  if (!found) {
    const data = { title: 'There is no such request' };
    return { kind: 'page', template: 'pages/requests/none.njk', status: 404, data };
  }
  const request = rowOf(found, londonDay(visit.now));
  const choice = (name: string, words: Readonly<Record<string, string>>) =>
    Object.entries(words).map(([value, text]) => ({ value, text, checked: form.get(name) === value }));
  return {
    kind: 'page',
    template: 'pages/requests/request.njk',
    status: problems.length > 0 ? 400 : 200,
    data: {
      title: request.kindWords,
      problems,
      request,
      mayChange: request.outcome === null && request.partner === visit.officer.partner,
      mayExtend: request.extended === null && !request.isOverdue,
      outcomes: choice('outcome', OUTCOMES),
      extensions: choice('reason', EXTENSIONS),
    },
  };
}

async function changeOne(visit: Visit, request: PageRequest): Promise<PageAnswer> {
  const { parts, form } = request;
  const isExtension = form.get('do') === 'extend';
  const [field, words, missing] = isExtension
    ? (['reason', EXTENSIONS, 'Choose why it takes longer'] as const)
    : (['outcome', OUTCOMES, 'Choose what became of it'] as const);
  const choice = form.get(field) ?? '';
  if (!Object.hasOwn(words, choice)) return showOne(visit, request, [problem(field, missing)]);
  const input = {
    reference: parts['reference'] ?? '',
    [field]: choice,
    expectedVersion: Number(form.get('version')) || 0,
  };
  const answer = isExtension
    ? (await visit.ask<{ readonly extendSubjectRequest: Done }>(EXTEND_REQUEST_DOCUMENT, { input }))
        .extendSubjectRequest
    : (await visit.ask<{ readonly closeSubjectRequest: Done }>(CLOSE_REQUEST_DOCUMENT, { input })).closeSubjectRequest;
  if (answer.ok) return { kind: 'redirect', to: `/requests?done=${isExtension ? 'extended' : 'closed'}` };
  return showOne(visit, request, [problem(field, refusal(answer))]);
}

function refusal({ code }: Done): string {
  return REFUSALS[code ?? ''] ?? 'It was refused.';
}

function problem(field: string, text: string): FieldProblem {
  return { text, href: `#${field}` };
}
