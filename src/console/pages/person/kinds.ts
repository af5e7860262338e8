import type { Bundle } from '../../../policy/bundle.ts';

/** A kind of information as an officer asks for it. */
export interface Kind {
  readonly code: string;
  readonly text: string;
  /** Classes of `policies/data-classes.yaml`. */
  readonly classes: readonly string[];
}

/** What is asked for unless the officer says otherwise. */
export const USUAL_KINDS: readonly string[] = ['domestic-abuse', 'children'];

/** Every class is in one kind. Only a check tells of domestic abuse or of children, whichever was asked: it is in both. */
export function kindsOf({ classes }: Bundle): Kind[] {
  const names = [...classes.keys()];
  const known = KINDS.map(([code, text, matches]) => ({ code, text, classes: names.filter((name) => matches(name)) }));
  const placed = new Set(known.flatMap((kind) => kind.classes));
  const rest = names.filter((name) => !placed.has(name));
  const all = rest.length > 0 ? [...known, { code: 'other', text: 'Anything else', classes: rest }] : known;
  return all.filter((kind) => kind.classes.length > 0);
}

const of =
  (...starts: readonly string[]) =>
  (name: string) =>
    starts.some((start) => name === start || name.startsWith(`${start}.`));

const CHECKS = ['supervision.checks', 'supervision.check-dates', 'check-request', 'check-answer'];
const isAbuse = of('policing.domestic-abuse', ...CHECKS);
const isOfChildren = of('childrens', 'identifiers.childrens-case', 'risk.rosh-children', ...CHECKS);
const KINDS: readonly (readonly [code: string, text: string, matches: (name: string) => boolean])[] = [
  ['domestic-abuse', 'Domestic abuse, and checks of an address', isAbuse],
  ['children', 'Children, and checks of an address', isOfChildren],
  ['police', 'Other police information', (name) => of('policing')(name) && !isAbuse(name)],
  ['identity', 'Numbers and who they are', (name) => of('identifiers', 'identity')(name) && !isOfChildren(name)],
  ['custody', 'Custody and release', of('custody')],
  ['supervision', 'Supervision and licence', (name) => of('supervision')(name) && !isAbuse(name)],
  ['risk', 'Other assessments of risk', (name) => of('risk')(name) && !isOfChildren(name)],
  ['health', 'Health care', of('health')],
  ['treatment', 'Drug and alcohol treatment', of('treatment')],
  ['work', 'Benefits and work', of('employment')],
  ['home', 'Where they live', of('accommodation', 'referral-pack')],
];
