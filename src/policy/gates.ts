/**
 * The gates, in the order in which they are evaluated. All of them are, always, and all are kept: a refusal at one says
 * nothing of the others. `link` is not policy: it says whether a holder can be asked.
 */
export const GATES = [
  'partner',
  'client',
  'practitioner',
  'role',
  'purpose',
  'view',
  'agreement',
  'relationship',
  'restriction',
  'permission',
  'volume',
  'break-glass',
  'link',
] as const;

export type Gate = (typeof GATES)[number];

/** Why a gate let something pass or not. Kept in the audit entry; a caller gets at most a public code. */
export interface Reason {
  readonly gate: Gate;
  readonly outcome: 'pass' | 'refuse';
  readonly code: string;
  /** An agreement, a piece of evidence, a permission type: a reference, never a value. */
  readonly ref: string | null;
}

export function pass(gate: Gate, code: string, ref: string | null = null): Reason {
  return { gate, outcome: 'pass', code, ref };
}

export function refuse(gate: Gate, code: string, ref: string | null = null): Reason {
  return { gate, outcome: 'refuse', code, ref };
}
