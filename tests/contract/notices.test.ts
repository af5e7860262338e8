import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type AskOptions, population, type Stack, startStack } from '../stack/stack.ts';
import { askAs, OFFICER, PROBATION } from './callers.ts';
import { attempt, breakGlass, policiesWithEmergency } from './glass.ts';
import { type Subject, subjects } from './oracle/subject.ts';

const people = population();
const someone = (trait: Parameters<typeof subjects>[1], index = 0) => subjects(people, trait)[index] as Subject;
const LEAD = { persona: 'ig-lead', partner: 'throughgate-board', purpose: 'IG_ASSURANCE' } as const;
const PRISONS = { ...OFFICER, partner: 'hmpps-prisons' };
const SPAN = { from: '2020-01-01T00:00:00Z', to: '2100-01-01T00:00:00Z' };
const policies = policiesWithEmergency({ 'PRI-PRB-01': { 'probation-practitioner': ['custody.release'] } });

let stack: Stack;
let keys = 0;

beforeAll(async () => {
  stack = await startStack({ policiesDir: policies.folder });
});

afterAll(async () => {
  await stack?.close();
  policies.remove();
});

const key = () => {
  keys += 1;
  return `notices-of-tests-${keys}`;
};

async function send(field: string, type: string, selection: string, caller: AskOptions, input: object) {
  const answer = await stack.ask(`mutation ($input: ${type}!) { ${field}(input: $input) { ${selection} } }`, {
    ...caller,
    variables: { input },
  });
  return { result: answer.body.data?.[field], answer };
}

const RESULT = 'ok code allowedNow reference';
const hours = (count: number) => new Date(Date.now() - count * 3_600_000).toISOString();

describe('an incident', () => {
  const window = { from: hours(5), to: hours(3), awareAt: hours(2) };
  const keep = (caller: AskOptions, more: object = {}) =>
    send('keepIncident', 'KeepIncidentInput', RESULT, caller, {
      ...{ practitioner: 'PRO-0001', ...window, expectedVersion: 0 },
      ...more,
    });
  const list = async (caller: AskOptions) => {
    const { body } = await stack.ask(
      `{ incidents { reference partner practitioner awareAt dueAt keptBy version
           notices { reference to toldAt how partner recordedBy } } }`,
      caller,
    );
    return body.data.incidents;
  };

  test('is kept with its clock, once, and changed by whoever read it last', async () => {
    const first = await keep(OFFICER);
    expect(first.result).toMatchObject({ ok: true, code: null });
    const { reference } = first.result;
    expect((await keep(OFFICER)).result).toEqual(first.result);
    const colleague = { ...OFFICER, practitioner: 'IGO-0002' };
    expect((await keep(colleague)).result).toMatchObject({ ok: false, code: 'VERSION_CONFLICT', reference: null });
    expect((await keep(colleague, { awareAt: hours(2.5), expectedVersion: 1 })).result).toMatchObject({
      ok: true,
      reference,
    });
    const [kept] = await list(OFFICER);
    expect(kept).toMatchObject({ reference, keptBy: 'IGO-0002', version: 2, notices: [] });
    expect(Date.parse(kept.dueAt) - Date.parse(kept.awareAt)).toBe(72 * 3_600_000);
    const entries = await stack.entries(first.answer.body.extensions.requestId);
    expect(entries[1]).toMatchObject({ kind: 'review', outcome: 'INCIDENT_KEPT', reference, subject: null });
  });

  test('of another partner’s account, of one’s own or of one’s own line is not an officer’s; the lead keeps any', async () => {
    expect((await keep(OFFICER, { partner: 'northmere-police' })).result.code).toBe('OTHERS_STAFF');
    expect((await keep(OFFICER, { practitioner: 'IGO-0001' })).result.code).toBe('OWN_LINE');
    expect((await keep(LEAD, { partner: 'northmere-police', practitioner: 'NPO-0001' })).result.ok).toBe(true);
    expect((await list(LEAD)).map(({ partner }: { partner: string }) => partner)).toContain('northmere-police');
    expect((await list(OFFICER)).map(({ partner }: { partner: string }) => partner)).not.toContain('northmere-police');
  });

  test.each([
    ['the future', { awareAt: '2099-01-01T00:00:00Z' }, /future/],
    ['before it began', { awareAt: hours(6) }, /before "from"/],
    ['no span', { to: window.from }, /later than/],
    ['no partner that there is', { partner: 'nowhere' }, /practitioner of a partner/],
  ])('is refused with %s', async (_, more, message) => {
    const { answer } = await keep(LEAD, more);
    expect(answer.body.errors[0]).toMatchObject({
      message: expect.stringMatching(message),
      extensions: { code: 'BAD_USER_INPUT' },
    });
  });

  test('says who was told of it and when, once however often it is sent', async () => {
    const reference = (await list(OFFICER))[0].reference;
    const input = { about: 'INCIDENT', incident: reference, to: 'COMMISSIONER', toldAt: hours(1), how: 'EMAIL' };
    const tell = (caller: AskOptions, idempotencyKey: string, more: object = {}) =>
      send('recordNotice', 'RecordNoticeInput', RESULT, caller, { ...input, idempotencyKey, ...more });
    const once = key();
    const first = await tell(OFFICER, once);
    expect(first.result).toMatchObject({ ok: true, allowedNow: ['incidents'] });
    expect((await tell(OFFICER, once)).result).toEqual(first.result);
    expect((await tell(OFFICER, once, { how: 'LETTER' })).result.code).toBe('IDEMPOTENCY_KEY_REUSED');
    const elsewhere = await tell({ ...OFFICER, partner: 'northmere-police' }, key());
    expect(elsewhere.result).toMatchObject({ ok: false, code: 'NOT_OPEN', reference: null });
    const own = await keep(OFFICER, { practitioner: 'IGO-0003' });
    const told = await tell({ ...OFFICER, practitioner: 'IGO-0003' }, key(), { incident: own.result.reference });
    expect(told.result.code).toBe('OWN_LINE');
    const [kept] = (await list(OFFICER)).filter((each: { reference: string }) => each.reference === reference);
    expect(kept.notices).toMatchObject([{ to: 'COMMISSIONER', how: 'EMAIL', recordedBy: 'IGO-0001' }]);
    const entries = await stack.entries(first.answer.body.extensions.requestId);
    expect(entries[1]).toMatchObject({ kind: 'review', outcome: 'INCIDENT_TOLD', reference: first.result.reference });
  });
});

describe('a correction', () => {
  const subject = someone('allowed');
  const CORRECTION = `query ($input: CorrectionInput!) { correction(input: $input) {
    recipients { entry partner practitioner fields { holder field } notice { to toldAt how partner recordedBy } } } }`;
  const recipients = async (caller: AskOptions, type: string, holders: readonly string[]) => {
    const input = { ...SPAN, identifier: { type, value: subject.identifiers[type] }, holders };
    return (await stack.ask(CORRECTION, { ...caller, variables: { input } })).body.data.correction.recipients;
  };
  const tell = (caller: AskOptions, entries: readonly string[], more: object = {}) =>
    send('recordNotice', 'RecordNoticeInput', RESULT, caller, {
      ...{ about: 'CORRECTION', to: 'probation-service', entries, holders: ['hmpps-prisons'], toldAt: hours(0) },
      ...{ how: 'TELEPHONE', idempotencyKey: key(), ...more },
    });

  test('knows of each recipient whether they have been told, by what they received', async () => {
    await askAs(stack, PROBATION, subject, 'custody { releaseDate }');
    const before = await recipients(PRISONS, 'PRISON_NUMBER', ['hmpps-prisons']);
    expect(before).toMatchObject([{ partner: 'probation-service', practitioner: 'PRO-0001', notice: null }]);
    const [{ entry }] = before;
    const told = await tell(PRISONS, [entry]);
    expect(told.result).toMatchObject({ ok: true, allowedNow: ['correction'] });
    const [after] = await recipients(PRISONS, 'PRISON_NUMBER', ['hmpps-prisons']);
    expect(after.notice).toMatchObject({ to: 'probation-service', how: 'TELEPHONE', recordedBy: 'IGO-0001' });
    // Who recorded it is for their own partner; that they were told, for the recipient's officer too.
    const [theirs] = await recipients(OFFICER, 'CRN', ['hmpps-prisons']);
    expect(theirs.notice).toMatchObject({ partner: 'hmpps-prisons', recordedBy: null });
    const [, review] = await stack.entries(told.answer.body.extensions.requestId);
    expect(review).toMatchObject({
      kind: 'review',
      outcome: 'CORRECTION_TOLD',
      entry,
      reference: told.result.reference,
    });
    expect(JSON.stringify(review)).not.toContain(subject.identifiers['PRISON_NUMBER']);
  });

  test('SHARE-04 an entry that the caller may not read, of another recipient or of other data is told like none', async () => {
    const [{ entry }] = await recipients(PRISONS, 'PRISON_NUMBER', ['hmpps-prisons']);
    const began = performance.now();
    const none = await tell(PRISONS, ['00000000-0000-4000-8000-000000000000']);
    // Under which to find and read one is hidden.
    expect(performance.now() - began).toBeGreaterThanOrEqual(50);
    expect(none.result).toMatchObject({ ok: false, code: 'NOT_OPEN', reference: null });
    const others = await Promise.all([
      tell({ ...OFFICER, partner: 'southdale-housing' }, [entry]),
      tell(PRISONS, [entry], { to: 'northmere-police' }),
      tell(PRISONS, [entry], { holders: ['northmere-police'] }),
      tell(PRISONS, [entry, 'no id']),
    ]);
    for (const { result } of others) expect(result).toEqual(none.result);
  });

  test.each([
    ['nobody', { to: 'nowhere' }],
    ['the Commissioner', { to: 'COMMISSIONER' }],
    ['no entries', { entries: [] }],
    ['no holders', { holders: [] }],
    ['a day to come', { toldAt: '2099-01-01T00:00:00Z' }],
    ['no key', { idempotencyKey: 'short' }],
  ])('is not told to %s', async (_, more) => {
    const { answer } = await tell(PRISONS, ['00000000-0000-4000-8000-000000000000'], more);
    expect(answer.body.errors[0].extensions.code).toBe('BAD_USER_INPUT');
  });
});

test('requests for names that wait are the partner’s to see, and which names only for whoever asked', async () => {
  const subjects = ['A'.repeat(43)];
  const asked = await send('askForNames', 'AskForNamesInput', RESULT, OFFICER, {
    ...{ subjects, reason: 'BREACH', idempotencyKey: key() },
  });
  const list = async (caller: AskOptions) => {
    const { body } = await stack.ask(
      '{ nameRequests { reference askedBy reason asked own agreedBy until subjects } }',
      caller,
    );
    return body.data.nameRequests;
  };
  const { reference } = asked.result;
  const waiting = { reference, askedBy: 'IGO-0001', reason: 'BREACH', asked: 1, agreedBy: null, until: null };
  const colleague = { ...OFFICER, practitioner: 'IGO-0002' };
  expect(await list(OFFICER)).toEqual([{ ...waiting, own: true, subjects }]);
  expect(await list(colleague)).toEqual([{ ...waiting, own: false, subjects: [] }]);
  expect(await list(PRISONS)).toEqual([]);
  await send('agreeToNames', 'AgreeToNamesInput', 'ok', colleague, { reference });
  expect(await list(colleague)).toMatchObject([{ agreedBy: 'IGO-0002', subjects }]);
  stack.clock.set(new Date(Date.now() + 25 * 3_600_000));
  expect(await list(OFFICER)).toEqual([]);
  stack.clock.set(new Date());
});

describe('the queue of reviews of break-glass', () => {
  const stranger = someone('unrelated');
  const QUEUE = `{ workItems(kind: "BREAK_GLASS_REVIEW") {
    reference review { partner whyNot shown { holder classes } version } } }`;
  const CLOSED = `{ closedBreakGlassReviews { reference partner practitioner granted reviewer outcome text } }`;
  const close = (caller: AskOptions, reference: string) =>
    send('closeBreakGlassReview', 'CloseBreakGlassReviewInput', 'ok code', caller, {
      ...{ reference, outcome: 'JUSTIFIED', text: 'The desk confirmed the call.', expectedVersion: 1 },
    });
  let reference: string;

  beforeAll(async () => {
    const answer = await breakGlass(stack, PROBATION, attempt('CRN', stranger.identifiers['CRN'] as string));
    reference = answer.body.extensions.requestId;
    await askAs(stack, PROBATION, stranger, 'custody { releaseDate }');
  });

  const review = async (caller: AskOptions) => {
    const { body } = await stack.ask(QUEUE, caller);
    return body.data.workItems.find((item: { reference: string }) => item.reference === reference)?.review;
  };

  test('says whose data was shown, and before it is tried who may not close it', async () => {
    const shown = [{ holder: 'hmpps-prisons', classes: ['custody.release'] }];
    expect(await review(OFFICER)).toEqual({ partner: 'probation-service', whyNot: null, shown, version: 1 });
    expect(await review(LEAD)).toMatchObject({ whyNot: null, shown });
    await stack.sql(`insert into record.manager (partner, practitioner, team, valid_from)
      values ('probation-service', 'IGO-0001', 'T-NOTICES', '2026-01-01')`);
    await stack.sql(`insert into record.team_member (partner, practitioner, team, valid_from)
      values ('probation-service', 'PRO-0001', 'T-NOTICES', '2026-01-01')`);
    expect(await review(OFFICER)).toMatchObject({ whyNot: 'OWN_LINE' });
    expect((await close(OFFICER, reference)).result.code).toBe('OWN_LINE');
    await stack.sql(`delete from record.manager where team = 'T-NOTICES'`);
    await stack.sql(`delete from record.team_member where team = 'T-NOTICES'`);
  });

  test('has those that were closed for 30 days, and their words for their own partner', async () => {
    expect((await close(OFFICER, reference)).result.ok).toBe(true);
    const closed = async (caller: AskOptions) =>
      (await stack.ask(CLOSED, caller)).body.data.closedBreakGlassReviews.filter(
        (each: { reference: string }) => each.reference === reference,
      );
    const kept = {
      ...{ reference, partner: 'probation-service', practitioner: 'PRO-0001', granted: true },
      ...{ reviewer: 'IGO-0001', outcome: 'JUSTIFIED' },
    };
    expect(await closed(OFFICER)).toEqual([{ ...kept, text: 'The desk confirmed the call.' }]);
    expect(await closed(LEAD)).toEqual([{ ...kept, text: null }]);
    expect(await closed(PRISONS)).toEqual([]);
    stack.clock.set(new Date(Date.now() + 31 * 86_400_000));
    expect(await closed(OFFICER)).toEqual([]);
    stack.clock.set(new Date());
  });
});
