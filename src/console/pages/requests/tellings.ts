import { addDays } from '../../../record/day.ts';
import { londonDay } from '../../../record/london.ts';
import { type FieldProblem, readDay, slashed } from '../../fields.ts';
import { AskError, type Page, type PageAnswer, type PageRequest, type Visit } from '../../page.ts';
import { DECIDE_DOCUMENT, type Done, TELLINGS_DOCUMENT } from './documents.ts';

/** What a person is told of an entry, and what is kept back on which ground. */
export const TELLING_PAGES: readonly Page[] = [
  { path: '/requests/tellings', get: (visit, request) => show(visit, request, []), post: decide },
];

interface Telling {
  readonly entry: string;
  readonly because: readonly string[];
  readonly ground: string | null;
}

async function show(
  visit: Visit,
  { query, form }: Pick<PageRequest, 'query' | 'form'>,
  problems: readonly FieldProblem[],
): Promise<PageAnswer> {
  // The lead decides nothing, and reads what everybody keeps back.
  const list = visit.officer.isLead || query.get('list') === 'withheld' ? 'WITHHELD' : 'WAITING';
  const { tellings } = await visit.ask<{ readonly tellings: readonly Telling[] }>(TELLINGS_DOCUMENT, { list });
  const today = londonDay(visit.now);
  const { grounds, longestReviewDays } = visit.policy.telling;
  const wordsOf = (code: string) => {
    const ground = grounds.get(code);
    return ground ? `${ground.words} (${ground.provision})` : code;
  };
  return {
    kind: 'page',
    template: 'pages/requests/tellings.njk',
    status: problems.length > 0 ? 400 : 200,
    data: {
      title: list === 'WAITING' ? 'What people are to be told' : 'What is kept back',
      problems,
      list,
      done: query.get('done'),
      isLead: visit.officer.isLead,
      tellings: tellings.map((each) => ({
        ...each,
        becauseWords: each.because.map((code) => BECAUSE[code] ?? code),
        groundWords: each.ground && wordsOf(each.ground),
      })),
      entry: form.get('entry') ?? null,
      grounds: [...grounds.keys()].map((code) => ({
        value: code,
        text: wordsOf(code),
        selected: form.get('ground') === code,
      })),
      reviewOn: form.get('reviewOn') ?? slashed(addDays(today, longestReviewDays)),
      latest: addDays(today, longestReviewDays),
    },
  };
}

const BECAUSE: Readonly<Record<string, string>> = {
  RECIPIENT: 'who asked',
  PURPOSE: 'what for',
  CLASS: 'the kind of information',
  BREAK_GLASS: 'it was opened under break-glass',
  REFUSED: 'it was refused',
};

async function decide(visit: Visit, request: PageRequest): Promise<PageAnswer> {
  const { form } = request;
  const isTold = form.get('decision') === 'TELL';
  const reviewOn = readDay(form.get('reviewOn') ?? '');
  const ground = form.get('ground') ?? '';
  const entry = form.get('entry') ?? '';
  const problems = isTold
    ? []
    : [
        ...(ground === '' ? [at(entry, 'ground', 'Choose the ground on which it is kept back')] : []),
        ...(reviewOn === null ? [at(entry, 'reviewOn', 'Enter the day on which it is looked at again')] : []),
      ];
  if (problems.length > 0) return show(visit, request, problems);
  const input = {
    entry,
    decision: isTold ? 'TELL' : 'WITHHOLD',
    ground: isTold ? null : ground,
    reviewOn: isTold ? null : reviewOn,
    expectedVersion: Number(form.get('version')) || 0,
  };
  try {
    const { decideTelling } = await visit.ask<{ readonly decideTelling: Done | null }>(DECIDE_DOCUMENT, { input });
    if (decideTelling?.ok) return { kind: 'redirect', to: '/requests/tellings?done=decided' };
    return show(visit, request, [at(entry, 'tell', REFUSED[decideTelling?.code ?? ''] ?? 'It was refused.')]);
  } catch (error) {
    if (!(error instanceof AskError) || error.code !== 'BAD_USER_INPUT') throw error;
    return show(visit, request, [at(entry, 'reviewOn', error.message)]);
  }
}

const REFUSED: Readonly<Record<string, string>> = {
  NOT_OPEN: 'It does not wait for your partner any more.',
  OWN_ACCESS: 'It is about what you did yourself: somebody else decides about it.',
  VERSION_CONFLICT: 'Somebody else decided in the meantime. What you see now is how it is.',
};

function at(entry: string, field: string, text: string): FieldProblem {
  return { text, href: `#${field}-${entry}` };
}
