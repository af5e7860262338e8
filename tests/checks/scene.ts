import type { Moment, Outcome, Party, Practice } from '../../src/checks/act.ts';
import type { GivenAnswer } from '../../src/checks/answer.ts';
import { askCheck } from '../../src/checks/ask.ts';
import type { CheckTypePolicy, ResponderPolicy } from '../../src/policy/practice.ts';
import type { Check, CheckRequest } from '../../src/record/checks.ts';

const type: CheckTypePolicy = {
  label: '',
  purpose: 'DA_CHECK',
  source: 'police',
  role: 'police-public-protection',
  question: '',
  version: 1,
  validityDays: 28,
  systems: new Map([
    ['PNC', ''],
    ['LOCAL', ''],
  ]),
  findings: new Map([['INCIDENT', '']]),
};
const people: ResponderPolicy = {
  team: 'desk',
  answers: 'people',
  targetHours: 24,
  chaseHours: [24, 48],
  breachHours: 72,
  expireHours: 240,
  clock: 'any',
};

/** `north` and `south` answer by people, at any hour; `robot` by its subgraph. */
export const practice: Practice = {
  checks: {
    types: new Map([
      ['DOMESTIC_ABUSE', type],
      ['CHILDRENS_SERVICES', { ...type, source: 'childrens' }],
    ]),
    responders: new Map([
      ['north', people],
      ['south', people],
      ['robot', { ...people, answers: 'subgraph' }],
    ]),
    askers: [],
    managers: [],
    unableReasons: new Map([['SYSTEM_DOWN', '']]),
    largestNarrative: 4000,
    retentionDays: 30,
  },
  calendar: { from: '2026-01-01', until: '2027-12-31', holidays: new Map() },
};

export const START = new Date('2026-11-02T09:00:00Z');
export const asker: Party = { as: 'ASKER', by: 'asker' };
export const manager: Party = { as: 'MANAGER', by: 'manager' };
export const system: Party = { as: 'SYSTEM', by: 'system' };

/** The people at a desk: of one responder, or of all. */
export function desk(check: Check, responder?: string): Party {
  const theirs = check.requests.filter((request) => responder === undefined || request.responder === responder);
  return { as: 'RESPONDER', by: 'desk', requests: new Set(theirs.map(({ id }) => id)) };
}

/** A clock and ids that are the same in every run. */
export function moments(): (hours: number) => Moment {
  let ids = 0;
  return (hours) => ({
    at: new Date(START.getTime() + hours * 3_600_000),
    practice,
    newId: () => {
      ids += 1;
      return `id-${ids}`;
    },
  });
}

export function ask(responder: string, question = 'question') {
  return { responder, question, contentId: `content-${responder}-${question}` };
}

/** As `ask`, of a responder that may not be told. */
export function untold(responder: string, question = 'question') {
  return { ...ask(responder, question), contentId: null };
}

export function newCheck(moment: Moment, ...responders: readonly string[]): Check {
  const asks = responders.map((responder) => ask(responder));
  const input = {
    person: 'person',
    partner: 'probation',
    type: 'DOMESTIC_ABUSE',
    release: '2026-11-20',
    asks,
  } as const;
  return done(askCheck(input, asker, moment));
}

/** @throws where it was refused */
export function done(outcome: Outcome): Check {
  if (!outcome.ok) throw new Error(`Refused: ${outcome.code}`);
  return outcome.after;
}

export function requestOf(check: Check, index = 0): CheckRequest {
  const request = check.requests[index];
  if (request === undefined) throw new Error('There are not so many requests.');
  return request;
}

const content = {
  searched: [],
  findings: [],
  narrative: null,
  handling: 'OFFICIAL-SENSITIVE',
  mayBeTold: false,
} as const;
export const ANSWERS = {
  NIL: given('NIL', [{ system: 'PNC', by: 'NAME_AND_DATE_OF_BIRTH', match: 'CONFIRMED' }]),
  INFORMATION: {
    ...given('INFORMATION', [{ system: 'PNC', by: 'NAME_AND_DATE_OF_BIRTH', match: 'PROBABLE' }]),
    narrative: 'What is held.',
  },
  NO_TRACE: given('NO_TRACE', [{ system: 'PNC', by: 'NAME_AND_DATE_OF_BIRTH', match: 'NONE' }]),
  UNABLE: { ...given('UNABLE', []), reason: 'SYSTEM_DOWN' },
} as const satisfies Record<string, GivenAnswer>;

function given(outcome: GivenAnswer['outcome'], searched: GivenAnswer['searched']): GivenAnswer {
  return { ...content, outcome, searched, reason: null, automatic: false };
}
