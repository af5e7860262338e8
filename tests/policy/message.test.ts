import { describe, expect, test } from 'vitest';
import { decideMessage, type Message } from '../../src/policy/message.ts';
import type { Restriction } from '../../src/record/facts.ts';
import { objection, permission, restriction } from './draw.ts';
import { bundle, DAY } from './world.ts';

const NOTHING = { restrictions: [], permissions: [], objections: [] };
const TO_POLICE: Message = {
  from: 'probation-service',
  to: 'northmere-police',
  role: 'police-public-protection',
  desk: 'northmere-police/PPU',
  purpose: 'DA_CHECK',
  day: DAY,
  fields: ['CheckRequest.subject'],
};
const ADULTS = ['CheckRequest.subject', 'CheckRequest.adults'];

function send(given: Partial<Message> = {}, facts: Partial<Parameters<typeof decideMessage>[2]> = {}, policy = bundle) {
  const { permitted, reasons, fields } = decideMessage(policy, { ...TO_POLICE, ...given }, { ...NOTHING, ...facts });
  const refusals = [...reasons, ...[...fields.values()].flat()]
    .filter(({ outcome }) => outcome === 'refuse')
    .map(({ gate, code }) => `${gate} ${code}`);
  expect(permitted).toBe(refusals.length === 0 && fields.size > 0);
  return refusals;
}

describe('SHARE-11 what a request tells a responder passes two keys', () => {
  test('both turned', () => {
    expect(send()).toEqual([]);
  });

  test.each<[string, Partial<Message>, string[]]>([
    [
      'the role does not need it',
      { to: 'northmere-housing', role: 'housing-officer', fields: ['CheckRequest.adults'] },
      ['view NOT_IN_VIEW', 'permission NO_PERMISSION'],
    ],
    ['no agreement of the sender gives it', { to: 'southdale-police' }, ['agreement NO_AGREEMENT']],
    ['an agreement of another sender', { from: 'northmere-housing' }, ['agreement NO_AGREEMENT']],
    ['a day after the agreement', { day: '2028-01-01' }, ['agreement NO_AGREEMENT']],
    [
      'another purpose',
      { purpose: 'RELEASE_PLANNING' },
      ['role NOT_A_ROLE_OF_PARTNER', 'view NOT_IN_VIEW', 'agreement NO_AGREEMENT'],
    ],
    ['a role of another partner', { role: 'housing-officer' }, ['role NOT_A_ROLE_OF_PARTNER', 'view NOT_IN_VIEW']],
    ['no such role', { role: 'nobody' }, ['role NOT_A_ROLE_OF_PARTNER', 'view NOT_IN_VIEW']],
    [
      'no such partner',
      { to: 'nobody' },
      ['partner UNKNOWN_PARTNER', 'role NOT_A_ROLE_OF_PARTNER', 'view NOT_IN_VIEW', 'agreement NO_AGREEMENT'],
    ],
    ['no such sender', { from: 'nobody' }, ['partner UNKNOWN_PARTNER', 'agreement NO_AGREEMENT']],
    ['a field in no class', { fields: ['CheckRequest.other'] }, ['view NOT_IN_VIEW', 'agreement NO_AGREEMENT']],
    ['a field of the record', { fields: ['Custody.offence'] }, ['view NOT_IN_VIEW', 'agreement NO_AGREEMENT']],
  ])('%s', (_, given, expected) => {
    expect(send(given)).toEqual(expected);
  });

  test('nothing is sent when nothing is to be sent', () => {
    expect(decideMessage(bundle, { ...TO_POLICE, fields: [] }, NOTHING).permitted).toBe(false);
  });

  test('a message is sent whole or not at all', () => {
    const decision = decideMessage(bundle, { ...TO_POLICE, fields: ADULTS }, NOTHING);
    expect(decision.permitted).toBe(false);
    expect(decision.fields.get('CheckRequest.subject')?.every(({ outcome }) => outcome === 'pass')).toBe(true);
  });
});

describe('permissions and objections of the person', () => {
  const fields = ADULTS;

  test('a class that waits for a permission', () => {
    expect(send({ fields })).toEqual(['permission NO_PERMISSION']);
    expect(send({ fields }, { permissions: [permission({ recipientType: 'police-force' })] })).toEqual([]);
    expect(send({ fields }, { permissions: [permission({ recipientType: 'housing-authority' })] })).toEqual([
      'permission NO_PERMISSION',
    ]);
    expect(
      send({ fields }, { permissions: [permission({ recipientType: 'police-force', holder: 'hmpps-prisons' })] }),
    ).toEqual(['permission NO_PERMISSION']);
  });

  test('an objection closes the class', () => {
    const objections = [objection({ dataClass: 'check-request.subject' })];
    expect(send({}, { objections })).toEqual(['permission OBJECTION_UPHELD']);
    expect(send({}, { objections: [objection({ dataClass: 'check-request.third-parties' })] })).toEqual([]);
    expect(
      send({}, { objections: [objection({ dataClass: 'check-request.subject', recipientType: 'housing-authority' })] }),
    ).toEqual([]);
  });
});

describe('SHARE-06 a restriction binds the responder', () => {
  test.each<[string, Partial<Restriction>, string[]]>([
    ['one that lists nobody', {}, ['restriction RESTRICTED']],
    ['one that lists the sender', { accounts: ['probation-service/PRO-0001'] }, ['restriction RESTRICTED']],
    [
      'one that lists somebody of the responder: a desk is not a name',
      { accounts: ['northmere-police/NPO-0001'] },
      ['restriction RESTRICTED'],
    ],
    ['one that lists the desk', { desks: ['northmere-police/PPU'] }, []],
    ['one that lists another desk', { desks: ['northmere-police/OTHER'] }, ['restriction RESTRICTED']],
    ['one that ended', { until: '2026-11-21' }, []],
    ['one that cannot be read', { accounts: null, desks: ['northmere-police/PPU'] }, ['restriction UNREADABLE']],
    ['an exclusion of somebody', { type: 'EXCLUSION', accounts: ['northmere-police/NPO-0001'] }, []],
    [
      'an exclusion with a name not known there',
      { type: 'EXCLUSION', unresolved: ['northmere-police'] },
      ['restriction UNRESOLVED_NAME'],
    ],
    ['an exclusion with a name not known elsewhere', { type: 'EXCLUSION', unresolved: ['probation-service'] }, []],
  ])('%s', (_, given, expected) => {
    expect(send({}, { restrictions: [restriction(given)] })).toEqual(expected);
  });

  test('a desk of another partner opens it to nobody', () => {
    const desk = 'southdale-police/PPU';
    expect(send({ desk }, { restrictions: [restriction({ desks: [desk] })] })).toEqual(['restriction RESTRICTED']);
  });

  test('nor does it reach a partner without a desk', () => {
    expect(send({ desk: null }, { restrictions: [restriction({ desks: ['northmere-police/PPU'] })] })).toEqual([
      'restriction RESTRICTED',
    ]);
  });
});
