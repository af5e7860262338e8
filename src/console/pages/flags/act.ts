import type { FieldProblem } from '../../fields.ts';
import type { PageAnswer, PageRequest, Visit } from '../../page.ts';
import { showCase } from './case.ts';
import { ASSIGN_DOCUMENT, CLOSE_DOCUMENT, type DoneData, NOTE_DOCUMENT } from './documents.ts';
import { OUTCOMES, refusalWords } from './words.ts';

const SHORTEST = 10;
const LONGEST = 500;
const OFFICER = /^[A-Za-z0-9-]{1,40}$/;

/** What an officer does with a case: `assign`, `note` or `close`. What was typed stays until it was done. */
export async function act(visit: Visit, request: PageRequest): Promise<PageAnswer> {
  const reference = request.parts['reference'] ?? '';
  const what = readDeed(request.form, reference);
  if ('problems' in what) return showCase(visit, request, what.problems);
  const { done } = await visit.ask<DoneData>(what.document, { input: what.input });
  if (!done?.ok) {
    return showCase(visit, request, [{ text: refusalWords(done?.code ?? null), href: what.field }]);
  }
  return { kind: 'redirect', to: `/flags/${encodeURIComponent(reference)}?done=${what.done}` };
}

type Deed =
  | { readonly problems: readonly FieldProblem[] }
  | { readonly document: string; readonly input: object; readonly field: string; readonly done: string };

function readDeed(form: URLSearchParams, reference: string): Deed {
  const expectedVersion = Number(form.get('version')) || 0;
  switch (form.get('do')) {
    case 'assign': {
      const to = form.get('to')?.trim() ?? '';
      if (to !== '' && !OFFICER.test(to)) {
        return { problems: [{ text: 'Enter the id of an officer of your partner, such as IGO-0001', href: '#to' }] };
      }
      const input = { reference, expectedVersion, ...(to && { to }) };
      return { document: ASSIGN_DOCUMENT, input, field: '#to', done: 'assigned' };
    }
    case 'note': {
      const text = form.get('note')?.trim() ?? '';
      const problems = textProblems(text, '#note', 'Your note');
      if (problems.length > 0) return { problems };
      const input = { reference, text, idempotencyKey: form.get('key') ?? '' };
      return { document: NOTE_DOCUMENT, input, field: '#note', done: 'noted' };
    }
    default: {
      const outcome = form.get('outcome') ?? '';
      const text = form.get('text')?.trim() ?? '';
      const isOutcome = OUTCOMES.some(({ value }) => value === outcome);
      const problems = [
        ...(isOutcome ? [] : [{ text: 'Select what you found', href: '#outcome' }]),
        ...textProblems(text, '#text', 'Why you say so'),
      ];
      if (problems.length > 0) return { problems };
      const input = { reference, outcome, text, expectedVersion };
      return { document: CLOSE_DOCUMENT, input, field: '#outcome', done: 'closed' };
    }
  }
}

function textProblems(text: string, href: string, label: string): FieldProblem[] {
  const isRight = text.length >= SHORTEST && text.length <= LONGEST;
  return isRight ? [] : [{ text: `“${label}” must have from ${SHORTEST} to ${LONGEST} characters`, href }];
}
