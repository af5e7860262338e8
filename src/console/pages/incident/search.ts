import type { FieldProblem } from '../../fields.ts';
import type { Visit } from '../../page.ts';
import { type Numbers, numbersOf } from './answer.ts';
import { NAMES_DOCUMENT, type NamesData } from './documents.ts';
import { readWindow } from './window.ts';

/** What was typed: in the address, or, after something was sent, in the form. */
export interface Search {
  readonly partner: string;
  readonly practitioner: string;
  readonly window: { readonly from: Date; readonly to: Date };
}

export function readSearch(
  { officer }: Visit,
  typed: URLSearchParams,
): { readonly search: Search | null; readonly problems: readonly FieldProblem[] } {
  const practitioner = (typed.get('account') ?? '').trim();
  const window = readWindow(typed);
  const problems = [
    ...(practitioner === '' ? [{ text: 'Enter the account, such as PRO-0001', href: '#account' }] : []),
    ...window.problems,
  ];
  const partner = typed.get('partner') || officer.partner;
  const search = window.value && problems.length === 0 ? { partner, practitioner, window: window.value } : null;
  return { search, problems };
}

export function inputOf({ partner, practitioner, window: { from, to } }: Search) {
  return { partner, practitioner, from: from.toISOString(), to: to.toISOString() };
}

/** Each look at names is an entry for each person who is named: only when it is asked for. */
export async function numbersFrom(visit: Visit, open: readonly { readonly reference: string }[]): Promise<Numbers> {
  const found: NamesData['names'][] = [];
  for (const { reference } of open) {
    const { names } = await visit.ask<NamesData>(NAMES_DOCUMENT, { reference });
    found.push(names);
  }
  return numbersOf(found);
}
