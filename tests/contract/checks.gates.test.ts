import { rmSync } from 'node:fs';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { addDays } from '../../src/record/day.ts';
import { population, type Stack, startStack } from '../stack/stack.ts';
import { MANAGER, PROBATION, visible } from './callers.ts';
import { changedPolicies } from './changed-policies.ts';
import {
  ADULT,
  act,
  answerOne,
  askOne,
  CHILD,
  FORCE,
  HOME,
  INFORMATION,
  idOf,
  NIL,
  readCheck,
  requestChecks,
} from './check-flow.ts';
import { type Subject, subjects } from './oracle/subject.ts';

const people = population();
const everybody = (['allowed', 'voluntaryTreatment', 'treatmentCondition'] as const).flatMap((trait) => [
  ...subjects(people, trait),
]);
/** Of whom a check is done when it is decided, whatever came back. */
const [notHigh] = everybody.splice(
  everybody.findIndex((subject) => subject.held('probation-service', 'risk', new Date())?.['overall'] === 'MEDIUM'),
  1,
) as [Subject];
const policies = changedPolicies();
/** Until this day probation may tell the northern forces, and they may answer. */
const LAST = addDays(people.anchor, 2);
let stack: Stack;

beforeAll(async () => {
  for (const reference of ['PRB-POL-02', 'POL-PRB-05']) {
    const file = `agreements/${reference}.yaml`;
    policies.write(
      file,
      policies
        .read(file)
        .replace(/^until: .*/m, `until: ${LAST}`)
        .replace(/^review: .*/m, `review: ${LAST}`),
    );
  }
  stack = await startStack({ policiesDir: policies.folder });
});

afterEach(async () => {
  stack.clock.set(new Date());
  stack.recorder.interfere('hmpps-prisons', null);
  await stack.sql(`delete from record.restriction where reference = 'R-of-the-tests'`);
});

afterAll(async () => {
  await stack?.close();
  rmSync(policies.home, { recursive: true });
});

/** Somebody whom no other test has a check of, with a check of the northern force. */
async function nextCheck(more: { readonly release?: string } = {}, subject = everybody.shift() as Subject) {
  const person = await idOf(stack, PROBATION, subject);
  return { subject, person, check: await askOne(stack, person, more) };
}

/** The prison restricts: so that nobody here is told of it as the owner's. */
const restrict = ({ uuid }: Subject, accounts: readonly string[], desks: readonly string[] = []) =>
  stack.sql(
    `insert into record.restriction (person, type, owner, accounts, desks, valid_from, reference)
     values ($1, 'RESTRICTION', 'hmpps-prisons', $2, $3, '2026-01-01', 'R-of-the-tests')`,
    [uuid, accounts, desks],
  );
const lapse = () => stack.clock.set(new Date(`${addDays(LAST, 1)}T12:00:00Z`));
/** A practitioner of probation's who has nothing to do with somebody. */
async function strangerTo({ uuid }: Subject): Promise<string> {
  const held = await stack.sql<{ by: string }>('select held_by as by from record.relationship where person = $1', [
    uuid,
  ]);
  const free = ['PRO-0007', 'PRO-0008', 'PRO-0009', 'PRO-0010'].find((id) => !held.some(({ by }) => by === id));
  return free as string;
}

const UNKNOWN = '00000000-0000-4000-8000-000000000000';

describe('SHARE-04 what is not the caller’s is not there', () => {
  test('no check, somebody else’s, and one of a restricted person are read alike', async () => {
    const { subject, check } = await nextCheck();
    const read = async (id: string, practitioner = 'PRO-0001') =>
      visible(await stack.ask(`{ check(id: "${id}") { id type open state } }`, { ...PROBATION, practitioner }));
    const unknown = await read(UNKNOWN);
    expect(JSON.parse(unknown.body)).toMatchObject({
      data: { check: null },
      extensions: { nothingToShow: [{ path: ['check'], code: 'NOTHING_TO_SHOW' }] },
    });
    expect(await read('not-an-id')).toEqual(unknown);
    expect(JSON.parse((await read(check.id)).body).data.check).toMatchObject({ state: 'ASKED' });
    expect(await read(check.id, await strangerTo(subject))).toEqual(unknown);
    await restrict(subject, []);
    expect(await read(check.id)).toEqual(unknown);
  });

  test('and acted on alike, with as many entries', async () => {
    const { subject, check } = await nextCheck();
    const [request] = check.requests;
    const consider = (id: string) =>
      act(stack, PROBATION, 'considerCheck', {
        check: id,
        expectedVersion: check.version,
        decision: 'NOT_SUITABLE',
        text: 'It is not suitable at all.',
      });
    const answer = (id: string) => act(stack, FORCE, 'answerRequest', { request: id, expectedVersion: 1, ...NIL });
    await restrict(subject, []);
    for (const [none, closed] of [
      [await consider(UNKNOWN), await consider(check.id)],
      [await answer(UNKNOWN), await answer(request.id)],
    ] as const) {
      expect(Object.values(none.body.data)).toEqual([{ ok: false, code: 'NOT_OPEN', allowedNow: [], check: null }]);
      expect(visible(closed)).toEqual(visible(none));
      const kinds = await Promise.all(
        [none, closed].map(async ({ headers }) =>
          (await stack.entries(String(headers.get('x-request-id')))).map(({ kind }) => kind),
        ),
      );
      expect(kinds).toEqual([
        ['request', 'refusal'],
        ['request', 'refusal'],
      ]);
    }
  });

  test('of people who are asked about, whoever may not be shown has one result', async () => {
    const { subject, person } = await nextCheck();
    const stranger = person.replace(/^./, (letter: string) => (letter === '_' ? '-' : '_'));
    await restrict(subject, []);
    const { body } = await requestChecks(stack, [{ person }, { person: stranger }]);
    const [restricted, unknown] = body.data.requestChecks.results;
    expect({ ...restricted, person: '' }).toEqual({ ...unknown, person: '' });
    expect(unknown).toMatchObject({ ok: false, code: 'NOTHING_TO_SHOW', checks: [], notAsked: [] });
  });
});

describe('SHARE-06 a restriction that comes while a check is open', () => {
  test('closes it to the desk, in its list and its count too, until the desk is listed', async () => {
    const { subject, check } = await nextCheck();
    const queue = async () => {
      const { body } = await stack.ask(
        `{ checks(list: AWAITING_MY_ANSWER, first: 100) { totalCount edges { node { id } } } }`,
        FORCE,
      );
      const { totalCount, edges } = body.data.checks;
      expect(edges).toHaveLength(totalCount);
      return edges.some(({ node }: { node: { id: string } }) => node.id === check.id);
    };
    expect(await queue()).toBe(true);
    await restrict(subject, ['probation-service/PRO-0001']);
    expect([await queue(), await readCheck(stack, FORCE, check.id)]).toEqual([false, null]);
    expect(await readCheck(stack, PROBATION, check.id)).toMatchObject({ state: 'ASKED' });
    await stack.sql(
      `update record.restriction set desks = '{northmere-police/NPO-UNIT}' where reference = 'R-of-the-tests'`,
    );
    expect([await queue(), await readCheck(stack, FORCE, check.id)]).toMatchObject([
      true,
      { requests: [{ id: expect.any(String) }] },
    ]);
  });

  test('lets nothing go to a desk that it does not list, though the asker is listed: the check is not done without it', async () => {
    const subject = everybody.shift() as Subject;
    const person = await idOf(stack, PROBATION, subject);
    await restrict(subject, ['probation-service/PRO-0001']);
    const answer = await requestChecks(stack, [{ person, types: ['DOMESTIC_ABUSE'], addresses: [HOME] }]);
    expect(answer.body.data.requestChecks.results).toMatchObject([
      {
        ok: false,
        code: 'NOT_SHARED',
        checks: [
          { state: 'ASKED', requests: [{ state: 'NOT_ASKED', told: null, closed: 'NOT_SHARED', targetAt: null }] },
        ],
        notAsked: [
          {
            type: 'DOMESTIC_ABUSE',
            responder: 'northmere-police',
            code: 'NOT_SHARED',
            desk: { telephone: '01632 960002' },
          },
        ],
      },
    ]);
    const [check] = answer.body.data.requestChecks.results[0].checks;
    expect(await keptOf(check.id)).toEqual({ contents: 0, relationships: 0, events: 0, waiting: 0 });
    const entries = await stack.entries(String(answer.headers.get('x-request-id')));
    expect(entries.at(-1)).toMatchObject({
      kind: 'refusal',
      recipient: { partner: 'northmere-police', reference: null },
      released: [],
      reasons: expect.arrayContaining([
        { gate: 'restriction', outcome: 'refuse', code: 'RESTRICTED', ref: 'hmpps-prisons' },
      ]),
    });
  });
});

describe('SHARE-11 a responder that may not be told', () => {
  /** Somebody whom the desk works with anyway, and of whom it may be told nothing new. */
  async function notTold(of?: Subject) {
    const { subject, person, check: first } = await nextCheck({}, of);
    await answerOne(stack, first);
    await restrict(subject, [...ACCOUNTS, 'northmere-police/NPO-0001']);
    const asked = await requestChecks(stack, [{ person, types: ['DOMESTIC_ABUSE'], addresses: [NEARBY] }]);
    return { subject, person, check: asked.body.data.requestChecks.results[0].checks[0] };
  }
  const ACCOUNTS = ['probation-service/PRO-0001', 'probation-service/PRM-0001'];
  const NEARBY = { ...HOME, line: '8 Alder Way' };

  test('learns of no request: what it had is taken back', async () => {
    const { check } = await notTold();
    const [had, none] = check.requests;
    expect([had.state, none.state]).toEqual(['WITHDRAWN', 'NOT_ASKED']);
    expect(await keptOf(check.id)).toMatchObject({ contents: 2, waiting: 0 });
    expect((await readCheck(stack, FORCE, check.id)).requests).toMatchObject([
      { id: had.id, state: 'WITHDRAWN', supersededBy: null, allowedNow: ['recallAnswer'] },
    ]);
    for (const field of ['acknowledgeRequest', 'answerRequest']) {
      const on = { request: none.id, expectedVersion: none.version, ...(field === 'answerRequest' && NIL) };
      expect((await act(stack, FORCE, field, on)).body.data[field]).toMatchObject({ ok: false, code: 'NOT_OPEN' });
    }
  });

  test('is not the end of the check before a manager accepts that nobody there answered', async () => {
    const { check } = await notTold(notHigh);
    const none = check.requests[1];
    const decide = (version: number) =>
      act(stack, PROBATION, 'considerCheck', {
        check: check.id,
        expectedVersion: version,
        decision: 'NOT_SUITABLE',
        text: 'It is not suitable at all.',
      });
    expect((await decide(check.version)).body.data.considerCheck).toMatchObject({ ok: false, code: 'NOT_NOW' });
    const accepted = await act(stack, MANAGER, 'acceptIncomplete', {
      request: none.id,
      expectedVersion: none.version,
      text: 'The desk was rung and holds nothing.',
    });
    expect(accepted.body.data.acceptIncomplete).toMatchObject({ ok: true, check: { state: 'RETURNED' } });
    expect((await decide(check.version + 1)).body.data.considerCheck).toMatchObject({
      ok: true,
      check: { state: 'DONE' },
    });
  });

  test('is asked by the whole list again when it may be told, by the same question alone', async () => {
    const { subject, person, check } = await notTold();
    const asked = async (more = {}) => {
      const { body } = await requestChecks(stack, [{ person, ...more }]);
      const [{ code, notAsked, checks }] = body.data.requestChecks.results;
      const { id, requests } = checks.find(({ type }: { type: string }) => type === 'DOMESTIC_ABUSE');
      expect(id).toBe(check.id);
      return { code, of: notAsked.map(({ responder }: { responder: string }) => responder), requests };
    };
    const same = { types: ['DOMESTIC_ABUSE'], addresses: [NEARBY] };
    expect(await asked(same)).toMatchObject({ code: 'NOT_SHARED', of: ['northmere-police'], requests: [{}, {}] });
    await stack.sql(`delete from record.restriction where person = $1`, [subject.uuid]);
    // The list would ask about the address that the accommodation section has: that is another question.
    expect(await asked()).toMatchObject({ code: 'NOT_SHARED', requests: [{}, { state: 'NOT_ASKED' }] });
    const { code, of, requests } = await asked(same);
    expect([code, of]).toEqual([null, []]);
    expect(requests).toMatchObject([
      { state: 'WITHDRAWN' },
      { state: 'NOT_ASKED', supersededBy: requests[2].id },
      { state: 'REQUESTED', told: { addresses: [NEARBY] } },
    ]);
  });

  test('when the day of release moves past its answer, is not asked either', async () => {
    const { check } = await nextCheck({ release: addDays(LAST, 5) });
    await answerOne(stack, check, INFORMATION);
    lapse();
    stack.recorder.interfere('hmpps-prisons', (_call, { status, body }) => ({
      status,
      body: body.replace(/("releaseDate":)(null|"[^"]*")/g, '$1"2099-01-05"'),
    }));
    await stack.sweep();
    expect(await readCheck(stack, PROBATION, check.id)).toMatchObject({
      state: 'ASKED',
      release: '2099-01-05',
      requests: [{ state: 'EXPIRED' }, { state: 'NOT_ASKED' }],
    });
    expect((await readCheck(stack, FORCE, check.id)).requests).toMatchObject([
      { state: 'EXPIRED', supersededBy: null },
    ]);
  });
});

/** What is kept of a check for the responders it is asked of. */
async function keptOf(check: string) {
  const [row] = await stack.sql<object>(
    `select (select count(*) from record.sealed_content where about = $1)::int as contents,
       (select count(*) from record.relationship as held join record.check_request as r on r.id::text = held.evidence
        where r.check_id = $1 and held.type = 'OPEN_CHECK')::int as relationships,
       (select count(*) from record.event where reference = $1::text and partner <> 'probation-service')::int as events,
       (select count(*) from record.check_request where check_id = $1 and waiting_at is not null)::int as waiting`,
    [check],
  );
  return row;
}

describe('SHARE-07 and SHARE-11 an agreement that lapses', () => {
  test('closes what was told and what was answered, and lets no answer and no request go', async () => {
    const answered = await nextCheck();
    await answerOne(stack, answered.check, INFORMATION);
    const open = await nextCheck();
    const fresh = await idOf(stack, PROBATION, everybody.shift() as Subject);
    expect((await readCheck(stack, PROBATION, answered.check.id)).requests[0].answer).toMatchObject(INFORMATION);
    lapse();
    expect((await readCheck(stack, FORCE, open.check.id)).requests).toMatchObject([
      { told: null, closed: 'NOT_SHARED' },
    ]);
    expect((await readCheck(stack, PROBATION, answered.check.id)).requests).toMatchObject([
      { state: 'RETURNED', answer: null, closed: 'NOT_SHARED', told: { addresses: [HOME] } },
    ]);
    // What somebody said themselves stays theirs.
    expect((await readCheck(stack, FORCE, answered.check.id)).requests[0].answer).toMatchObject(INFORMATION);
    const [request] = (await readCheck(stack, FORCE, open.check.id)).requests;
    const late = await act(stack, FORCE, 'answerRequest', {
      request: request.id,
      expectedVersion: request.version,
      ...NIL,
    });
    expect(late.body.data.answerRequest).toMatchObject({ ok: false, code: 'NOT_SHARED' });
    const asked = await requestChecks(stack, [{ person: fresh, types: ['DOMESTIC_ABUSE'], addresses: [HOME] }]);
    expect(asked.body.data.requestChecks.results).toMatchObject([
      { code: 'NOT_SHARED', checks: [{ requests: [{ state: 'NOT_ASKED' }] }] },
    ]);
  });

  test('leaves nothing else that tells what was answered, and nobody decides on what they may not read', async () => {
    const NO_TRACE = { outcome: 'NO_TRACE', searched: [{ ...NIL.searched[0], match: 'NONE' }] };
    const given = await Promise.all(
      [NIL, NO_TRACE, INFORMATION].map(async (answer) => {
        const { check } = await nextCheck();
        await answerOne(stack, check, answer);
        return readCheck(stack, PROBATION, check.id);
      }),
    );
    lapse();
    const told = given.map(async ({ id, version, requests: [{ id: request, version: ofRequest }] }) => {
      const text = 'I have read the answer and the plan.';
      const { body } = await stack.ask(
        `{ check(id: "${id}") { state needsCountersignature allowedNow requests { state allowedNow closed } } }`,
        MANAGER,
      );
      const on = (expectedVersion: number) => ({ expectedVersion, text });
      const tried = [
        await act(stack, PROBATION, 'considerCheck', { check: id, decision: 'NOT_SUITABLE', ...on(version) }),
        await act(stack, MANAGER, 'acceptIncomplete', { request, ...on(ofRequest) }),
        await act(stack, MANAGER, 'countersignCheck', { check: id, agrees: true, ...on(version) }),
        await act(stack, MANAGER, 'withdrawRequest', { request, ...on(ofRequest) }),
      ].map((each) => Object.values<{ code: string; allowedNow: string[] }>(each.body.data)[0]);
      return [body.data.check, ...tried.map((each) => [each?.code, each?.allowedNow])];
    });
    const [nil, ...others] = await Promise.all(told);
    expect(nil).toEqual([
      {
        state: 'RETURNED',
        needsCountersignature: null,
        allowedNow: ['requestChecks'],
        requests: [{ state: 'RETURNED', allowedNow: [], closed: 'NOT_SHARED' }],
      },
      ['NOT_SHARED', []],
      ['NOT_SHARED', []],
      ['NOT_SHARED', []],
      ['NOT_NOW', ['requestChecks']],
    ]);
    for (const other of others) expect(other).toEqual(nil);
  });

  test('a desk whose relationship is over has its own request and answer, and nothing of the person', async () => {
    const { subject, check } = await nextCheck();
    await answerOne(stack, check);
    await stack.sql(
      `update record.relationship set valid_until = '2026-01-02' where person = $1 and partner = 'northmere-police'`,
      [subject.uuid],
    );
    const answer = await stack.ask(
      `{ check(id: "${check.id}") { person { id } state requests { answer { outcome } } } }`,
      FORCE,
    );
    expect(answer.body.data.check).toEqual({ person: null, state: null, requests: [{ answer: { outcome: 'NIL' } }] });
    const [, entry] = await stack.entries(String(answer.headers.get('x-request-id')));
    expect(entry).toMatchObject({
      kind: 'disclosure',
      relationship: null,
      reasons: expect.arrayContaining([
        { gate: 'relationship', outcome: 'pass', code: 'ASKED', ref: check.requests[0].id },
      ]),
    });
    // Who never was of the desk is told nothing.
    expect(await readCheck(stack, { ...FORCE, practitioner: 'NPO-0009' }, check.id)).toBeNull();
  });

  test('a purpose that is not the check’s shows no more than whether it is open', async () => {
    const { check } = await nextCheck();
    for (const caller of [
      { ...PROBATION, purpose: 'CHILD_CHECK' },
      { ...PROBATION, purpose: 'SENTENCE_MANAGEMENT' },
    ]) {
      expect(await readCheck(stack, caller, check.id)).toMatchObject({
        open: true,
        state: null,
        requests: null,
        allowedNow: [],
      });
    }
    expect(await readCheck(stack, { ...PROBATION, purpose: 'DA_CHECK' }, check.id)).toMatchObject({ state: 'ASKED' });
  });
});

describe('AUDIT-03 the log has exactly what was told, and to whom', () => {
  test('of a request: to the asker what stands in the answer, to the desk what was sent', async () => {
    const person = await idOf(stack, PROBATION, everybody.shift() as Subject);
    const input = {
      person,
      types: ['DOMESTIC_ABUSE'],
      addresses: [HOME],
      adults: [ADULT],
      children: [CHILD],
      release: LAST,
    };
    const answer = await act(
      stack,
      PROBATION,
      'requestChecks',
      { people: [input] },
      '{ results { checks { id open requests { id told { name adults { name } } } } } }',
    );
    const [check] = answer.body.data.requestChecks.results[0].checks;
    const entries = await stack.entries(String(answer.headers.get('x-request-id')));
    expect(entries).toMatchObject([
      { kind: 'request', outcome: 'answered', deed: { field: 'requestChecks', ok: true }, sources: ['hmpps-prisons'] },
      {
        kind: 'disclosure',
        // What was read to be sent on was prison's before it was probation's.
        released: [
          'hmpps-prisons|Identity.dateOfBirth',
          'hmpps-prisons|Identity.name',
          'probation-service|Check.id',
          'probation-service|Check.open',
          'probation-service|Check.requests',
          'probation-service|Check.type',
          'probation-service|CheckRequest.adults',
          'probation-service|CheckRequest.id',
          'probation-service|CheckRequest.subject',
        ],
        sections: [{ section: 'identity', holder: 'hmpps-prisons', status: 'AVAILABLE', asked: true }],
      },
      {
        kind: 'disclosure',
        recipient: { partner: 'northmere-police', reference: check.requests[0].id },
        agreements: ['PRB-POL-02'],
        classes: [
          'check-request.addresses',
          'check-request.question',
          'check-request.release',
          'check-request.subject',
          'check-request.third-parties',
        ],
        released: [
          'probation-service|CheckRequest.addresses',
          'probation-service|CheckRequest.adults',
          'probation-service|CheckRequest.children',
          'probation-service|CheckRequest.question',
          'probation-service|CheckRequest.release',
          'probation-service|CheckRequest.subject',
        ],
        thirdParties: [{ epoch: 1 }, { epoch: 1 }],
      },
    ]);
    expect((entries[1] as { subject: unknown }).subject).toEqual((entries[2] as { subject: unknown }).subject);
  });

  const HAS_REQUESTS = ['probation-service|Check.requests', 'probation-service|Check.type'];

  test('of an answer: to the partner that asked when it is given, and to whoever reads it what they selected', async () => {
    const { check } = await nextCheck();
    const given = await answerOne(stack, check, INFORMATION);
    const told = (await stack.entries(String(given.headers.get('x-request-id')))).at(-1);
    expect(told).toMatchObject({
      kind: 'disclosure',
      actor: { practitioner: 'NPO-0001' },
      recipient: { partner: 'probation-service', reference: check.requests[0].id },
      agreements: ['POL-PRB-05'],
      released: ['findings', 'narrative', 'outcome', 'searched'].map(
        (field) => `northmere-police|CheckAnswer.${field}`,
      ),
    });
    const read = async (id: string) => {
      const { headers } = await stack.ask(`{ check(id: "${id}") { requests { answer { narrative } } } }`, PROBATION);
      return (await stack.entries(String(headers.get('x-request-id'))))[1];
    };
    const released = ['northmere-police|CheckAnswer.narrative', ...HAS_REQUESTS];
    const granted = { agreements: ['POL-PRB-05'], classes: ['check-answer.text'] };
    expect(await read(check.id)).toMatchObject({ kind: 'disclosure', ...granted, released });
    // Of a nil it tells as much that there are no words.
    const { check: other } = await nextCheck();
    await answerOne(stack, other, NIL);
    expect(await read(other.id)).toMatchObject({ kind: 'disclosure', released });
  });

  test('nothing of third parties, of addresses or of an answer stands anywhere in clear', async () => {
    const { check } = await nextCheck();
    await answerOne(stack, check, INFORMATION);
    await readCheck(stack, PROBATION, check.id);
    const secrets = ['Fanshawe', HOME.line, 'about shouting'];
    const columns = await stack.sql<{ table: string; column: string; bytes: boolean }>(
      `select format('%I.%I', table_schema, table_name) as table, column_name as column, data_type = 'bytea' as bytes
       from information_schema.columns join information_schema.tables using (table_schema, table_name)
       where table_schema in ('record', 'audit') and table_type = 'BASE TABLE'
         and data_type in ('text', 'jsonb', 'json', 'bytea', 'ARRAY', 'character varying')`,
    );
    expect(columns.map(({ table }) => table)).toEqual(
      expect.arrayContaining(['record.check_command', 'record.sealed_content', 'audit.entry']),
    );
    for (const { table, column, bytes } of columns) {
      const text = bytes ? `encode("${column}", 'escape')` : `"${column}"::text`;
      const found = await stack.sql(`select from ${table} where ${text} ilike any($1) limit 1`, [
        secrets.map((secret) => `%${secret}%`),
      ]);
      expect([table, column, found.length]).toEqual([table, column, 0]);
    }
    for (const secret of secrets) expect(stack.logged.join()).not.toContain(secret);
  });

  test('what was deleted when its time was over is said to be, and no nil', async () => {
    const { check } = await nextCheck();
    await answerOne(stack, check, INFORMATION);
    await stack.sql('delete from record.sealed_content where about = $1', [check.id]);
    expect((await readCheck(stack, PROBATION, check.id)).requests).toMatchObject([
      { state: 'RETURNED', told: null, answer: null, closed: 'DELETED' },
    ]);
  });
});
