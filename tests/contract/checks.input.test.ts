import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { addDays } from '../../src/record/day.ts';
import { population, type Stack, startStack } from '../stack/stack.ts';
import { PROBATION } from './callers.ts';
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
  newKey,
  readCheck,
  requestChecks,
  SOUTHERN_FORCE,
} from './check-flow.ts';
import { type Subject, subjects } from './oracle/subject.ts';

const people = population();
const everybody = [...subjects(people, 'allowed')];
let stack: Stack;
/** Of one check that nothing changes: its person, and the request to the northern force. */
let person: string;
let request: { readonly id: string; readonly version: number };
let kept: { readonly id: string; readonly version: number };

beforeAll(async () => {
  stack = await startStack();
  person = await nextPerson();
  kept = await askOne(stack, person);
  [request] = (kept as unknown as { requests: [typeof request] }).requests;
});

afterAll(() => stack?.close());

/** Somebody whom no other test has a check of. */
const nextPerson = () => idOf(stack, PROBATION, everybody.shift() as Subject);
const count = async (table: string) =>
  (await stack.sql<{ n: number }>(`select count(*)::int as n from record.${table}`))[0]?.n;

describe('done once for each key', () => {
  test('the same sent twice, at once or later, asks once and answers alike', async () => {
    const input = { person: await nextPerson(), types: ['DOMESTIC_ABUSE'], addresses: [HOME] };
    const key = newKey();
    const before = await count('check_request');
    const answers = await Promise.all([1, 2, 3].map(() => requestChecks(stack, [input], { key })));
    answers.push(await requestChecks(stack, [input], { key }));
    for (const { body } of answers) expect(body.data).toEqual(answers[0]?.body.data);
    expect(answers[0]?.body.data.requestChecks.results[0]).toMatchObject({ ok: true });
    expect(await count('check_request')).toBe((before ?? 0) + 1);

    const other = await requestChecks(stack, [{ ...input, addresses: [{ ...HOME, line: '8 Alder Way' }] }], { key });
    expect(other.body.data.requestChecks).toEqual({
      ok: false,
      code: 'IDEMPOTENCY_KEY_REUSED',
      allowedNow: ['requestChecks'],
      results: [],
    });
    // Somebody else's key is another.
    const colleague = await act(stack, FORCE, 'acknowledgeRequest', {
      request: request.id,
      expectedVersion: 99,
      idempotencyKey: key,
    });
    expect(colleague.body.data.acknowledgeRequest.code).toBe('VERSION_CONFLICT');
  });

  test('under another purpose the same key asks for something else, and is refused', async () => {
    const input = [{ person: await nextPerson(), addresses: [HOME] }];
    const more = { key: newKey(), caller: { ...PROBATION, purpose: 'DA_CHECK' } };
    const first = await requestChecks(stack, input, more);
    expect(first.body.data.requestChecks.results[0].checks).toHaveLength(1);
    const both = await requestChecks(stack, input, { key: more.key });
    expect(both.body.data.requestChecks.code).toBe('IDEMPOTENCY_KEY_REUSED');
  });

  test('an answer sent again is one answer; with other content, or for another field, it is refused', async () => {
    const check = await askOne(stack, await nextPerson());
    const [{ id, version }] = check.requests;
    const given = { request: id, expectedVersion: version, idempotencyKey: newKey(), ...INFORMATION };
    const first = await act(stack, FORCE, 'answerRequest', given);
    const again = await act(stack, FORCE, 'answerRequest', given);
    expect(first.body.data.answerRequest.ok).toBe(true);
    expect(again.body.data).toEqual(first.body.data);
    const [entry] = await stack.entries(String(again.headers.get('x-request-id')));
    expect(entry).toMatchObject({ deed: { field: 'answerRequest', ok: true, reference: check.id } });
    const reused = { ok: false, code: 'IDEMPOTENCY_KEY_REUSED', check: null };
    const nil = await act(stack, FORCE, 'answerRequest', { ...given, ...NIL, findings: null, narrative: null });
    expect(nil.body.data.answerRequest).toMatchObject({ ...reused, allowedNow: ['answerRequest'] });
    const { idempotencyKey } = given;
    const acknowledged = await act(stack, FORCE, 'acknowledgeRequest', {
      request: id,
      expectedVersion: 2,
      idempotencyKey,
    });
    expect(acknowledged.body.data.acknowledgeRequest).toMatchObject(reused);
    expect((await readCheck(stack, PROBATION, check.id)).requests[0].answer.outcome).toBe('INFORMATION');
  });

  test('of two who answer at once one does, and the other is told that it changed', async () => {
    const check = await askOne(stack, await nextPerson());
    const [{ id, version }] = check.requests;
    const both = await Promise.all(
      ['NPO-0001', 'NPO-0002'].map((practitioner) =>
        act(stack, { ...FORCE, practitioner }, 'answerRequest', { request: id, expectedVersion: version, ...NIL }),
      ),
    );
    const codes = both.map(({ body }) => body.data.answerRequest.code).toSorted();
    expect(codes).toContain(null);
    expect(['VERSION_CONFLICT', 'NOT_NOW']).toContain(codes.find((code) => code !== null));
  });

  test('what was read before it changed is refused, and shown as it is now', async () => {
    const check = await askOne(stack, await nextPerson());
    await answerOne(stack, check);
    const input = { check: check.id, decision: 'ADDRESS_SUITABLE', text: 'Suitable as it is.' };
    const stale = await act(stack, PROBATION, 'considerCheck', { ...input, expectedVersion: check.version });
    expect(stale.body.data.considerCheck).toMatchObject({
      ok: false,
      code: 'VERSION_CONFLICT',
      check: { state: 'RETURNED', version: check.version + 1, decision: null },
    });
  });
});

describe('bad input is refused whole, by the name of the field and without what was written', () => {
  const SECRET = 'Zebediah Quillfeather';
  const ask = (more: object) => requestChecks(stack, [{ person, ...more }]);
  test.each([
    [
      'a release that is over',
      { release: addDays(people.anchor, -1) },
      /"people\[0\]\.release" needs a day that is not over/,
    ],
    ['no address in the list', { addresses: [] }, /"people\[0\]\.addresses" needs at least one/],
    [
      'a postcode that is none',
      { addresses: [{ ...HOME, postcode: SECRET }] },
      /"people\[0\]\.addresses\[0\]\.postcode"/,
    ],
    ['a line with a control character', { addresses: [{ ...HOME, line: `${SECRET}\u0000` }] }, /addresses\[0\]\.line/],
    ['a name with a line break', { adults: [{ ...ADULT, name: `${SECRET}\n${SECRET}` }] }, /adults\[0\]\.name/],
    [
      'somebody born tomorrow',
      { children: [{ ...CHILD, dateOfBirth: addDays(people.anchor, 1) }] },
      /children\[0\]\.dateOfBirth/,
    ],
    [
      'too many adults',
      { adults: Array(21).fill({ ...ADULT, name: SECRET }) },
      /"people\[0\]\.adults" takes at most 20/,
    ],
    ['more that says nothing', { more: 'ask' }, /"people\[0\]\.more" needs a text of 10 to 500/],
    [
      'a responder of another kind',
      { types: ['DOMESTIC_ABUSE'], responders: ['northmere-children'] },
      /needs some of: northmere-police, southdale-police/,
    ],
    [
      'a children’s check about no child',
      { types: ['CHILDRENS_SERVICES'], childrenBelievedPresent: false },
      /"people\[0\]\.children"/,
    ],
    ['no type', { types: [] }, /"people\[0\]\.types"/],
  ])('a request with %s', async (_what, more, message) => {
    const answer = await ask(more);
    expect([answer.status, answer.body.errors[0].extensions.code]).toEqual([400, 'BAD_USER_INPUT']);
    expect(answer.body.errors[0].message).toMatch(message);
    expect(answer.text).not.toContain(SECRET);
  });

  test('everything that is wrong at once, of whichever person', async () => {
    const { body } = await requestChecks(stack, [
      { person, release: '2020-01-01' },
      { person, addresses: [{ ...HOME, line: '' }] },
    ]);
    expect(body.errors[0].message).toMatch(
      /people\[0\]\.release.*people\[1\]\.person.*people\[1\]\.addresses\[0\]\.line/,
    );
  });

  test('nobody, more than 200, or an id that is none', async () => {
    for (const list of [[], Array.from({ length: 201 }, () => ({ person }))]) {
      expect((await requestChecks(stack, list)).body.errors[0].message).toMatch(/"people" needs from 1 to 200/);
    }
    expect((await requestChecks(stack, [{ person: 'X' }])).body.errors[0].extensions.code).toBe('BAD_IDENTIFIER');
  });

  test('a type of another purpose, and a purpose for which nothing is asked', async () => {
    const other = await requestChecks(stack, [{ person, types: ['CHILDRENS_SERVICES'] }], {
      caller: { ...PROBATION, purpose: 'DA_CHECK' },
    });
    expect(other.body.errors[0].message).toMatch(/needs, for this purpose, some of: DOMESTIC_ABUSE\./);
    const none = await requestChecks(stack, [{ person }], { caller: { ...PROBATION, purpose: 'SENTENCE_MANAGEMENT' } });
    expect([none.status, none.body.errors[0].extensions.code]).toEqual([403, 'PURPOSE_NOT_ALLOWED']);
    expect(none.body.errors[0].message).toMatch(/one purpose of: (?=.*DA_CHECK)(?=.*CHILD_CHECK).*RELEASE_PLANNING/);
  });

  test.each([
    [
      'a narrative that is too long',
      { ...INFORMATION, narrative: 'x'.repeat(4_001) },
      /"narrative" needs a text of 1 to 4000/,
    ],
    ['control characters', { ...INFORMATION, narrative: 'seen\u0007there' }, /"narrative".*control characters/],
    ['a nil without a search', { ...NIL, searched: [] }, /"searched" needs at least one/],
    [
      'a nil about nobody found',
      { outcome: 'NIL', searched: [{ system: 'PNC', by: 'CONFIRMED_NUMBER', match: 'NONE' }] },
      /NO_TRACE/,
    ],
    ['words beside a nil', { ...NIL, narrative: 'Nothing recent.' }, /"narrative" belongs to the outcome INFORMATION/],
    [
      'a system that is none',
      { ...NIL, searched: [{ system: 'GOSSIP', by: 'ADDRESS', match: 'CONFIRMED' }] },
      /"searched\[0\]\.system" needs one of PNC/,
    ],
    ['UNABLE without a reason', { outcome: 'UNABLE', searched: [] }, /"reason" needs one of/],
    [
      'a finding to come',
      { ...INFORMATION, findings: [{ code: 'CALL_OUT', on: addDays(people.anchor, 1), about: 'PERSON' }] },
      /"findings\[0\]\.on"/,
    ],
    ['handling that is none', { ...NIL, handling: 'SECRET' }, /"handling" needs one of: OFFICIAL, OFFICIAL-SENSITIVE/],
  ])('an answer with %s', async (_what, given, message) => {
    const { status, body } = await act(stack, FORCE, 'answerRequest', {
      request: request.id,
      expectedVersion: request.version,
      ...given,
    });
    expect([status, body.errors[0].extensions.code]).toEqual([400, 'BAD_USER_INPUT']);
    expect(body.errors[0].message).toMatch(message);
  });

  test('a decision without a reason, a list of none or of a person without one', async () => {
    const bad = async (query: string) => (await stack.ask(query, PROBATION)).body.errors[0].message;
    const text = await act(stack, PROBATION, 'considerCheck', {
      check: kept.id,
      expectedVersion: 1,
      decision: 'NOT_SUITABLE',
      text: 'no',
    });
    expect(text.body.errors[0].message).toMatch(/"text" needs a text of 10 to 500/);
    expect(await bad('{ checks(list: MINE, first: 0) { totalCount } }')).toMatch(/"first" must be from 1 to 100/);
    expect(await bad('{ checks(list: OF_PERSON) { totalCount } }')).toMatch(/OF_PERSON" needs "person"/);
    expect(await bad('{ checks(list: MINE, after: "x") { totalCount } }')).toMatch(/cursor/);
  });

  test('nothing was kept of all this', async () => {
    expect(await readCheck(stack, FORCE, kept.id)).toMatchObject({ requests: [{ state: 'REQUESTED', version: 1 }] });
    const rows = await stack.sql(
      `select from record.check where person = (select person from record.opaque_id where id = $1)`,
      [person],
    );
    expect(rows).toHaveLength(1);
  });
});

test('a desk cannot answer, acknowledge or recall what another force is asked', async () => {
  for (const [field, more] of [
    ['acknowledgeRequest', {}],
    ['answerRequest', NIL],
    ['recallAnswer', { text: 'It was about another.' }],
  ] as const) {
    const { body } = await act(stack, SOUTHERN_FORCE, field, { request: request.id, expectedVersion: 1, ...more });
    expect(body.data[field]).toEqual({ ok: false, code: 'NOT_OPEN', allowedNow: [], check: null });
  }
});

test('an id that no store could hold is the id of nothing', async () => {
  const none = await stack.ask('{ check(id: "\\u0000") { id } }', PROBATION);
  expect([none.status, none.body.data]).toEqual([200, { check: null }]);
});

test('`Prefer: explain` explains no check, and does nothing', async () => {
  const before = await count('check_command');
  const explain = { ...PROBATION, headers: { prefer: 'explain' } };
  const asked = await requestChecks(stack, [{ person }], { caller: explain });
  expect([asked.status, asked.body.errors[0].extensions.code]).toEqual([400, 'BAD_USER_INPUT']);
  for (const query of [`{ check(id: "${kept.id}") { open } }`, '{ checks(list: MINE) { totalCount } }']) {
    expect((await stack.ask(query, explain)).status).toBe(400);
  }
  expect(await count('check_command')).toBe(before);
});

test('`Prefer: withheld=refuse` refuses before anything is kept', async () => {
  const whom = await nextPerson();
  const before = await count('check_command');
  const answer = await stack.ask(
    `mutation ($input: RequestChecksInput!) {
      requestChecks(input: $input) { results { checks { person { risk { reoffendingScore } } } } }
    }`,
    {
      ...PROBATION,
      headers: { prefer: 'withheld=refuse' },
      variables: {
        input: { people: [{ person: whom, types: ['DOMESTIC_ABUSE'], addresses: [HOME] }], idempotencyKey: newKey() },
      },
    },
  );
  expect(answer.body.errors[0].extensions.code).toBe('WITHHELD_REFUSED');
  expect(await count('check_command')).toBe(before);
});
