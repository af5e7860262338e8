import { type FieldProblem, readSpan } from '../../fields.ts';
import type { Visit } from '../../page.ts';

/** What was asked. It is kept by a handle, because it holds an identifier, and none stands in an address. */
export interface Search {
  readonly type: string;
  readonly value: string;
  readonly holders: readonly string[];
  /** As they were typed. */
  readonly from: string;
  readonly to: string;
}

const USUAL_DAYS = 30;

export function readSearch(
  form: URLSearchParams,
  now: Date,
): { readonly search: Search; readonly input: object | null; readonly problems: readonly FieldProblem[] } {
  const { span, typed, problems: wrong } = readSpan(form, { defaultDays: USUAL_DAYS, now });
  const search: Search = {
    type: form.get('type') ?? '',
    value: (form.get('value') ?? '').trim(),
    holders: form.getAll('holders'),
    ...typed,
  };
  const { type, value, holders } = search;
  const problems = [
    ...(value === '' ? [{ text: 'Enter the number under which both stood', href: '#value' }] : []),
    ...(holders.length === 0 ? [{ text: 'Select whose records were joined by mistake', href: '#holders' }] : []),
    ...wrong,
  ];
  const isWhole = span !== null && problems.length === 0;
  const input = isWhole
    ? { identifier: { type, value }, holders, from: span.from.toISOString(), to: span.to.toISOString() }
    : null;
  return { search, input, problems };
}

/** As a form again, to be read once more. */
export function formOf({ holders, ...fields }: Search): URLSearchParams {
  const form = new URLSearchParams({ ...fields });
  for (const holder of holders) form.append('holders', holder);
  return form;
}

/** Partners that hold records. */
export function holdersIn({ policy }: Visit): readonly { readonly value: string; readonly text: string }[] {
  const holders = new Set(policy.agreements.flatMap((agreement) => agreement.holders));
  return [...policy.partners.values()]
    .filter(({ code }) => holders.has(code))
    .map(({ code, name }) => ({ value: code, text: name }));
}
