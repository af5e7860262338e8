import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { population, type Stack, startStack } from '../stack/stack.ts';
import { HOUSING, MANAGER, PRISON, PROBATION, visible } from './callers.ts';
import { attempt, BREAK_GLASS, breakGlass, policiesWithEmergency, workAbout } from './glass.ts';
import { type Subject, subjects } from './oracle/subject.ts';
import { wireOf } from './oracle/wire.ts';

const people = population();
/** No first practitioner has a relationship with these. */
const strangers = [...subjects(people, 'unrelated')];
const policies = policiesWithEmergency({
  'PRI-PRB-01': { 'probation-practitioner': ['custody.location', 'custody.release'] },
  'OWN-PRB': { 'probation-practitioner': ['risk.rosh'] },
});
let stack: Stack;

beforeAll(async () => {
  stack = await startStack({ policiesDir: policies.folder });
});

afterEach(async () => {
  stack.clock.set(new Date());
  await stack.sql('delete from record.break_glass');
});

afterAll(async () => {
  await stack?.close();
  policies.remove();
});

const crn = (subject: Subject) => subject.identifiers['CRN'] as string;
const stranger = (index: number) => strangers[index % strangers.length] as Subject;
const UNKNOWN = 'X999999';
const READ = '{ custody { releaseDate } supervision { licenceType } }';
const byNumber = (subject: Subject, selection = READ) =>
  `{ person(identifier: {type: "CRN", value: "${crn(subject)}"}) ${selection} }`;
const open = (subject: Subject, caller = PROBATION) => breakGlass(stack, caller, attempt('CRN', crn(subject)));

describe('break-glass that is granted', () => {
  test('opens one person for an hour, and every answer under it says so', async () => {
    const subject = stranger(0);
    expect((await stack.ask(byNumber(subject), PROBATION)).body.data.person).toBeNull();
    const sent = Date.now();
    const granted = await open(subject);
    const { until } = granted.body.data.breakGlass;
    expect(Math.abs(Date.parse(until) - sent - 60 * 60_000)).toBeLessThan(5_000);
    expect(granted.body).toEqual({
      data: {
        breakGlass: {
          ok: true,
          code: null,
          allowedNow: ['person'],
          until,
          banner: expect.stringMatching(/break-glass/),
          person: expect.stringMatching(/^[A-Za-z0-9_-]{22}$/),
        },
      },
      extensions: { requestId: granted.headers.get('x-request-id') },
    });

    const { person, banner } = granted.body.data.breakGlass;
    for (const query of [byNumber(subject), `{ person(id: "${person}") ${READ} }`]) {
      const { body } = await stack.ask(query, PROBATION);
      expect(body.data.person.custody.releaseDate).toMatch(/^\d{4}-/);
      expect(body.extensions.breakGlass).toEqual({ until, banner });
    }
    stack.clock.set(new Date(Date.parse(until) - 30_000));
    expect((await stack.ask(byNumber(subject), PROBATION)).body.data.person).not.toBeNull();
    stack.clock.set(new Date(until));
    const after = await stack.ask(byNumber(subject), PROBATION);
    expect(after.body.data.person).toBeNull();
    expect(after.body.extensions).not.toHaveProperty('breakGlass');
  });

  test('opens only what the agreements mark for emergencies, and asks for nothing else', async () => {
    const subject = stranger(1);
    await open(subject);
    const answer = await stack.ask(
      byNumber(
        subject,
        '{ identifiers { type } custody { releaseDate offence } risk { overall } supervision { licenceType } }',
      ),
      PROBATION,
    );
    const { data, extensions } = answer.body;
    expect(data.person).toMatchObject({
      identifiers: null,
      custody: { releaseDate: expect.any(String), offence: null },
      risk: { overall: expect.any(String) },
      supervision: null,
    });
    expect(extensions.withheld.flatMap(({ fields }: { fields: string[] }) => fields).sort()).toEqual([
      'Custody.offence',
      'Person.identifiers',
      'Supervision.licenceType',
    ]);
    const asked = wireOf(stack, answer)
      .map(({ query }) => query)
      .join();
    expect(asked).toMatch(/releaseDate/);
    expect(asked).not.toMatch(/offence|licenceType/);
  });

  test('is for the practitioner, role and purpose that it was granted to', async () => {
    const subject = stranger(2);
    await open(subject);
    const opens = async (caller: typeof PROBATION | typeof MANAGER, more = {}) =>
      (await stack.ask(byNumber(subject), { ...caller, ...more })).body.data.person !== null;
    expect(await opens(PROBATION)).toBe(true);
    expect(await opens(PROBATION, { purpose: 'PUBLIC_PROTECTION' })).toBe(false);
    expect(await opens(PROBATION, { practitioner: await colleagueWithout(subject) })).toBe(false);
    expect(await opens(MANAGER)).toBe(false);
  });

  test('opens no list: not `people`, not `releases`, not two persons in one operation', async () => {
    const subject = stranger(0);
    const { body } = await open(subject);
    const { person } = body.data.breakGlass;
    const lists = await stack.ask(`{ people(ids: ["${person}"]) ${READ} }`, PROBATION);
    expect(lists.body.data.people).toEqual([null]);
    const twice = await stack.ask(
      `{ a: person(id: "${person}") ${READ} b: person(id: "${person}") ${READ} }`,
      PROBATION,
    );
    expect(twice.body.data).toEqual({ a: null, b: null });
    const releases = await stack.ask(
      `{ releases(from: "${people.anchor}", to: "${people.anchor}", first: 500) { edges { node { id } } } }`,
      PROBATION,
    );
    expect(JSON.stringify(releases.body.data)).not.toContain(person);
  });

  test('leaves its own entry before it is in force, without the number or the words', async () => {
    const subject = stranger(1);
    const variables = attempt('CRN', crn(subject), { text: 'Rang from a bridge, said goodbye.' });
    const answer = await breakGlass(stack, PROBATION, variables);
    const requestId = String(answer.headers.get('x-request-id'));
    const entries = await stack.entries(requestId);
    expect(entries.map(({ kind }) => kind)).toEqual(['request', 'break-glass']);
    expect(entries[0]).toMatchObject({
      outcome: 'answered',
      deed: { field: 'breakGlass', ok: true, code: null, reference: requestId },
    });
    expect(entries[1]).toMatchObject({
      outcome: 'granted',
      breakGlass: requestId,
      reason: 'RISK_TO_LIFE',
      until: answer.body.data.breakGlass.until,
      actor: { practitioner: 'PRO-0001' },
      reasons: expect.arrayContaining([expect.objectContaining({ gate: 'relationship', outcome: 'refuse' })]),
    });
    for (const text of [crn(subject), 'goodbye', subject.uuid]) expect(JSON.stringify(entries)).not.toContain(text);

    const read = await stack.ask(byNumber(subject), PROBATION);
    const [, disclosure] = await stack.entries(String(read.headers.get('x-request-id')));
    expect(disclosure).toMatchObject({
      kind: 'disclosure',
      relationship: null,
      reasons: expect.arrayContaining([{ gate: 'break-glass', outcome: 'pass', code: 'GRANTED', ref: requestId }]),
      released: ['hmpps-prisons|Custody.releaseDate'],
    });
  });

  test('tells each holder whose data was shown, the same day and by reference, and nobody else', async () => {
    const subject = stranger(2);
    await open(subject);
    const read = await stack.ask(byNumber(subject, '{ custody { releaseDate } risk { overall } }'), PROBATION);
    expect(await workAbout(stack, read)).toEqual([
      { kind: 'BREAK_GLASS_DISCLOSED', partner: 'hmpps-prisons' },
      { kind: 'BREAK_GLASS_DISCLOSED', partner: 'probation-service' },
    ]);
    const told = await stack.ask(
      '{ workItems(kind: "BREAK_GLASS_DISCLOSED") { kind reference person dueAt review { text } } }',
      {
        persona: 'ig-officer',
        partner: 'hmpps-prisons',
        purpose: 'IG_ASSURANCE',
      },
    );
    const item = told.body.data.workItems.find(
      ({ reference }: { reference: string }) => reference === read.headers.get('x-request-id'),
    );
    expect(item).toMatchObject({ kind: 'BREAK_GLASS_DISCLOSED', person: null, review: null });
    expect(item.dueAt.slice(0, 10)).toBe(new Date().toISOString().slice(0, 10));

    const related = await stack.ask(byNumber(subjects(people, 'allowed')[0] as Subject), PROBATION);
    expect(related.body.data.person.custody.releaseDate).toMatch(/^\d{4}-/);
    expect(await workAbout(stack, related)).toEqual([]);
  });

  test('the same key again is the same attempt; for somebody else it is refused', async () => {
    const subject = stranger(0);
    const variables = attempt('CRN', crn(subject));
    const first = await breakGlass(stack, PROBATION, variables);
    const again = await breakGlass(stack, PROBATION, variables);
    expect(again.body.data).toEqual(first.body.data);
    expect(await workAbout(stack, again)).toEqual([]);

    const { idempotencyKey } = variables.input;
    for (const value of [UNKNOWN, crn(stranger(1)), crn(subjects(people, 'restricted')[0] as Subject)]) {
      const other = await breakGlass(stack, PROBATION, attempt('CRN', value, { idempotencyKey }));
      expect(other.body.data.breakGlass).toMatchObject({ ok: false, code: 'IDEMPOTENCY_KEY_REUSED', person: null });
    }
    stack.clock.set(new Date(Date.now() + 61 * 60_000));
    const late = await breakGlass(stack, PROBATION, variables);
    expect(late.body.data.breakGlass).toMatchObject({ ok: false, code: 'EXPIRED', until: null });
    expect((await stack.ask(byNumber(subject), PROBATION)).body.data.person).toBeNull();
  });

  test('SHARE-04 a key that was refused is spent too, whoever it is sent for next, and leaves nothing unreviewed', async () => {
    const variables = attempt('CRN', UNKNOWN);
    const { idempotencyKey } = variables.input;
    const first = await breakGlass(stack, PROBATION, variables);
    const again = await breakGlass(stack, PROBATION, variables);
    expect(visible(again)).toEqual(visible(first));
    // By what is sent and not by whom it names: nothing tells one of these from another.
    for (const value of ['X999998', crn(stranger(0)), crn(subjects(people, 'restricted')[0] as Subject)]) {
      const other = await breakGlass(stack, PROBATION, attempt('CRN', value, { idempotencyKey }));
      expect(other.body.data.breakGlass).toMatchObject({ ok: false, code: 'IDEMPOTENCY_KEY_REUSED', person: null });
    }
    expect((await stack.ask(byNumber(stranger(0)), PROBATION)).body.data.person).toBeNull();
    expect((await open(stranger(0))).body.data.breakGlass).toMatchObject({ ok: true });
  });

  test('AUDIT-03 the entry of an attempt says of break-glass what became of it', async () => {
    const variables = attempt('CRN', crn(stranger(0)));
    const gateOf = async (sent: ReturnType<typeof attempt>) => {
      const answer = await breakGlass(stack, PROBATION, sent);
      const [, entry] = await stack.entries(String(answer.headers.get('x-request-id')));
      return (entry as { reasons: { gate: string }[] }).reasons.filter(({ gate }) => gate === 'break-glass');
    };
    const granted = await gateOf(variables);
    expect(granted).toEqual([{ gate: 'break-glass', outcome: 'pass', code: 'GRANTED', ref: expect.any(String) }]);
    // The same attempt again is the first one's grant, and a refused one is none.
    expect(await gateOf(variables)).toEqual(granted);
    const { idempotencyKey } = variables.input;
    const refused = attempt('CRN', crn(stranger(1)), { idempotencyKey });
    expect(await gateOf(refused)).toEqual([{ gate: 'break-glass', outcome: 'refuse', code: 'NONE', ref: null }]);
  });

  test('an explanation under it says so too, and explains what the operation would answer', async () => {
    const subject = stranger(1);
    const granted = await open(subject);
    const { until, banner } = granted.body.data.breakGlass;
    const explain = { ...PROBATION, headers: { prefer: 'explain' } };
    const alone = await stack.ask(byNumber(subject), explain);
    expect(alone.body.extensions.explain.released).toHaveLength(1);
    expect(alone.body.extensions.breakGlass).toEqual({ until, banner });

    // Beside a list it opens nothing, and is explained so.
    const span = `from: "${people.anchor}", to: "${people.anchor}"`;
    const beside = `{ releases(${span}) { edges { node { id } } } ${byNumber(subject).slice(1)}`;
    expect((await stack.ask(beside, PROBATION)).body.data.person).toBeNull();
    const { extensions } = (await stack.ask(beside, explain)).body;
    expect(extensions.nothingToShow).toMatchObject([{ path: ['person'] }]);
    expect(JSON.stringify(extensions.explain)).not.toContain('"person"');
    expect(extensions).not.toHaveProperty('breakGlass');
  });

  test('lifts no restriction that comes after it', async () => {
    const subject = stranger(1);
    await open(subject);
    expect((await stack.ask(byNumber(subject), PROBATION)).body.data.person).not.toBeNull();
    const lift = await restrict(subject, 'northmere-police');
    try {
      expect((await stack.ask(byNumber(subject), PROBATION)).body.data.person).toBeNull();
    } finally {
      await lift();
    }
  });
});

describe('break-glass that is refused', () => {
  test('SHARE-04 unknown, restricted, excluded and without an agreement: one answer, byte for byte', async () => {
    const related = subjects(people, 'restricted')[0] as Subject;
    const unknown = await breakGlass(stack, PROBATION, attempt('CRN', UNKNOWN));
    expect(unknown.body).toEqual({
      data: {
        breakGlass: { ok: false, code: 'NOTHING_TO_SHOW', allowedNow: [], until: null, banner: null, person: null },
      },
      extensions: {
        requestId: expect.any(String),
        nothingToShow: [
          {
            path: ['breakGlass'],
            code: 'NOTHING_TO_SHOW',
            message: expect.stringMatching(/does not mean that nothing is known/),
            desk: expect.objectContaining({ telephone: expect.any(String) }),
          },
        ],
      },
    });
    const restricted = stranger(2);
    const lift = await restrict(restricted, 'northmere-police');
    try {
      for (const subject of [restricted, related, subjects(people, 'excluded')[0] as Subject]) {
        const answer = await breakGlass(stack, PROBATION, attempt('CRN', crn(subject)));
        expect(visible(answer)).toEqual(visible(unknown));
        const kinds = (await stack.entries(String(answer.headers.get('x-request-id')))).map(({ kind }) => kind);
        expect(kinds).toEqual(['request', 'break-glass']);
        expect((await stack.ask(byNumber(subject), PROBATION)).body.data.person).toBeNull();
      }
    } finally {
      await lift();
    }
    // A purpose for which nothing is marked opens nothing, whoever it is.
    const unmarked = await breakGlass(stack, { ...MANAGER }, attempt('CRN', crn(stranger(2))));
    const nobody = await breakGlass(stack, { ...MANAGER }, attempt('CRN', UNKNOWN));
    expect(visible(unmarked)).toEqual(visible(nobody));
  });

  test('opens a review all the same, and the owner of a restriction is told', async () => {
    const unknown = await breakGlass(stack, PROBATION, attempt('CRN', UNKNOWN));
    expect(await workAbout(stack, unknown)).toEqual([{ kind: 'BREAK_GLASS_REVIEW', partner: 'probation-service' }]);
    const subject = stranger(0);
    const lift = await restrict(subject, 'northmere-police');
    try {
      const answer = await open(subject);
      expect(await workAbout(stack, answer)).toEqual([
        { kind: 'BREAK_GLASS_REVIEW', partner: 'probation-service' },
        { kind: 'RESTRICTION_APPROACHED', partner: 'northmere-police' },
      ]);
      const [entry] = (await stack.entries(String(answer.headers.get('x-request-id')))).slice(1);
      expect(entry).toMatchObject({ outcome: 'refused', until: null });
      expect(JSON.stringify(entry)).toContain('RESTRICTED');
    } finally {
      await lift();
    }
  });

  test('the caller who needs none is told so', async () => {
    const answer = await open(subjects(people, 'allowed')[0] as Subject);
    expect(answer.body.data.breakGlass).toMatchObject({ ok: false, code: 'NOT_NEEDED', allowedNow: ['person'] });
    expect(answer.body.extensions).not.toHaveProperty('nothingToShow');
  });

  test.each([
    [
      'an identifier that is malformed, before anything else',
      { identifier: { type: 'CRN', value: '1' }, reason: 'X' },
      'BAD_IDENTIFIER',
      /One looks like/,
    ],
    [
      'a type of identifier that is not the role’s',
      { identifier: { type: 'NHS_NUMBER', value: '9434765919' } },
      'BAD_IDENTIFIER',
      /CRN/,
    ],
    ['a reason that is no code', { reason: 'BECAUSE' }, 'BAD_USER_INPUT', /"reason" needs one of: .*RISK_TO_LIFE/],
    ['a text that is too short', { text: '   short   ' }, 'BAD_USER_INPUT', /10 to 500/],
    ['a text that is too long', { text: 'x'.repeat(501) }, 'BAD_USER_INPUT', /10 to 500/],
    ['a text that nobody sees', { text: '\u200b'.repeat(12) }, 'BAD_USER_INPUT', /10 to 500/],
    ['a text that is half a character', { text: `${'x'.repeat(12)}\ud800` }, 'BAD_USER_INPUT', /10 to 500/],
    ['a text that turns round what follows', { text: `${'x'.repeat(12)}\u202e` }, 'BAD_USER_INPUT', /10 to 500/],
    ['a text with a NUL', { text: 'ten letters\u0000and more' }, 'BAD_USER_INPUT', /10 to 500/],
    ['a key that is none', { idempotencyKey: 'a b' }, 'BAD_USER_INPUT', /"idempotencyKey"/],
  ])('%s', async (_what, more, code, message) => {
    const [{ count: before }] = await attempts();
    const { status, body } = await breakGlass(stack, PROBATION, attempt('CRN', UNKNOWN, more));
    expect([status, body.errors[0].extensions.code]).toEqual([400, code]);
    expect(body.errors[0].message).toMatch(message);
    expect(body).not.toHaveProperty('data');
    expect((await attempts())[0].count).toBe(before);
  });

  test('a role that is not marked for it finds it withheld, and nobody is looked up', async () => {
    const [{ count: before }] = await attempts();
    for (const caller of [PRISON, HOUSING]) {
      const { body } = await breakGlass(stack, caller, attempt('PRISON_NUMBER', 'A0000AA'));
      expect(body.data).toEqual({ breakGlass: null });
      expect(body.extensions.withheld).toEqual([
        {
          section: 'breakGlass',
          fields: ['Mutation.breakGlass'],
          reason: 'NOT_IN_VIEW',
          contact: null,
          paths: [['breakGlass']],
        },
      ]);
    }
    expect((await attempts())[0].count).toBe(before);
  });
});

describe('a mutation', () => {
  test('has one field: two under aliases are refused, and neither is done', async () => {
    const [{ count: before }] = await attempts();
    const { input } = attempt('CRN', crn(stranger(0)));
    const { input: second } = attempt('CRN', crn(stranger(1)));
    const { status, body } = await stack.ask(
      'mutation ($a: BreakGlassInput!, $b: BreakGlassInput!) { a: breakGlass(input: $a) { ok } b: breakGlass(input: $b) { ok } }',
      { ...PROBATION, variables: { a: input, b: second } },
    );
    expect([status, body.errors[0].extensions.code]).toEqual([400, 'BAD_USER_INPUT']);
    expect((await attempts())[0].count).toBe(before);
  });

  test('does not come through GET', async () => {
    const [{ count: before }] = await attempts();
    const url = new URL(`${stack.url}/graphql`);
    url.searchParams.set('query', BREAK_GLASS);
    url.searchParams.set('variables', JSON.stringify(attempt('CRN', crn(stranger(0)))));
    const response = await fetch(url, {
      headers: {
        authorization: `Bearer ${await stack.token('probation-practitioner')}`,
        'purpose-of-use': 'RELEASE_PLANNING',
        'content-type': 'application/json',
      },
    });
    expect(response.status).toBe(405);
    expect((await attempts())[0].count).toBe(before);
  });

  test('is not explained', async () => {
    const [{ count: before }] = await attempts();
    const { status } = await stack.ask(BREAK_GLASS, {
      ...PROBATION,
      variables: attempt('CRN', crn(stranger(0))),
      headers: { prefer: 'explain' },
    });
    expect(status).toBe(400);
    expect((await attempts())[0].count).toBe(before);
  });
});

/** A practitioner who has no relationship with the person either. */
async function colleagueWithout({ uuid }: Subject): Promise<string> {
  const held = await stack.sql<{ held_by: string }>('select held_by from record.relationship where person = $1', [
    uuid,
  ]);
  const ids = ['0004', '0005', '0006', '0007'].map((number) => `PRO-${number}`);
  return ids.find((id) => held.every(({ held_by }) => held_by !== id)) ?? '';
}

function attempts(): Promise<[{ count: string }]> {
  return stack.sql('select count(*) from record.break_glass') as unknown as Promise<[{ count: string }]>;
}

/** A restriction that lists nobody, until it is lifted. */
async function restrict({ uuid }: Subject, owner: string): Promise<() => Promise<unknown>> {
  await stack.sql(
    `insert into record.restriction (person, type, owner, accounts, valid_from, reference)
     values ($1, 'RESTRICTION', $2, array[]::text[], '2026-01-01', 'R-of-the-tests')`,
    [uuid, owner],
  );
  return () => stack.sql(`delete from record.restriction where reference = 'R-of-the-tests'`);
}
