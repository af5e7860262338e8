import type { Span } from '../../../audit/log-reader.ts';
import { type FieldProblem, readSpan } from '../../fields.ts';
import type { Visit } from '../../page.ts';
import type { IdentifierChoice } from '../requests/identifiers.ts';
import { chosenType } from '../requests/identifiers.ts';
import { kindsOf, USUAL_KINDS } from './kinds.ts';

/** What was typed. The visit keeps it under a handle, because it holds a number, and none stands in an address. */
export interface Search {
  readonly type: string;
  readonly value: string;
  readonly from: string;
  readonly to: string;
  /** Codes of kinds of information. */
  readonly kinds: readonly string[];
}

export interface ReadSearch {
  readonly search: Search;
  readonly span: Span | null;
  readonly problems: readonly FieldProblem[];
}

const USUAL_DAYS = 30;
export const NUMBER_MISSING = 'Enter the number by which your partner knows the person';

/** @param form empty for the form as it is first shown */
export function readSearch(
  { policy, now }: Pick<Visit, 'policy' | 'now'>,
  form: URLSearchParams,
  choices: readonly IdentifierChoice[],
): ReadSearch {
  const { span, typed, problems } = readSpan(form, { defaultDays: USUAL_DAYS, now });
  const value = form.get('value')?.trim() ?? '';
  const known = kindsOf(policy).map(({ code }) => code);
  const isFirst = [...form].length === 0;
  const kinds = isFirst ? USUAL_KINDS : form.getAll('kinds').filter((code) => known.includes(code));
  const wrong = [
    ...(value === '' ? [{ text: NUMBER_MISSING, href: '#value' }] : []),
    ...problems,
    ...(kinds.length === 0 ? [{ text: 'Select at least one kind of information', href: '#kinds' }] : []),
  ];
  const search = { type: chosenType(form.get('type'), choices), value, ...typed, kinds };
  return { search, span, problems: isFirst ? [] : wrong };
}

/** As it was typed, to be read once more. */
export function formOf({ kinds, ...fields }: Search): URLSearchParams {
  return new URLSearchParams([...Object.entries(fields), ...kinds.map((code): [string, string] => ['kinds', code])]);
}
