import { expect } from 'vitest';
import type { GraphQLAnswer, Stack } from '../stack/stack.ts';
import { type Caller, POLICE, PROBATION } from './callers.ts';
import { roleOf } from './oracle/policy.ts';
import { lookup, type Subject } from './oracle/subject.ts';

export const FORCE = { ...POLICE, purpose: 'DA_CHECK' } as const satisfies Caller;
export const SOUTHERN_FORCE = { ...FORCE, partner: 'southdale-police' } as const satisfies Caller;
export const AUTHORITY = {
  persona: 'childrens-services',
  partner: 'northmere-children',
  purpose: 'CHILD_CHECK',
} as const satisfies Caller;

export const HOME = { kind: 'RELEASE', line: '7 Alder Way', town: 'Kelsby', postcode: 'QN1 4AB' };
export const ADULT = { name: 'Marguerite Fanshawe-Oyelaran', dateOfBirth: '1979-05-14', relationship: 'Partner' };
export const CHILD = { name: 'Peregrine Fanshawe-Oyelaran', dateOfBirth: '2019-11-02', relationship: 'Child' };

const REQUEST = `id responder state version told { name dateOfBirth addresses { kind line town postcode }
  adults { name dateOfBirth relationship } children { name dateOfBirth relationship } childrenBelievedPresent
  release question more } answer { outcome reason searched { system by match } findings { code on about } narrative
  handling mayBeTold automatic } closed allowedNow overdue chased targetAt breachAt returnedAt validUntil
  accepted { by at text } supersededBy desk { name telephone }`;
/** Everything that can be asked of a check, but for the person's record. */
export const CHECK = `id type open person { id } state askedBy askedAt release requests { ${REQUEST} }
  decision { decision by text } countersignature { agrees by text } needsCountersignature held version allowedNow`;
const RESULT = `{ ok code allowedNow check { ${CHECK} } }`;

let keys = 0;
/** New for every action. */
export function newKey(): string {
  keys += 1;
  return `key-${keys}-of-the-tests`;
}

type Input = Readonly<Record<string, unknown>>;

/** One action on a check or a request, by a caller. */
export function act(
  stack: Stack,
  caller: Caller,
  field: string,
  input: Input,
  selection = RESULT,
): Promise<GraphQLAnswer> {
  const type = `${field[0]?.toUpperCase()}${field.slice(1)}Input`;
  return stack.ask(`mutation ($input: ${type}!) { ${field}(input: $input) ${selection} }`, {
    ...caller,
    variables: { input: { idempotencyKey: newKey(), ...input } },
  });
}

/** The opaque id by which the caller's partner knows somebody. */
export async function idOf(stack: Stack, caller: Caller, subject: Subject): Promise<string> {
  const { body } = await stack.ask(
    `{ person(${lookup(subject, roleOf(caller.persona), caller.partner)}) { id } }`,
    caller,
  );
  return body.data.person.id;
}

/** Asks checks of people; by default of one address with one adult and one child, of the north alone. */
export function requestChecks(
  stack: Stack,
  people: readonly Input[],
  more: { readonly caller?: Caller; readonly key?: string } = {},
): Promise<GraphQLAnswer> {
  const selection = `{ ok code allowedNow results { person ok code allowedNow checks { ${CHECK} }
    choices { type district responders } notAsked { type responder code desk { name telephone hours } } } }`;
  const input = { people, ...(more.key && { idempotencyKey: more.key }) };
  return act(stack, more.caller ?? PROBATION, 'requestChecks', input, selection);
}

/** A domestic-abuse check, asked of the northern force; as whoever asked it sees it. */
export async function askOne(stack: Stack, person: string, more: Input = {}) {
  const input = { person, types: ['DOMESTIC_ABUSE'], addresses: [HOME], adults: [ADULT], children: [CHILD], ...more };
  const { body } = await requestChecks(stack, [input]);
  const [result] = body.data.requestChecks.results;
  expect(result).toMatchObject({ ok: true, code: null });
  return result.checks[0];
}

export const NIL = { outcome: 'NIL', searched: [{ system: 'PNC', by: 'CONFIRMED_NUMBER', match: 'CONFIRMED' }] };
export const INFORMATION = {
  outcome: 'INFORMATION',
  searched: NIL.searched,
  findings: [{ code: 'CALL_OUT', on: '2026-02-03', about: 'ADDRESS' }],
  narrative: 'Called twice to the address in February about shouting.',
};

/** The first request of a check, answered by the northern force. */
export async function answerOne(
  stack: Stack,
  check: { requests: { id: string; version: number }[] },
  given: Input = NIL,
  caller: Caller = FORCE,
) {
  const [request] = check.requests;
  const answer = await act(stack, caller, 'answerRequest', {
    request: request?.id,
    expectedVersion: request?.version,
    ...given,
  });
  expect(answer.body.data?.answerRequest).toMatchObject({ ok: true });
  return answer;
}

export async function readCheck(stack: Stack, caller: Caller, id: string) {
  return (await stack.ask(`{ check(id: "${id}") { ${CHECK} } }`, caller)).body.data.check;
}
