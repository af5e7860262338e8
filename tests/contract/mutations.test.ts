import pg from 'pg';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { population, type Stack, startStack } from '../stack/stack.ts';
import { MANAGER, OFFICER, opens, PROBATION, visible } from './callers.ts';
import { attempt, breakGlass } from './glass.ts';
import { roleOf } from './oracle/policy.ts';
import { type Subject, subjects } from './oracle/subject.ts';

const people = population();
const stranger = subjects(people, 'unrelated')[0] as Subject;
const known = subjects(people, 'allowed')[0] as Subject;
const crn = (subject: Subject) => subject.identifiers['CRN'] as string;
let stack: Stack;

beforeAll(async () => {
  stack = await startStack();
});

afterEach(async () => {
  stack.clock.set(new Date());
  await stack.sql('delete from record.break_glass');
});

afterAll(() => stack?.close());

const CLOSE = `mutation ($input: CloseBreakGlassReviewInput!) { closeBreakGlassReview(input: $input) { ok code } }`;
const COVER = `mutation ($input: RecordCoverInput!) { recordCover(input: $input) { ok code reference } }`;

/** Another session that holds the head of the log, so that nothing can be recorded until it lets go. */
async function unrecorded<T>(during: () => Promise<T>): Promise<T> {
  const session = new pg.Client({ connectionString: stack.ownerUrl });
  await session.connect();
  try {
    await session.query('begin');
    await session.query('select size from audit.head for update');
    return await during();
  } finally {
    await session.query('rollback');
    await session.end();
  }
}

const isOpen = () => opens(stack, PROBATION, stranger);

describe('AUDIT-01 no record, no effect', () => {
  test('AUDIT-01 break-glass that could not be recorded opens nothing, and the same key is granted later', async () => {
    const variables = attempt('CRN', crn(stranger));
    const answer = await unrecorded(() => breakGlass(stack, PROBATION, variables));
    expect([answer.status, answer.body.errors[0].extensions.code]).toEqual([503, 'AUDIT_UNAVAILABLE']);
    expect(answer.body).not.toHaveProperty('data');
    expect(await stack.sql('select active from record.break_glass')).toEqual([{ active: false }]);
    expect(await isOpen()).toBe(false);

    const again = await breakGlass(stack, PROBATION, variables);
    expect(again.body.data.breakGlass.ok).toBe(true);
    expect(await stack.sql('select active from record.break_glass')).toEqual([{ active: true }]);
    expect((await stack.entries(String(again.headers.get('x-request-id')))).map(({ kind }) => kind)).toEqual([
      'request',
      'break-glass',
    ]);
  });

  test('AUDIT-01 nor is a review closed, nor does a cover begin', async () => {
    const attempted = await breakGlass(stack, PROBATION, attempt('CRN', crn(stranger)));
    const reference = attempted.headers.get('x-request-id');
    const input = { reference, outcome: 'JUSTIFIED', text: 'The desk confirmed it.', expectedVersion: 1 };
    const close = () => stack.ask(CLOSE, { ...OFFICER, variables: { input } });
    expect((await unrecorded(close)).status).toBe(503);
    expect(await stack.sql('select closed_at from record.break_glass')).toEqual([{ closed_at: null }]);
    expect((await close()).body.data.closeBreakGlassReview.ok).toBe(true);

    await stack.sql(`insert into record.manager (partner, practitioner, team, valid_from)
      values ('probation-service', 'PRM-0001', 'T-TESTS', '2026-01-01')`);
    await stack.sql(`insert into record.team_member (partner, practitioner, team, valid_from)
      values ('probation-service', 'PRO-0001', 'T-TESTS', '2026-01-01'), ('probation-service', 'PRO-0003', 'T-TESTS', '2026-01-01')`);
    const today = people.anchor;
    const cover = {
      ...{ practitioner: 'PRO-0001', coveredBy: 'PRO-0003', reason: 'On sick leave until Friday.' },
      ...{ from: today, until: today, idempotencyKey: 'a-cover-of-the-tests' },
    };
    const record = () => stack.ask(COVER, { ...MANAGER, variables: { input: cover } });
    expect((await unrecorded(record)).status).toBe(503);
    const actives = () => stack.sql('select active from record.cover where idempotency_key is not null');
    expect(await actives()).toEqual([{ active: false }]);
    expect((await record()).body.data.recordCover.ok).toBe(true);
    expect(await actives()).toEqual([{ active: true }]);
  });

  test('what was recorded and could not take effect is not said to have', async () => {
    const variables = attempt('CRN', crn(stranger));
    await stack.sql('revoke update on record.break_glass from throughgate_gateway');
    try {
      const { status, headers, body } = await breakGlass(stack, PROBATION, variables);
      expect([status, body.errors[0].extensions.code]).toEqual([503, 'STORE_UNAVAILABLE']);
      expect(headers.get('link')).toBe('</urgent>; rel="help"');
      expect(body).not.toHaveProperty('data');
    } finally {
      await stack.sql('grant update on record.break_glass to throughgate_gateway');
    }
    expect(await isOpen()).toBe(false);
    expect((await breakGlass(stack, PROBATION, variables)).body.data.breakGlass.ok).toBe(true);
    expect(await isOpen()).toBe(true);
  });
});

test('SHARE-10 trying purposes one after another is refused each time and leaves its trail', async () => {
  const role = roleOf('probation-practitioner');
  const purposes = Object.keys(role.purposes);
  expect(purposes.length).toBeGreaterThan(3);
  for (const purpose of purposes) {
    const answer = await stack.ask(`{ person(identifier: {type: "CRN", value: "${crn(stranger)}"}) { id } }`, {
      ...PROBATION,
      purpose,
    });
    expect(answer.body.data.person).toBeNull();
    const entries = await stack.entries(String(answer.headers.get('x-request-id')));
    expect(entries).toMatchObject([
      { kind: 'request', purpose, actor: { practitioner: 'PRO-0001' } },
      { kind: 'refusal', purpose, outcome: 'nothing-to-show' },
    ]);
  }
  const rows = await stack.sql<{ subject: string; tries: string }>(
    `select subject, count(*) as tries from audit.entry where kind = 'refusal' and practitioner = 'PRO-0001'
     group by subject having count(*) >= $1`,
    [purposes.length],
  );
  expect(rows).toHaveLength(1);
});

describe('volume', () => {
  const ASKED = `insert into record.asked (partner, practitioner, day, reference)
    select 'probation-service', 'PRO-0006', $1::date, decode(md5(n::text), 'hex') from generate_series(1, $2::int) as n`;
  const caller = { ...PROBATION, practitioner: 'PRO-0006' };
  const ask = (subject: Subject | string) =>
    stack.ask(
      `{ person(identifier: {type: "CRN", value: "${typeof subject === 'string' ? subject : crn(subject)}"}) { id } }`,
      caller,
    );

  test('whoever asked about as many people as the role may on one day sees the constant answer, until tomorrow', async () => {
    await stack.sql(
      `insert into record.relationship (person, partner, type, held_by, held_by_team, valid_from, asserted_by, evidence)
       values ($1, 'probation-service', 'SUPERVISION_ALLOCATION', 'PRO-0006', false, '2026-01-01', 'a-feed', 'E-1')
       on conflict do nothing`,
      [known.uuid],
    );
    const limit = Number((roleOf('probation-practitioner') as unknown as { peoplePerDay: number }).peoplePerDay);
    await stack.sql(ASKED, [people.anchor, limit - 1]);
    expect((await ask(known)).body.data.person).not.toBeNull();
    // The same person again is nobody new.
    expect((await ask(known)).body.data.person).not.toBeNull();
    const unknown = await ask('X999999');
    const over = await ask(known);
    expect(over.body.data.person).toBeNull();
    expect(visible(over)).toEqual(visible(unknown));
    const [, refusal] = await stack.entries(String(over.headers.get('x-request-id')));
    expect(JSON.stringify(refusal?.['reasons'])).toContain('OVER_LIMIT');
    // Nor does the glass lift it.
    const glass = await breakGlass(stack, caller, attempt('CRN', crn(stranger)));
    expect(glass.body.data.breakGlass.code).toBe('NOTHING_TO_SHOW');

    const list = await stack.ask(
      `{ releases(from: "${people.anchor}", to: "${people.anchor}") { edges { node { id } } } }`,
      caller,
    );
    expect(list.body.data.releases).not.toBeNull();
    stack.clock.set(new Date(Date.now() + 86_400_000));
    expect((await ask(known)).body.data.person).not.toBeNull();
  });

  test('what was asked is kept as no number of anybody', async () => {
    await ask(known);
    const rows = await stack.sql<{ reference: Buffer }>('select reference from record.asked');
    expect(rows.length).toBeGreaterThan(0);
    expect(rows.some(({ reference }) => reference.includes(crn(known)))).toBe(false);
  });
});

describe('what an upheld objection closes', () => {
  test('is closed for that person alone, in a list too, and the rest stays', async () => {
    const [one, other] = subjects(people, 'allowed') as [Subject, Subject];
    const idOf = async (subject: Subject) => {
      const { body } = await stack.ask(
        `{ person(identifier: {type: "CRN", value: "${crn(subject)}"}) { id } }`,
        PROBATION,
      );
      return body.data.person.id;
    };
    const ids = [await idOf(one), await idOf(other)];
    await stack.sql(
      `insert into record.objection (person, holder, recipient_type, data_class, decided_by, valid_from)
       values ($1, '*', 'probation-service', 'custody.offence', 'hmpps-prisons/IGO-0001', '2026-01-01')`,
      [one.uuid],
    );
    try {
      const { body } = await stack.ask(
        `query ($ids: [ID!]!) { people(ids: $ids) { custody { releaseDate offence } } }`,
        {
          ...PROBATION,
          variables: { ids },
        },
      );
      const date = expect.stringMatching(/^\d{4}-/);
      expect(body.data.people).toEqual([
        { custody: { releaseDate: date, offence: null } },
        { custody: { releaseDate: date, offence: expect.any(String) } },
      ]);
      expect(body.extensions.withheld).toMatchObject([
        { section: 'custody', fields: ['Custody.offence'], reason: 'NOT_SHARED', paths: [['people', 0]] },
      ]);
    } finally {
      await stack.sql('delete from record.objection where person = $1', [one.uuid]);
    }
  });
});
