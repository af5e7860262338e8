import type { FLAG_FIGURES, FlagRule } from '../policy/practice.ts';
import type { About, Access, Account, Explanation, Held } from './types.ts';

/** An access with what explains it. */
export interface Look extends Access {
  readonly held: readonly Held[];
  readonly explanation: Explanation;
}

/** What one practitioner looked up on one day, oldest first. Never empty. */
export interface PractitionersDay {
  readonly account: Account;
  readonly role: string;
  readonly looks: readonly Look[];
}

/** What a rule found, before its policy gives it weight and words. */
export interface Finding {
  readonly rule: FlagRule;
  readonly about: About;
  readonly subject: string | null;
  readonly looks: readonly Look[];
  /** By the name that the rule's sentence has for each. */
  readonly figures: Readonly<Record<string, string>>;
  readonly evidence: readonly string[];
  /** Absent where it is the rule's. */
  readonly weight?: number;
  /** Of a team's: whether it takes the place of another. Absent of every other. */
  readonly standsFor?: (other: Finding) => boolean;
}

/** A finding about a practitioner, with every figure of its rule. */
export function finding<Rule extends FlagRule>(
  rule: Rule,
  account: Account,
  looks: readonly Look[],
  figures: Readonly<Record<(typeof FLAG_FIGURES)[Rule][number], string>>,
  more: Partial<Pick<Finding, 'subject' | 'evidence' | 'weight'>> = {},
): Finding {
  return { rule, about: { kind: 'PRACTITIONER', ...account }, subject: null, looks, figures, evidence: [], ...more };
}

/** For no reason of that day that was found, and not by break-glass, which is reviewed by itself. */
export function isUnexplained({ explanation }: Look): boolean {
  return explanation.kind === 'NONE';
}

/** By a number that names nobody: a slip of the hand, as long as it is one practitioner's. */
export function namesNobody({ reasons }: Look): boolean {
  return reasons.some(({ code, gate }) => gate === 'relationship' && code === 'UNKNOWN');
}

/** A number of the rule in policy; infinite where policy leaves the rule out, so that it finds nothing. */
export function numberOf(
  { rules }: { readonly rules: ReadonlyMap<FlagRule, { readonly numbers: ReadonlyMap<string, number> }> },
  rule: FlagRule,
  name: string,
): number {
  return rules.get(rule)?.numbers.get(name) ?? Number.POSITIVE_INFINITY;
}
