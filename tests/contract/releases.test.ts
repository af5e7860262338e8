import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { TRAITS, type Trait } from '../../src/demo/population/traits.ts';
import { addDays } from '../../src/record/day.ts';
import { type AskOptions, type GraphQLAnswer, population, type Stack, startStack } from '../stack/stack.ts';
import { type Subject, subjects } from './oracle/subject.ts';
import { askedFor, wireOf } from './oracle/wire.ts';

const people = population();
/** People whom no first probation practitioner may see. */
const CLOSED = ['unrelated', 'restricted', 'excluded', 'ownRecord', 'breakGlass', 'sealed'] as const;
/** The first practitioners' people are those of the traits. */
const caseload = (Object.keys(TRAITS) as Trait[])
  .filter((trait) => !CLOSED.some((closed) => closed === trait))
  .flatMap((trait) => subjects(people, trait).map((subject) => ({ trait, subject })));
const closed = CLOSED.flatMap((trait) => subjects(people, trait));

let stack: Stack;

beforeAll(async () => {
  stack = await startStack();
});

afterEach(() => stack.recorder.interfere('hmpps-prisons', null));

afterAll(() => stack.close());

const day = (offset: number) => addDays(people.anchor, offset);

const FROM = day(-250);
const TO = day(60);

interface Page {
  readonly edges: readonly {
    readonly cursor: string;
    readonly node: { readonly id: string; readonly custody: { readonly releaseDate: string } };
  }[];
  readonly pageInfo: Record<string, unknown>;
}

function ask(
  args: Readonly<Record<string, unknown>> = {},
  options: AskOptions = {},
  node = 'id custody { releaseDate }',
): Promise<GraphQLAnswer> {
  return stack.ask(
    `query ($from: Date!, $to: Date!, $first: Int, $after: String) {
      releases(from: $from, to: $to, first: $first, after: $after) {
        edges { cursor node { ${node} } } pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
      } }`,
    { ...options, variables: { from: FROM, to: TO, first: 500, ...args } },
  );
}

async function page(args: Readonly<Record<string, unknown>> = {}, options: AskOptions = {}): Promise<Page> {
  const { body } = await ask(args, options);
  expect(body.errors).toBeUndefined();
  return body.data.releases;
}

const releaseOf = (subject: Subject) =>
  subject.held('hmpps-prisons', 'custody', new Date())?.['releaseDate'] as string | null;
const idsOf = ({ edges }: Page) => edges.map(({ node }) => node.id);
const datesOf = ({ edges }: Page) => edges.map(({ node }) => node.custody.releaseDate);

describe('the list', () => {
  test('SHARE-04 SHARE-06 is everybody of the caseload whose release is in the window, and nobody who is closed to the caller', async () => {
    const all = await page();
    const expected = caseload
      .map(({ subject }) => releaseOf(subject))
      .filter((date) => date && date >= FROM && date <= TO);
    expect(expected.length).toBeGreaterThan(40);
    expect(datesOf(all)).toEqual(expected.toSorted());
    const known = await stack.sql<{ id: string; person: string }>(
      `select id, person::text from record.opaque_id where partner = 'probation-service'`,
    );
    const shown = new Set(known.flatMap(({ id, person }) => (idsOf(all).includes(id) ? person : [])));
    expect(shown.size).toBe(all.edges.length);
    for (const { uuid } of closed) expect(shown).not.toContain(uuid);
    for (const { subject } of caseload.filter(({ subject }) => expected.includes(releaseOf(subject))))
      expect(shown).toContain(subject.uuid);
  });

  test('SHARE-06 somebody whose restriction lists the caller is in it for them and for nobody else', async () => {
    const [listed] = subjects(people, 'restrictedListed') as [Subject];
    const number = listed.identifiers['PRISON_NUMBER'];
    const numbers = async (options: AskOptions) => {
      const { body } = await ask({}, options, 'identifiers { type value }');
      return JSON.stringify(body.data.releases.edges).includes(String(number));
    };
    expect([await numbers({}), await numbers({ persona: 'prison-offender-manager' })]).toEqual([true, false]);
  });

  test('is ordered by date, both ends of the window included', async () => {
    const all = await page();
    const dates = datesOf(all);
    expect(dates).toEqual(dates.toSorted());
    const [one, two] = [dates[5] as string, dates.at(-5) as string];
    const within = await page({ from: one, to: two });
    expect(datesOf(within)).toEqual(dates.filter((date) => date >= one && date <= two));
    expect(idsOf(await page({ from: one, to: one }))).toEqual(idsOf(all).filter((_, index) => dates[index] === one));
  });

  test('is empty, without a word of why, where nobody is released', async () => {
    const answer = await ask({ from: day(-4000), to: day(-3700) });
    expect(answer.body).toEqual({
      data: {
        releases: {
          edges: [],
          pageInfo: { hasNextPage: false, hasPreviousPage: false, startCursor: null, endCursor: null },
        },
      },
      extensions: { requestId: expect.any(String) },
    });
  });

  test('SHARE-02 asks prison once for everybody’s dates and nothing else, then once about those on the page', async () => {
    const answer = await ask({ first: 4 }, {}, 'identity { name } risk { riskToStaff }');
    const calls = wireOf(stack, answer).map((call) => [call.holder, askedFor(call), call.representations.length]);
    expect(calls).toHaveLength(3);
    const reachable = caseload.filter(({ subject }) => subject.numberAt('hmpps-prisons'));
    expect(calls[0]).toEqual(['hmpps-prisons', ['custody.asOf', 'custody.releaseDate'], reachable.length]);
    expect(calls).toContainEqual(['hmpps-prisons', ['identity.asOf', 'identity.name'], 4]);
    expect(calls).toContainEqual(['probation-service', ['risk.asOf', 'risk.riskToStaff'], 4]);
    for (const { raw } of wireOf(stack, answer))
      for (const { identifiers } of closed) expect(raw).not.toContain(identifiers['PRISON_NUMBER']);
  });

  test('AUDIT-03 leaves an entry for those on the page, and a count of those looked through', async () => {
    const { body } = await ask({ first: 4 });
    const [request, ...rest] = await stack.entries(body.extensions.requestId);
    expect(request).toMatchObject({ kind: 'request', counts: { subjects: 4, shown: 4, considered: caseload.length } });
    expect(rest.map(({ kind }) => kind)).toEqual(Array(4).fill('disclosure'));
  });

  test('SHARE-02 asks at most 500 people a call', async () => {
    await stack.sql(
      `insert into record.relationship (person, partner, type, held_by, held_by_team, valid_from, asserted_by, evidence)
       select id, 'probation-service', 'SUPERVISION_ALLOCATION', 'PRO-0012', false, $1, 'a-feed', 'E-1' from record.person`,
      [day(-1)],
    );
    const answer = await ask({ first: 1 }, { practitioner: 'PRO-0012' }, 'id');
    const sizes = wireOf(stack, answer).map(({ representations }) => representations.length);
    const [{ count = 0 } = {}] = await stack.sql<{ count: number }>(
      `select count(distinct id)::int as count from record.person where not exists (
        select from record.restriction where person = id and (type = 'RESTRICTION' or 'probation-service/PRO-0012' = any(accounts)))`,
    );
    expect(sizes.toSorted((a, b) => b - a)).toEqual([500, count - 500]);
  });

  test('SHARE-05 a caseload too large to be looked through is refused, not cut', async () => {
    await stack.sql(
      `insert into record.relationship (person, partner, type, held_by, held_by_team, valid_from, asserted_by, evidence)
       select lpad(number::text, 32, '0')::uuid, 'hmpps-prisons', 'CUSTODY_ALLOCATION', 'PRI-0012', false, $1::date, 'a-feed', 'E-1'
       from generate_series(1, 2000) as number
       union all select $2::uuid, 'hmpps-prisons', 'CUSTODY_ALLOCATION', 'PRI-0012', false, $1::date, 'a-feed', 'E-1'`,
      [day(-1), caseload[0]?.subject.uuid],
    );
    const answer = await ask({}, { persona: 'prison-offender-manager', practitioner: 'PRI-0012' });
    expect([answer.status, answer.body.errors?.[0].extensions.code]).toEqual([400, 'TOO_COMPLEX']);
  });
});

describe('pages', () => {
  test.each([5, 7, 20])('of %i follow each other without a gap and without an overlap', async (first) => {
    const all = await page();
    const ids: string[] = [];
    let after: unknown = null;
    for (let count = 0; count <= all.edges.length; count++) {
      const next = await page({ first, after });
      expect(next.pageInfo).toEqual({
        hasNextPage: ids.length + next.edges.length < all.edges.length,
        hasPreviousPage: after !== null,
        startCursor: next.edges[0]?.cursor ?? null,
        endCursor: next.edges.at(-1)?.cursor ?? null,
      });
      ids.push(...idsOf(next));
      after = next.pageInfo['endCursor'];
      if (!next.pageInfo['hasNextPage']) break;
    }
    expect(ids).toEqual(idsOf(all));
  });

  test('after any cursor come exactly those that follow it', async () => {
    const all = await page();
    const middle = Math.floor(all.edges.length / 2);
    expect(idsOf(await page({ after: all.edges[middle]?.cursor }))).toEqual(idsOf(all).slice(middle + 1));
    expect((await page({ after: all.edges.at(-1)?.cursor })).edges).toEqual([]);
  });

  test('SHARE-07 somebody who is closed to the caller between two pages is not on the second, and moves nobody', async () => {
    const all = await page();
    const { edges } = await page({ first: 5 });
    const gone = idsOf(all)[7];
    await stack.sql(
      `insert into record.restriction (person, type, owner, accounts, valid_from)
       select person, 'RESTRICTION', 'a-test', '{}', $1 from record.opaque_id where id = $2`,
      [day(0), gone],
    );
    try {
      const rest = await page({ after: edges.at(-1)?.cursor });
      expect(idsOf(rest)).toEqual(
        idsOf(all)
          .slice(5)
          .filter((id) => id !== gone),
      );
    } finally {
      await stack.sql(`delete from record.restriction where owner = 'a-test'`);
    }
  });

  test('SHARE-08 a cursor names nobody', async () => {
    for (const { cursor } of (await page()).edges) {
      const text = `${cursor} ${Buffer.from(cursor, 'base64url').toString('latin1')}`;
      for (const { subject } of caseload) {
        expect(text).not.toContain(subject.uuid);
        expect(text).not.toContain(subject.identifiers['PRISON_NUMBER']);
      }
    }
  });
});

describe('what is refused', () => {
  const refused = async (
    args: Readonly<Record<string, unknown>>,
    options: AskOptions = {},
    code = 'BAD_USER_INPUT',
  ) => {
    const answer = await ask(args, options);
    expect([answer.status, answer.body.data, answer.body.errors?.[0].extensions.code]).toEqual([400, undefined, code]);
    return answer;
  };

  test.each([0, -1, -500])('first: %i', async (first) => {
    await refused({ first });
  });

  test('first: 501, and a number that is none', async () => {
    await refused({ first: 501 }, {}, 'TOO_COMPLEX');
    await refused({ first: 1.5 });
    await refused({ first: 3_000_000_000 });
  });

  test('a window that ends before it begins, or that is longer than 366 days', async () => {
    await refused({ from: day(1), to: day(0) });
    await refused({ from: day(0), to: day(367) });
    expect((await ask({ from: day(0), to: day(366) })).status).toBe(200);
  });

  test.each(['2026-02-30', '2026-13-01', '26-01-01', '2026-1-1', '2026-01-01T00:00:00Z', '', 'today'])(
    'the day "%s"',
    async (from) => {
      await refused({ from });
    },
  );

  test('SHARE-04 a cursor that was changed anywhere, and one of another caller, purpose or window', async () => {
    const { edges } = await page({ first: 2 });
    const cursor = edges[1]?.cursor as string;
    const bytes = Buffer.from(cursor, 'base64url');
    for (const index of [0, 8, 15, 16, 20, bytes.length - 1]) {
      const changed = Buffer.from(bytes);
      changed[index] = (changed[index] ?? 0) ^ 1;
      await refused({ after: changed.toString('base64url') });
    }
    for (const after of ['', 'x', cursor.slice(0, -4), `${cursor}AAAA`, Buffer.alloc(60).toString('base64url')])
      await refused({ after });
    await refused({ after: cursor }, { practitioner: 'PRO-0002' });
    await refused({ after: cursor }, { persona: 'probation-manager' });
    await refused({ after: cursor }, { persona: 'prison-offender-manager' });
    await refused({ after: cursor }, { purpose: 'SENTENCE_MANAGEMENT' });
    await refused({ after: cursor, to: day(61) });
    expect((await ask({ after: cursor })).status).toBe(200);
  });
});

describe('SHARE-05 when prison cannot be heard', () => {
  test('SHARE-05 a dead prison is said to be, and is no empty list', async () => {
    stack.recorder.interfere('hmpps-prisons', () => 'dead');
    const { status, body } = await ask();
    expect([status, body.errors]).toEqual([200, undefined]);
    expect(body.data.releases.edges).toEqual([]);
    expect(body.extensions.unavailable).toEqual([{ section: null, holder: 'hmpps-prisons', paths: [['releases']] }]);
  });

  test('SHARE-05 SHARE-09 one person answered wrongly is missing, and the list says that somebody may be', async () => {
    const all = await page();
    stack.recorder.interfere('hmpps-prisons', (_call, honest) => {
      const reply = JSON.parse(honest.body);
      reply.data._entities[3].prisonNumber = 'A0000AA';
      return { ...honest, body: JSON.stringify(reply) };
    });
    const { body } = await ask({}, {}, 'id');
    const ids = body.data.releases.edges.map(({ node }: { node: { id: string } }) => node.id);
    expect(ids).toHaveLength(all.edges.length - 1);
    expect(idsOf(all).filter((id) => ids.includes(id))).toEqual(ids);
    expect(body.extensions.unavailable).toEqual([{ section: null, holder: 'hmpps-prisons', paths: [['releases']] }]);
  });

  test('SHARE-05 dates that were heard, and then nothing more: the people are there and their sections are not', async () => {
    stack.recorder.interfere('hmpps-prisons', ({ query }, honest) => (query.includes('identity') ? 'dead' : honest));
    const { body } = await ask({ first: 2 }, {}, 'id identity { name } sections { section status }');
    for (const { node } of body.data.releases.edges) {
      expect(node).toMatchObject({ identity: null, sections: [{ section: 'identity', status: 'UNAVAILABLE' }] });
    }
    expect(body.extensions.unavailable).toEqual([
      {
        section: 'identity',
        holder: 'hmpps-prisons',
        paths: [0, 1].map((index) => ['releases', 'edges', index, 'node']),
      },
    ]);
  });
});

describe('SHARE-05 a list that may lack somebody says so', () => {
  test('SHARE-05 who cannot be asked about is missing, and the list says that somebody may be', async () => {
    const { body: before } = await ask({ first: 500 });
    const [{ node }] = before.data.releases.edges;
    const linkOf = `holder = 'hmpps-prisons' and person = (select person from record.opaque_id where id = $1)`;
    await stack.sql(`update record.link set confidence = 0.1 where ${linkOf}`, [node.id]);
    try {
      const { body } = await ask({ first: 500 });
      expect(body.data.releases.edges).toHaveLength(before.data.releases.edges.length - 1);
      expect(body.extensions.notLinked).toEqual([{ section: 'custody', paths: [['releases']] }]);
    } finally {
      await stack.sql(`update record.link set confidence = 1 where ${linkOf}`, [node.id]);
    }
  });

  test('SHARE-05 without an agreement the list is withheld, and is no empty list', async () => {
    stack.clock.set(new Date('2029-01-01T12:00:00Z'));
    try {
      const { body, status } = await ask();
      expect([status, body.data]).toEqual([200, { releases: null }]);
      expect(body.extensions.withheld).toMatchObject([
        { section: 'custody', fields: ['Custody.releaseDate'], reason: 'NO_AGREEMENT', paths: [['releases']] },
      ]);
      const refused = await ask({}, { headers: { prefer: 'withheld=refuse' } });
      expect([refused.status, refused.body.errors[0].extensions.code]).toEqual([403, 'WITHHELD_REFUSED']);
    } finally {
      stack.clock.set(new Date());
    }
  });
});
