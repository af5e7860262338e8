import { expect } from 'vitest';
import type { AskOptions, GraphQLAnswer, Stack } from '../stack/stack.ts';
import { roleOf } from './oracle/policy.ts';
import { lookup, type Subject } from './oracle/subject.ts';
import { wireOf } from './oracle/wire.ts';

/** Somebody who asks: by default the first practitioner of the role at the partner. */
export type Caller = AskOptions & { readonly persona: string; readonly partner: string };

export const PROBATION = {
  persona: 'probation-practitioner',
  partner: 'probation-service',
  purpose: 'RELEASE_PLANNING',
} as const satisfies Caller;
export const MANAGER = { ...PROBATION, persona: 'probation-manager' } as const;
export const PRISON = {
  persona: 'prison-offender-manager',
  partner: 'hmpps-prisons',
  purpose: 'RELEASE_PLANNING',
} as const satisfies Caller;
export const POLICE = {
  persona: 'police-public-protection',
  partner: 'northmere-police',
  purpose: 'PUBLIC_PROTECTION',
} as const satisfies Caller;
export const HOUSING = {
  persona: 'housing-officer',
  partner: 'northmere-housing',
  purpose: 'HOUSING_REFERRAL',
} as const satisfies Caller;
export const OFFICER = {
  persona: 'ig-officer',
  partner: 'probation-service',
  purpose: 'IG_ASSURANCE',
} as const satisfies Caller;

export function askAs(
  stack: Stack,
  caller: Caller,
  subject: Subject,
  selection = 'identity { name }',
): Promise<GraphQLAnswer> {
  return stack.ask(`{ person(${lookup(subject, roleOf(caller.persona), caller.partner)}) { ${selection} } }`, caller);
}

/** Whether the person's record opens; when it does not, that nobody was asked and that it left its entries. */
export async function opens(stack: Stack, caller: Caller, subject: Subject): Promise<boolean> {
  const answer = await askAs(stack, caller, subject);
  expect(answer.status).toBe(200);
  if (answer.body.data.person !== null) return true;
  expect(answer.body.extensions.nothingToShow).toHaveLength(1);
  expect(wireOf(stack, answer)).toEqual([]);
  const kinds = (await stack.entries(answer.body.extensions.requestId)).map(({ kind }) => kind);
  expect(kinds).toEqual(['request', 'refusal']);
  return false;
}

/** An answer as its caller sees it, less what is bound to differ. */
export function visible({ status, headers, text }: GraphQLAnswer) {
  const requestId = String(headers.get('x-request-id'));
  expect(requestId).toMatch(/^[0-9a-f-]{36}$/);
  const told = [...headers].filter(([name]) => name !== 'date' && name !== 'x-request-id');
  return { status, headers: told, body: text.replaceAll(requestId, 'request-id') };
}
