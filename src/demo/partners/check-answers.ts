import { GraphQLError } from 'graphql';
import type { HolderCode } from '../population/holders.ts';
import type { Population } from '../population/population.ts';
import type { Resolve } from './subgraph.ts';

/** The force that answers requests for checks by a search of its records. Of all others, people answer. */
export const ANSWERS_CHECKS: HolderCode = 'southdale-police';

/**
 * Answers what a search by the person's number settles, at once. Where there is no confirmed number somebody must look
 * with their own eyes, and the search says nothing.
 */
export function answerChecks(population: Population, clock: { now(): Date }): Resolve {
  return ({ id, type, number, told }) => {
    if (typeof id !== 'string' || typeof type !== 'string' || typeof told !== 'object') {
      return new GraphQLError('A CheckRequest has id, type, number and told.');
    }
    const person = typeof number === 'string' ? population.find(ANSWERS_CHECKS, number) : null;
    const isAnswered = person !== null && type === 'DOMESTIC_ABUSE';
    const held = isAnswered ? population.sections(ANSWERS_CHECKS, person, clock.now())['policing']?.() : null;
    return { __typename: 'CheckRequest', id, answer: isAnswered ? answerFrom(held as Held | null) : null };
  };
}

interface Held {
  readonly domesticAbuse: { readonly level: string; readonly lastIncidentOn: string | null; readonly marac: boolean };
  readonly asVictim: readonly { readonly kind: string; readonly on: string }[];
  readonly orders: readonly { readonly from: string }[];
}

function answerFrom(held: Held | null): object {
  const findings = held === null ? [] : findingsIn(held);
  const isNil = findings.length === 0;
  return {
    outcome: isNil ? 'NIL' : 'INFORMATION',
    reason: null,
    searched: ['PNC', 'CRIME_RECORDS', 'CALL_OUTS'].map((system) => ({
      system,
      by: 'CONFIRMED_NUMBER',
      match: 'CONFIRMED',
    })),
    findings: isNil ? null : findings,
    narrative: isNil ? null : 'Ring the public protection unit before anything of this is said to anybody.',
    handling: 'OFFICIAL-SENSITIVE',
    mayBeTold: false,
  };
}

function findingsIn({ domesticAbuse, asVictim, orders }: Held): object[] {
  const about = 'PERSON';
  return [
    ...(domesticAbuse.level === 'NONE_RECORDED' ? [] : [{ code: 'CALL_OUT', on: domesticAbuse.lastIncidentOn, about }]),
    ...(domesticAbuse.marac ? [{ code: 'MARAC', on: null, about }] : []),
    ...orders.map(({ from }) => ({ code: 'PROTECTIVE_ORDER', on: from, about })),
    ...asVictim.filter(({ kind }) => kind === 'DOMESTIC_CALL_OUT').map(({ on }) => ({ code: 'AS_VICTIM', on, about })),
  ];
}
