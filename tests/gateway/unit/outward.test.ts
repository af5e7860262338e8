import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createPseudonyms } from '../../../src/audit/pseudonym.ts';
import type { Question } from '../../../src/checks/question.ts';
import { answerAsked, answerMessage, requestMessage } from '../../../src/gateway/checks/outward.ts';
import { readRecord } from '../../../src/gateway/read-record.ts';
import type { Bundle } from '../../../src/policy/bundle.ts';
import { loadBundle } from '../../../src/policy/load/load.ts';
import { printSelection } from '../../../src/record/selection.ts';

const PROJECT = join(import.meta.dirname, '../../..');
const bundle = await loadBundle(join(PROJECT, 'policies'), await readRecord(join(PROJECT, 'schema')));
const pseudonyms = createPseudonyms([randomBytes(32)]);
const day = '2026-12-01';
const CHECK = { person: 'P', partner: 'probation-service', type: 'DOMESTIC_ABUSE', release: '2026-12-24' } as const;
const REQUEST = { id: 'R', responder: 'southdale-police', team: 'SPO-UNIT' };
const FACTS = { restrictions: [], permissions: [], objections: [] };
const QUESTION: Question = {
  name: 'A. Person',
  dateOfBirth: null,
  addresses: [],
  adults: [
    { name: 'B. Adult', dateOfBirth: '1990-01-01', relationship: 'Partner' },
    { name: 'b. adult', dateOfBirth: '1990-01-01', relationship: 'Landlord' },
  ],
  children: [{ name: null, dateOfBirth: '2020-01-01', relationship: 'Child' }],
  childrenBelievedPresent: false,
  more: null,
};
const CONTENT = {
  searched: [{ system: 'PNC', by: 'CONFIRMED_NUMBER', match: 'CONFIRMED' }],
  findings: [],
  narrative: 'Something.',
} as const;

/** The policy without one class of message in any agreement. */
const without = (dataClass: string): Bundle => ({
  ...bundle,
  agreements: bundle.agreements.map((each) => ({
    ...each,
    classes: each.classes.filter((name) => name !== dataClass),
  })),
});

test('SHARE-11 a request tells all of it or nothing', () => {
  const sent = requestMessage({ bundle, day, pseudonyms }, CHECK, REQUEST, QUESTION, FACTS);
  expect(sent).toMatchObject({ sent: true, to: { partner: 'southdale-police', reference: 'R' } });
  expect(sent.fields).toEqual(
    ['adults', 'children', 'question', 'release', 'subject'].map((field) => `probation-service|CheckRequest.${field}`),
  );
  // However it was written, it is one person.
  expect(sent.thirdParties).toEqual([pseudonyms.ofIdentifier('third-party', 'b. adult|1990-01-01')]);
  for (const [policy, facts] of [
    [without('check-request.release'), FACTS],
    [without('check-request.third-parties'), FACTS],
    [bundle, null],
  ] as const) {
    const refused = requestMessage({ bundle: policy, day, pseudonyms }, CHECK, REQUEST, QUESTION, facts);
    expect(refused).toMatchObject({ sent: false, fields: [], thirdParties: [], to: { reference: null } });
  }
});

test('SHARE-02 a system is asked for no part of an answer that may not be told', () => {
  const asked = (policy: Bundle) => {
    const selection = answerAsked({ bundle: policy, day }, CHECK, REQUEST, FACTS);
    return selection && printSelection(selection);
  };
  const always = 'handling mayBeTold';
  expect(asked(bundle)).toBe(
    `findings { about code on } ${always} narrative outcome reason searched { by match system }`,
  );
  expect(asked(without('check-answer.text'))).toBe(
    `findings { about code on } ${always} outcome reason searched { by match system }`,
  );
  expect(asked(without('check-answer.findings'))).toBe(
    `${always} narrative outcome reason searched { by match system }`,
  );
  expect(asked(without('check-answer.outcome'))).toBeNull();
});

test('SHARE-11 an answer tells all of it or nothing', () => {
  const told = (policy: Bundle) => answerMessage({ bundle: policy, day }, CHECK, REQUEST, CONTENT, FACTS);
  expect(told(bundle)).toMatchObject({
    sent: true,
    to: { partner: 'probation-service', reference: 'R' },
    fields: ['narrative', 'outcome', 'searched'].map((field) => `southdale-police|CheckAnswer.${field}`),
  });
  expect(told(without('check-answer.text'))).toMatchObject({ sent: false, fields: [] });
});
