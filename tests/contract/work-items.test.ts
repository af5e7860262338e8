import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type AskOptions, population, type Stack, startStack } from '../stack/stack.ts';
import { type Caller, MANAGER, OFFICER, PROBATION } from './callers.ts';
import { attempt, breakGlass } from './glass.ts';
import { type Subject, subjects } from './oracle/subject.ts';

const people = population();
const stranger = subjects(people, 'unrelated')[0] as Subject;
const crn = (subject: Subject) => subject.identifiers['CRN'] as string;
let stack: Stack;

beforeAll(async () => {
  stack = await startStack();
});

afterAll(() => stack?.close());

const LEAD = { persona: 'ig-lead', partner: 'throughgate-board', purpose: 'IG_ASSURANCE' } as const satisfies Caller;
const ITEMS = `query ($kind: String, $first: Int) {
  workItems(kind: $kind, first: $first) {
    kind reference person openedAt dueAt review { practitioner role purpose reason text until version }
  }
}`;
const CLOSE = `mutation ($input: CloseBreakGlassReviewInput!) { closeBreakGlassReview(input: $input) { ok code allowedNow } }`;

interface Item {
  readonly kind: string;
  readonly reference: string;
  readonly person: string | null;
  readonly dueAt: string;
  readonly review: { readonly version: number; readonly text: string } | null;
}

async function items(caller: AskOptions, kind?: string): Promise<Item[]> {
  const { body } = await stack.ask(ITEMS, { ...caller, variables: { kind: kind ?? null, first: 100 } });
  return body.data.workItems;
}

async function attemptOf(caller: AskOptions = PROBATION, value = crn(stranger)): Promise<string> {
  const answer = await breakGlass(stack, caller, attempt('CRN', value));
  expect(answer.status).toBe(200);
  return String(answer.headers.get('x-request-id'));
}

const close = (caller: AskOptions, reference: string, more = {}) =>
  stack.ask(CLOSE, {
    ...caller,
    variables: {
      input: {
        reference,
        outcome: 'JUSTIFIED',
        text: 'The desk confirmed the call.',
        expectedVersion: 1,
        ...more,
      },
    },
  });

describe('an item that only tells something', () => {
  const ACKNOWLEDGE = `mutation ($input: AcknowledgeWorkItemInput!) { acknowledgeWorkItem(input: $input) { ok code allowedNow } }`;
  const acknowledge = (caller: AskOptions, kind: string, reference: string) =>
    stack.ask(ACKNOWLEDGE, { ...caller, variables: { input: { kind, reference } } });

  test('is taken off the list by whoever has its queue, and the log says who did so', async () => {
    await restrict(stranger, 'probation-service');
    const reference = await attemptOf({ ...PROBATION, practitioner: 'PRO-0002' });
    await lift();
    const waits = async () =>
      (await items(MANAGER, 'RESTRICTION_APPROACHED')).some((item) => item.reference === reference);
    expect(await waits()).toBe(true);

    const elsewhere = await acknowledge(
      { ...OFFICER, partner: 'northmere-police' },
      'RESTRICTION_APPROACHED',
      reference,
    );
    expect(elsewhere.body.data.acknowledgeWorkItem).toEqual({ ok: false, code: 'NOT_OPEN', allowedNow: ['workItems'] });
    expect(await waits()).toBe(true);

    const done = await acknowledge(MANAGER, 'RESTRICTION_APPROACHED', reference);
    expect(done.body.data.acknowledgeWorkItem).toEqual({ ok: true, code: null, allowedNow: ['workItems'] });
    expect(await waits()).toBe(false);
    const [entry] = await stack.entries(done.body.extensions.requestId);
    expect(entry).toMatchObject({ deed: { field: 'acknowledgeWorkItem', ok: true, reference } });

    const again = await acknowledge(MANAGER, 'RESTRICTION_APPROACHED', reference);
    expect(again.body.data.acknowledgeWorkItem.code).toBe('NOT_OPEN');
  });

  test('a review is not acknowledged away, nor an item of a queue that the role has not', async () => {
    const reference = await attemptOf();
    for (const [caller, kind] of [
      [OFFICER, 'BREAK_GLASS_REVIEW'],
      [MANAGER, 'BREAK_GLASS_DISCLOSED'],
      [OFFICER, 'NO_SUCH_KIND'],
    ] as const) {
      const { body } = await acknowledge(caller, kind, reference);
      expect(body.errors[0]).toMatchObject({
        message: expect.stringMatching(/RESTRICTION_APPROACHED/),
        extensions: { code: 'BAD_USER_INPUT' },
      });
    }
    expect((await items(OFFICER, 'BREAK_GLASS_REVIEW')).some((item) => item.reference === reference)).toBe(true);
  });
});

describe('the queue of reviews', () => {
  test('has every attempt, granted or refused, with what was said, for the reviewers of the same partner', async () => {
    const granted = await attemptOf();
    const refused = await attemptOf(PROBATION, 'X999999');
    const found = new Map((await items(OFFICER, 'BREAK_GLASS_REVIEW')).map((item) => [item.reference, item]));
    const review = {
      practitioner: 'PRO-0001',
      role: 'probation-practitioner',
      purpose: 'RELEASE_PLANNING',
      reason: 'RISK_TO_LIFE',
      text: 'The person rang the desk in distress.',
      version: 1,
    };
    expect(found.get(granted)).toMatchObject({
      person: expect.stringMatching(/^[A-Za-z0-9_-]{22}$/),
      review: { ...review, until: expect.any(String) },
    });
    expect(found.get(refused)).toMatchObject({ person: null, review: { ...review, until: null } });
    const hours = (Date.parse(found.get(granted)?.dueAt ?? '') - Date.now()) / 3_600_000;
    expect(Math.abs(hours - 72)).toBeLessThan(0.1);

    const elsewhere = await items({ ...OFFICER, partner: 'northmere-police' });
    expect(elsewhere.filter(({ reference }) => [granted, refused].includes(reference))).toEqual([]);
  });

  test('SHARE-06 a restriction that comes later leaves the item and takes the person out of it', async () => {
    const reference = await attemptOf();
    const find = async () => (await items(OFFICER, 'BREAK_GLASS_REVIEW')).find((item) => item.reference === reference);
    expect((await find())?.person).not.toBeNull();
    await restrict(stranger, 'hmpps-prisons');
    try {
      expect(await find()).toMatchObject({ kind: 'BREAK_GLASS_REVIEW', person: null });
    } finally {
      await lift();
    }
  });

  test('a role without a queue, or without the kind, is told which it has', async () => {
    const other = await stack.ask('{ workItems(kind: "BREAK_GLASS_REVIEW") { kind } }', MANAGER);
    expect(other.body.errors[0]).toMatchObject({
      message: expect.stringMatching(/RESTRICTION_APPROACHED/),
      extensions: { code: 'BAD_USER_INPUT' },
    });
    const practitioner = await stack.ask('{ workItems { kind } }', PROBATION);
    expect(practitioner.body.data).toEqual({ workItems: null });
    expect(practitioner.body.extensions.withheld).toEqual([
      {
        section: 'workItems',
        fields: ['Query.workItems'],
        reason: 'NOT_IN_VIEW',
        contact: null,
        paths: [['workItems']],
      },
    ]);
    const many = await stack.ask('{ workItems(first: 101) { kind } }', OFFICER);
    expect(many.body.errors[0].message).toMatch(/from 1 to 100/);
  });

  test('introspection shows what the gateway does to those who may use it, and to nobody else', async () => {
    const rootsOf = async (caller: AskOptions) => {
      const { body } = await stack.ask(
        '{ __schema { queryType { fields { name } } mutationType { fields { name } } types { name } } }',
        caller,
      );
      const { queryType, mutationType, types } = body.data.__schema;
      const names = (type: { fields: { name: string }[] } | null) =>
        type?.fields.map(({ name }) => name).sort() ?? null;
      return {
        queries: names(queryType)?.filter((name) => !['person', 'people', 'releases'].includes(name)),
        mutations: names(mutationType),
        types: types.map(({ name }: { name: string }) => name),
      };
    };
    expect(await rootsOf(OFFICER)).toMatchObject({
      queries: [
        'caseFile',
        'closedBreakGlassReviews',
        'correction',
        'declaredInterests',
        'flagCase',
        'flagCases',
        'incident',
        'incidents',
        'logEntries',
        'logEntry',
        'logExportPart',
        'logExports',
        'logFigures',
        'logSample',
        'logStatus',
        'nameRequests',
        'names',
        'policyApprovals',
        'policyReplay',
        'proposedPolicy',
        'restrictionHealth',
        'savedSearches',
        'subjectReport',
        'subjectRequests',
        'tellings',
        'verification',
        'workItems',
      ],
      mutations: [
        'acknowledgeWorkItem',
        'agreeToNames',
        'askForNames',
        'assignFlagCase',
        'beginVisit',
        'closeBreakGlassReview',
        'closeFlagCase',
        'closeSubjectRequest',
        'confirmInterest',
        'decideTelling',
        'declareInterest',
        'deleteSavedSearch',
        'extendSubjectRequest',
        'keepIncident',
        'noteFlagCase',
        'openSubjectRequest',
        'recordExport',
        'recordNotice',
        'recordOutsideVerification',
        'saveSearch',
        'startLogExport',
        'verifyLog',
      ],
    });
    expect(await rootsOf(PROBATION)).toMatchObject({
      queries: ['changes', 'check', 'checks', 'referralPack'],
      mutations: [
        'acknowledgeGap',
        'breakGlass',
        'considerCheck',
        'declareInterest',
        'requestChecks',
        'resumeCheck',
        'sendReferralPack',
        'withdrawRequest',
      ],
    });
    const coach = await rootsOf({
      persona: 'work-coach',
      partner: 'benefits-department',
      purpose: 'BENEFITS_EMPLOYMENT',
    });
    expect(coach).toMatchObject({ queries: ['changes'], mutations: ['acknowledgeGap', 'declareInterest'] });
    for (const name of ['WorkItem', 'BreakGlassInput', 'NeedToKnow', 'Check', 'CheckAnswer', 'ReferralPack'])
      expect(coach.types).not.toContain(name);
  });
});

describe('the owner of a restriction', () => {
  test('SHARE-04 whoever approached it is not told by their own queue that there is one', async () => {
    const seen = async (value: string) => {
      const reference = await attemptOf(MANAGER, value);
      return (await items(MANAGER)).filter((item) => item.reference === reference);
    };
    const unknown = await seen('X999999');
    await restrict(stranger, 'probation-service');
    try {
      expect(await seen(crn(stranger))).toEqual(unknown);
    } finally {
      await lift();
    }
  });

  test('is told that it was approached, and about whom where the list names the reader', async () => {
    await restrict(stranger, 'probation-service');
    try {
      const reference = await attemptOf();
      const find = async () => (await items(MANAGER)).find((item) => item.reference === reference);
      expect(await find()).toMatchObject({ kind: 'RESTRICTION_APPROACHED', person: null, review: null });
      await stack.sql(
        `update record.restriction set accounts = array['probation-service/PRM-0001'] where reference = $1`,
        ['R-of-the-tests'],
      );
      expect((await find())?.person).toMatch(/^[A-Za-z0-9_-]{22}$/);
      expect((await find())?.dueAt.slice(0, 10)).toBe(new Date().toISOString().slice(0, 10));
    } finally {
      await lift();
    }
  });
});

describe('a review', () => {
  test('is closed by a reviewer of the partner, once, and leaves its entry without the words', async () => {
    const reference = await attemptOf();
    const answer = await close(OFFICER, reference);
    expect(answer.body.data.closeBreakGlassReview).toEqual({ ok: true, code: null, allowedNow: ['workItems'] });
    expect((await items(OFFICER)).filter((item) => item.reference === reference)).toEqual([]);
    const kept = await stack.sql('select outcome, reviewer, version from record.break_glass where id = $1', [
      reference,
    ]);
    expect(kept).toEqual([{ outcome: 'JUSTIFIED', reviewer: 'IGO-0001', version: 2 }]);
    const entries = await stack.entries(String(answer.headers.get('x-request-id')));
    expect(entries.map(({ kind }) => kind)).toEqual(['request', 'review']);
    expect(entries[1]).toMatchObject({ outcome: 'JUSTIFIED', breakGlass: reference, subject: { epoch: 1 } });
    expect(JSON.stringify(entries)).not.toMatch(/confirmed the call/);

    const again = await close(OFFICER, reference);
    expect(again.body.data.closeBreakGlassReview).toEqual({ ok: false, code: 'NOT_OPEN', allowedNow: [] });
  });

  test('of another partner, of none, and under no id at all are one refusal', async () => {
    const reference = await attemptOf();
    const answers = await Promise.all([
      close({ ...OFFICER, partner: 'northmere-police' }, reference),
      close(OFFICER, randomUUID()),
      close(OFFICER, 'no id at all'),
    ]);
    expect(answers.map(({ body }) => body.data.closeBreakGlassReview)).toEqual(
      answers.map(() => ({ ok: false, code: 'NOT_OPEN', allowedNow: [] })),
    );
    const kinds = await stack.entries(String(answers[0]?.headers.get('x-request-id')));
    expect(kinds.map(({ kind, outcome }) => [kind, outcome])).toEqual([
      ['request', 'answered'],
      ['review', 'NOT_OPEN'],
    ]);
  });

  test('of any partner is closed by the lead of them all', async () => {
    const reference = await attemptOf();
    const found = (await items(LEAD, 'BREAK_GLASS_REVIEW')).find((item) => item.reference === reference);
    // The lead is told that it is open and who it was. The words stay with the practitioner's own partner.
    expect(found?.review).toMatchObject({ version: 1, practitioner: 'PRO-0001', text: null });
    expect((await close(LEAD, reference)).body.data.closeBreakGlassReview.ok).toBe(true);
  });

  test('is not closed by somebody whose line the practitioner is in', async () => {
    const reference = await attemptOf();
    const lines = [
      ['IGO-0001', 'PRO-0001'],
      ['PRO-0001', 'IGO-0001'],
    ];
    for (const [manager, member] of lines) {
      await line(manager as string, [member as string]);
      const { body } = await close(OFFICER, reference);
      expect(body.data.closeBreakGlassReview).toMatchObject({ ok: false, code: 'OWN_LINE' });
      await unline();
    }
    await line('PRM-0009', ['IGO-0001', 'PRO-0001']);
    expect((await close(OFFICER, reference)).body.data.closeBreakGlassReview.code).toBe('OWN_LINE');
    await unline();
    expect((await close(OFFICER, reference)).body.data.closeBreakGlassReview.ok).toBe(true);
  });

  test('is not closed by the manager whose line the practitioner was in that day and has left', async () => {
    const reference = await attemptOf();
    await line('IGO-0001', ['PRO-0001']);
    await stack.sql(`update record.team_member set valid_until = $1 where team = 'T-TESTS'`, [people.anchor]);
    stack.clock.set(new Date(Date.now() + 2 * 86_400_000));
    try {
      const { body } = await close(OFFICER, reference);
      expect(body.data.closeBreakGlassReview).toMatchObject({ ok: false, code: 'OWN_LINE' });
    } finally {
      stack.clock.set(new Date());
      await unline();
    }
  });

  test('that changed meanwhile is not closed, nor with words that are too few', async () => {
    const reference = await attemptOf();
    const { body } = await close(OFFICER, reference, { expectedVersion: 7 });
    expect(body.data.closeBreakGlassReview).toEqual({ ok: false, code: 'VERSION_CONFLICT', allowedNow: ['workItems'] });
    const short = await close(OFFICER, reference, { text: 'fine' });
    expect(short.body.errors[0]).toMatchObject({ extensions: { code: 'BAD_USER_INPUT' } });
    expect((await items(OFFICER)).some((item) => item.reference === reference)).toBe(true);
  });

  test('is closed to roles that do not review', async () => {
    const reference = await attemptOf();
    for (const caller of [PROBATION, MANAGER]) {
      const { body } = await close(caller, reference);
      expect(body.data).toEqual({ closeBreakGlassReview: null });
      expect(body.extensions.withheld[0].fields).toEqual(['Mutation.closeBreakGlassReview']);
    }
  });
});

async function line(manager: string, members: readonly string[]): Promise<void> {
  await stack.sql(
    `insert into record.manager (partner, practitioner, team, valid_from) values ('probation-service', $1, 'T-TESTS', '2026-01-01')`,
    [manager],
  );
  for (const member of members) {
    await stack.sql(
      `insert into record.team_member (partner, practitioner, team, valid_from) values ('probation-service', $1, 'T-TESTS', '2026-01-01')`,
      [member],
    );
  }
}

async function unline(): Promise<void> {
  await stack.sql(`delete from record.manager where team = 'T-TESTS'`);
  await stack.sql(`delete from record.team_member where team = 'T-TESTS'`);
}

async function restrict({ uuid }: Subject, owner: string): Promise<void> {
  await stack.sql(
    `insert into record.restriction (person, type, owner, accounts, valid_from, reference)
     values ($1, 'RESTRICTION', $2, array[]::text[], '2026-01-01', 'R-of-the-tests')`,
    [uuid, owner],
  );
}

async function lift(): Promise<void> {
  await stack.sql(`delete from record.restriction where reference = 'R-of-the-tests'`);
}
