import { describe, expect, test } from 'vitest';
import roleSchema from '../../../policies/schemas/role.json' with { type: 'json' };
import type { WorkKind } from '../../../src/record/governance.ts';
import { edit, type Path, told } from './edit.ts';
import { problem, problemsOf, texts, vary } from './real.ts';

// No agreement is needed for any of this: each case is quick without them.
const few = texts.filter(({ name }) => !name.startsWith('agreements/'));
const CLASSES = 'data-classes.yaml';
const ROLE = 'roles/police-public-protection.yaml';
const MANAGER = 'roles/probation-manager.yaml';
const GLASS = 'break-glass.yaml';
const RESTRICTIONS = 'restrictions.yaml';
const CHECK = ['purposes', 'DA_CHECK'];
const DESK = { name: 'Desk', telephone: '01632 960000', hours: 'every day' };
const OWNER = { freshnessHours: 24, page: DESK, needToKnowDays: 28 };

type Case = [
  name: string,
  file: string,
  path: Path,
  value: unknown,
  ...told: [path: Path, message: string, on?: 'key'][],
];

const ROLES: Case[] = [
  ['no review date', ROLE, ['review'], undefined, [['role'], 'review is missing', 'key']],
  ['no actions', ROLE, ['actions'], undefined, [['role'], 'actions is missing', 'key']],
  ['no queues', ROLE, ['queues'], undefined, [['role'], 'queues is missing', 'key']],
  ['no limit', ROLE, ['peoplePerDay'], undefined, [['role'], 'peoplePerDay is missing', 'key']],
  ['a limit below none', ROLE, ['peoplePerDay'], -1, [['peoplePerDay'], '-1 is not people a day, from 0 to 10000']],
  [
    'an action that nobody offers',
    ROLE,
    ['actions'],
    ['breakGlas'],
    [['actions', 0], 'unknown action breakGlas; did you mean breakGlass'],
  ],
  [
    'a way in to the record is no action',
    ROLE,
    ['actions'],
    ['breakGlass', 'person'],
    [['actions', 1], 'unknown action person'],
  ],
  [
    'what lies below an action is none',
    ROLE,
    ['actions'],
    ['breakGlass', 'banner'],
    [['actions', 1], 'unknown action banner'],
  ],
  [
    'an unknown queue',
    MANAGER,
    ['queues'],
    ['BREAK_GLASS_REVIEWS'],
    [
      ['queues', 0],
      'BREAK_GLASS_REVIEWS is not one of BREAK_GLASS_REVIEW, BREAK_GLASS_DISCLOSED, RESTRICTION_APPROACHED, RESTRICTION_NAME_UNRESOLVED, RESTRICTION_UNREADABLE, SUBJECT_REPORT_DECISION; did you mean BREAK_GLASS_REVIEW',
    ],
  ],
  [
    'a section that nobody says why of',
    ROLE,
    [...CHECK, 'sections', 'policing', 'why'],
    undefined,
    [[...CHECK, 'sections', 'policing'], 'why is missing', 'key'],
  ],
  [
    'an unknown class of messages',
    ROLE,
    [...CHECK, 'receives', 0],
    'check-request.subjct',
    [[...CHECK, 'receives', 0], 'unknown class check-request.subjct; did you mean check-request.subject'],
  ],
  [
    'a class of fields among messages',
    ROLE,
    [...CHECK, 'receives', 0],
    'custody.release',
    [[...CHECK, 'receives', 0], 'custody.release is not a class of messages'],
  ],
  [
    'a class of messages among fields',
    ROLE,
    [...CHECK, 'sections', 'policing', 'classes', 0],
    'check-request.subject',
    [[...CHECK, 'sections', 'policing', 'classes', 0], 'check-request.subject is not a class of section policing'],
  ],
  [
    'a class of messages among identifiers',
    ROLE,
    [...CHECK, 'identifiers', 0],
    'check-request.subject',
    [[...CHECK, 'identifiers', 0], 'check-request.subject is not a class of identifiers'],
  ],
  [
    'a difference in no class',
    ROLE,
    ['differs'],
    { 'custody.releas': 'Because' },
    [['differs', 'custody.releas'], 'unknown class custody.releas; did you mean custody.release', 'key'],
  ],
];

const CLASSED: Case[] = [
  [
    'a message in two classes',
    CLASSES,
    ['classes', 'check-request.release', 'messages'],
    ['CheckRequest.release', 'CheckRequest.question'],
    [['classes', 'check-request.question', 'messages', 0], 'CheckRequest.question is in check-request.release already'],
  ],
  [
    'messages and fields in one class',
    CLASSES,
    ['classes', 'custody.offence', 'messages'],
    ['CheckRequest.offence'],
    [['classes', 'custody.offence'], 'a class has one of fields, identifiers and messages', 'key'],
  ],
  [
    'a field of the record as a message',
    CLASSES,
    ['classes', 'check-request.release', 'messages'],
    ['CheckRequest.release', 'Custody.releaseDate'],
    [
      ['classes', 'check-request.release', 'messages', 1],
      'Custody.releaseDate is a field of the record, and belongs in fields',
    ],
  ],
];

const GLASSES: Case[] = [
  [
    'an unknown role',
    GLASS,
    ['roles', 0],
    'probation-practioner',
    [['roles', 0], 'unknown role probation-practioner; did you mean probation-practitioner'],
  ],
  [
    'an unknown reviewer',
    GLASS,
    ['reviewers', 0],
    'ig-oficer',
    [['reviewers', 0], 'unknown role ig-oficer; did you mean ig-officer'],
  ],
  ['more than an hour', GLASS, ['minutes'], 61, [['minutes'], '61 is not minutes, from 1 to 60']],
  ['no reason to give', GLASS, ['reasons'], {}, [['reasons'], 'this may not be empty', 'key']],
  [
    'a reason in small letters',
    GLASS,
    ['reasons'],
    { 'risk to life': 'Now' },
    [['reasons', 'risk to life'], 'risk to life is not capitals joined by underscores', 'key'],
  ],
  ['nobody to review', GLASS, ['reviewers'], [], [['reviewers'], 'this may not be empty', 'key']],
  ['no banner', GLASS, ['banner'], undefined, [['minutes'], 'banner is missing', 'key']],
];

const OWNERS: Case[] = [
  [
    'an owner that takes no part',
    RESTRICTIONS,
    ['owners'],
    { 'probation-servce': OWNER },
    [['owners', 'probation-servce'], 'unknown partner probation-servce; did you mean probation-service', 'key'],
  ],
  [
    'nobody to page',
    RESTRICTIONS,
    ['owners'],
    { 'probation-service': { ...OWNER, page: undefined } },
    [['owners', 'probation-service'], 'page is missing', 'key'],
  ],
  [
    'a list that may be of any age',
    RESTRICTIONS,
    ['owners'],
    { 'probation-service': { ...OWNER, freshnessHours: 0 } },
    [['owners', 'probation-service', 'freshnessHours'], '0 is not hours, from 1 to 8760'],
  ],
  [
    'a signpost without a desk',
    RESTRICTIONS,
    ['owners'],
    { 'probation-service': { ...OWNER, signpost: { message: 'Ring' } } },
    [['owners', 'probation-service', 'signpost'], 'desk is missing', 'key'],
  ],
];

const PERMISSIONS: Case[] = [
  [
    'that does not say what it names',
    'permissions.yaml',
    ['CONFIDENTIALITY', 'names'],
    undefined,
    [['CONFIDENTIALITY'], 'names is missing', 'key'],
  ],
  [
    'that names something else',
    'permissions.yaml',
    ['CONFIDENTIALITY', 'names'],
    ['recipents'],
    [['CONFIDENTIALITY', 'names', 0], 'recipents is not one of holder, recipient; did you mean recipient'],
  ],
];

describe.each([
  ['roles', ROLES],
  ['classes', CLASSED],
  ['break-glass', GLASSES],
  ['restrictions', OWNERS],
  ['permissions', PERMISSIONS],
])('%s', (_, cases) => {
  test.each(cases)('%s', (_name, file, path, value, ...expected) => {
    const files = edit(few, file, [path, value]);
    expect(problemsOf(files)).toEqual(expected.map((each) => told(files, file, ...each)));
  });
});

describe.each(['restrictions.yaml', 'break-glass.yaml'])('%s', (name) => {
  test('may not be missing', () => {
    expect(problemsOf(few.filter((file) => file.name !== name))).toEqual([`${name}:1:1 the file is missing`]);
  });
});

test('the record by which releases lists people may not be hidden', () => {
  const at = ['purposes', 'RELEASE_PLANNING', 'sections', 'custody', 'existence'];
  const hold: Path = ['purposes', 'RELEASE_PLANNING', 'holdMilliseconds'];
  const name = 'roles/probation-practitioner.yaml';
  const files = edit(few, name, [at, 'hidden'], [hold, 500]);
  expect(problemsOf(files)).toEqual([
    told(
      files,
      name,
      at,
      'custody may not be hidden: releases lists people by it, and a list tells whom it leaves out',
    ),
  ]);
});

describe('fields of the gateway’s own work', () => {
  const unclassed = (coordinate: string) =>
    `${coordinate} (schema/gateway.graphql) is in no class; every field of the record is in exactly one`;

  test('an unknown one', () => {
    const files = vary(few, CLASSES, (text) => text.replace('- WorkItem.kind\n', '- WorkItem.kin\n'));
    expect(problemsOf(files)).toEqual([
      problem(
        files,
        CLASSES,
        '- |WorkItem.kin\n',
        'unknown field or input field WorkItem.kin; did you mean WorkItem.kind',
      ),
      problem(files, CLASSES, '|classes:\n', unclassed('WorkItem.kind')),
    ]);
  });

  test('one that is in the envelope too', () => {
    const files = vary(few, CLASSES, (text) => text.replace('envelope:\n', 'envelope:\n  - WorkItem.kind\n'));
    expect(problemsOf(files)).toHaveLength(1);
    expect(problemsOf(files)[0]).toMatch(/WorkItem.kind is in the envelope already$/);
  });

  test('one of the record', () => {
    const files = vary(few, CLASSES, (text) => text.replace('governance:\n', 'governance:\n  - Custody.offence\n'));
    expect(problemsOf(files)).toEqual([
      problem(
        files,
        CLASSES,
        '  - |Custody.offence\n',
        'Custody.offence says something of a person, and belongs in a class',
      ),
      problem(files, CLASSES, '[|Custody.offence]', 'Custody.offence is in governance already'),
    ]);
  });
});

test('what does something is in governance, where a role must have the action', () => {
  const files = vary(few, CLASSES, (text) =>
    text.replace('  - Mutation.breakGlass\n', '').replace('envelope:\n', 'envelope:\n  - Mutation.breakGlass\n'),
  );
  const message = 'Mutation.breakGlass does something, and belongs in governance: a role must have the action';
  expect(problemsOf(files)).toContain(problem(files, CLASSES, '- |Mutation.breakGlass', message));
});

test('queues are the kinds of work that there are', () => {
  const kinds: Record<WorkKind, true> = {
    BREAK_GLASS_REVIEW: true,
    BREAK_GLASS_DISCLOSED: true,
    RESTRICTION_APPROACHED: true,
    RESTRICTION_NAME_UNRESOLVED: true,
    RESTRICTION_UNREADABLE: true,
    SUBJECT_REPORT_DECISION: true,
  };
  expect([...roleSchema.properties.queues.items.enum].sort()).toEqual(Object.keys(kinds).sort());
});

test('a role whose file cannot be read is not unknown to others: its own problem comes first', () => {
  const files = edit(few, ROLE, [['review'], undefined]);
  expect(problemsOf(files)).toHaveLength(1);
});
