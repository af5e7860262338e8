import { randomUUID } from 'node:crypto';
import { type FieldProblem, readDay } from '../../fields.ts';
import { AskError, type Page, type PageAnswer, type PageRequest, type Visit } from '../../page.ts';
import { chosenType, identifierChoices } from '../requests/identifiers.ts';
import {
  CONFIRM_DOCUMENT,
  type ConfirmData,
  DECLARE_DOCUMENT,
  type DeclareData,
  INTERESTS_DOCUMENT,
  type InterestsData,
} from './documents.ts';

/** The register of interests: staff declare, their employer's officer confirms. An officer declares their own here. */
export const INTERESTS_PAGES: readonly Page[] = [
  { path: '/interests', get: (visit, request) => register(visit, request, []), post: act },
];

async function register(
  visit: Visit,
  { query, form }: PageRequest,
  problems: readonly FieldProblem[],
  status = 400,
): Promise<PageAnswer> {
  const { waiting, all } = await visit.ask<InterestsData>(INTERESTS_DOCUMENT);
  const types = identifierChoices(visit);
  return {
    kind: 'page',
    template: 'pages/interests/interests.njk',
    status: problems.length > 0 ? status : 200,
    data: {
      title: 'Declared interests',
      problems,
      done: query.get('done'),
      isTheirs: waiting !== null,
      waiting: waiting ?? [],
      decided: (all ?? []).filter(({ state }) => state !== 'WAITING'),
      types,
      typed: { ...Object.fromEntries(form), type: chosenType(form.get('type'), types) },
      key: randomUUID(),
    },
  };
}

async function act(visit: Visit, request: PageRequest): Promise<PageAnswer> {
  return request.form.get('do') === 'declare' ? declare(visit, request) : decide(visit, request);
}

async function decide(visit: Visit, request: PageRequest): Promise<PageAnswer> {
  const { form } = request;
  const confirmed = form.get('do') === 'confirm';
  const input = {
    reference: form.get('reference') ?? '',
    confirmed,
    expectedVersion: Number(form.get('version') ?? 0),
  };
  const { confirmInterest } = await visit.ask<ConfirmData>(CONFIRM_DOCUMENT, { input });
  if (confirmInterest?.ok) return { kind: 'redirect', to: `/interests?done=${confirmed ? 'confirmed' : 'refused'}` };
  const text = REFUSALS[confirmInterest?.code ?? ''] ?? 'It was not recorded: your role may not confirm it';
  return register(visit, request, [{ text, href: '#waiting' }], 409);
}

const REFUSALS: Readonly<Record<string, string>> = {
  NOT_OPEN: 'It waits no more: a colleague decided about it',
  OWN_LINE: 'It is your own, or of your own line: another officer of your partner must confirm it',
  VERSION_CONFLICT: 'It changed while you were reading: check what it says now, and decide again',
};

/** Whether the number names anybody, the answer does not tell. */
async function declare(visit: Visit, request: PageRequest): Promise<PageAnswer> {
  const { form } = request;
  const value = (form.get('value') ?? '').trim();
  const typedUntil = (form.get('until') ?? '').trim();
  const until = typedUntil === '' ? null : readDay(typedUntil);
  const problems = [
    ...(value === '' ? [{ text: 'Enter the number of the person', href: '#value' }] : []),
    ...(typedUntil !== '' && until === null
      ? [{ text: 'Enter a real date, such as 3/11/2026, or leave it empty', href: '#until' }]
      : []),
  ];
  if (problems.length > 0) return register(visit, request, problems);
  const input = {
    identifier: { type: form.get('type') ?? '', value },
    kind: form.get('kind') === 'OWN_RECORD' ? 'OWN_RECORD' : 'DECLARED_INTEREST',
    until,
    idempotencyKey: form.get('key') ?? '',
  };
  try {
    const { declareInterest } = await visit.ask<DeclareData>(DECLARE_DOCUMENT, { input });
    if (declareInterest?.ok) return { kind: 'redirect', to: '/interests?done=declared' };
    return register(
      visit,
      request,
      [{ text: 'It was sent before with other words: send it again', href: '#value' }],
      409,
    );
  } catch (error) {
    if (!(error instanceof AskError)) throw error;
    if (error.code === 'BAD_IDENTIFIER') return register(visit, request, [{ text: error.message, href: '#value' }]);
    if (error.code !== 'BAD_USER_INPUT') throw error;
    return register(visit, request, [{ text: 'The last day must be today or later', href: '#until' }]);
  }
}
