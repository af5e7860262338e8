import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { addDays } from '../../src/record/day.ts';
import { type AskOptions, type GraphQLAnswer, population, type Stack, startStack } from '../stack/stack.ts';
import { askedFor, wireOf } from './oracle/wire.ts';

const people = population();
const FROM = addDays(people.anchor, -80);
const TO = addDays(people.anchor, 60);

let stack: Stack;

beforeAll(async () => {
  stack = await startStack();
});

afterEach(() => {
  for (const holder of stack.recorder.urls.keys()) stack.recorder.interfere(holder, null);
});

afterAll(() => stack.close());

interface Node {
  readonly id: string;
  readonly custody: { readonly releaseDate: string; readonly establishment: string };
  readonly accommodation: readonly { readonly district: string | null }[] | null;
  readonly gaps: { readonly items: readonly { readonly rule: string; readonly severity: string }[] } | null;
}

interface Page {
  readonly nodes: readonly Node[];
  readonly cursors: readonly string[];
  readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string | null };
}

const NODE = 'id custody { releaseDate establishment } accommodation { district } gaps { items { rule severity } }';

function ask(
  args: Readonly<Record<string, unknown>> = {},
  options: AskOptions = {},
  node = NODE,
): Promise<GraphQLAnswer> {
  return stack.ask(
    `query ($from: Date!, $to: Date!, $establishment: String, $region: String, $gaps: [String!], $orderBy: ReleaseOrder, $first: Int, $after: String) {
      releases(from: $from, to: $to, establishment: $establishment, region: $region, gaps: $gaps, orderBy: $orderBy, first: $first, after: $after) {
        edges { cursor node { ${node} } } pageInfo { hasNextPage endCursor } } }`,
    { ...options, variables: { from: FROM, to: TO, first: 500, ...args } },
  );
}

/** A role that knows of no hidden section: its answers need not wait. */
const HOUSING: AskOptions = { persona: 'housing-officer' };

async function list(args: Readonly<Record<string, unknown>> = {}, options = HOUSING): Promise<Page> {
  const { body } = await ask(args, options);
  expect(body.errors).toBeUndefined();
  const { edges, pageInfo } = body.data.releases;
  return {
    nodes: edges.map(({ node }: { node: Node }) => node),
    cursors: edges.map(({ cursor }: { cursor: string }) => cursor),
    pageInfo,
  };
}

const idsOf = ({ nodes }: Page) => nodes.map(({ id }) => id);
const rulesOf = ({ gaps }: Node) => (gaps?.items ?? []).map(({ rule }) => rule);

describe('a list of releases is cut', () => {
  test('by establishment, as prison has it', async () => {
    const all = await list({}, {});
    const establishment = all.nodes[0]?.custody.establishment;
    const expected = all.nodes.filter(({ custody }) => custody.establishment === establishment);
    expect(expected.length).toBeLessThan(all.nodes.length);
    const answer = await ask({ establishment });
    expect(answer.body.data.releases.edges.map(({ node }: { node: Node }) => node.id)).toEqual(
      expected.map(({ id }) => id),
    );
    const [dates] = wireOf(stack, answer).map(askedFor);
    expect(dates).toEqual(['custody.asOf', 'custody.establishment', 'custody.releaseDate']);
    expect((await list({ establishment: 'HMP Nowhere' }, {})).nodes).toEqual([]);
  });

  test('SHARE-02 and what it lacks comes with the page, in one call to each holder of everybody’s', async () => {
    const answer = await ask({ first: 30 }, {}, NODE);
    const calls = wireOf(stack, answer).map(({ holder }) => holder);
    const to = (holder: string) => calls.filter((each) => each === holder).length;
    // Prison is asked for the dates first, by which the page is known.
    expect(['hmpps-prisons', 'probation-service', 'benefits-department'].map(to)).toEqual([2, 1, 1]);
  });

  test('by region, from the district of the release address', async () => {
    const all = await list({}, {});
    const inNorth = all.nodes.filter(({ accommodation }) =>
      accommodation?.some(({ district }) => district?.startsWith('QN')),
    );
    expect(inNorth.length).toBeGreaterThan(0);
    expect(inNorth.length).toBeLessThan(all.nodes.length);
    const { body } = await ask({ region: 'NORTH' }, {}, 'id');
    expect(body.data.releases.edges.map(({ node }: { node: Node }) => node.id)).toEqual(inNorth.map(({ id }) => id));
    const entries = await stack.entries(body.extensions.requestId);
    for (const { released } of entries.slice(1)) {
      expect(released).toContainEqual(expect.stringMatching(/-housing\|Accommodation\.district$/));
    }
  });

  test('AUDIT-03 by gaps; whoever stands in the list is known to have one', async () => {
    const all = await list();
    const wanted = ['IDENTITY_DOCUMENT', 'TEMPORARY_ACCOMMODATION'];
    const expected = all.nodes.filter((node) => rulesOf(node).some((rule) => wanted.includes(rule)));
    expect(expected.length).toBeGreaterThan(0);
    expect(expected.length).toBeLessThan(all.nodes.length);
    const { body } = await ask({ gaps: wanted }, HOUSING, 'id');
    expect(body.data.releases.edges.map(({ node }: { node: Node }) => node.id)).toEqual(expected.map(({ id }) => id));
    const entries = await stack.entries(body.extensions.requestId);
    expect(entries).toHaveLength(expected.length + 1);
    for (const { released } of entries.slice(1)) {
      const told = (released as string[]).map((field) => field.split('|')[1]);
      expect(told.includes('IdentityDocument.state') || told.includes('Accommodation.temporaryFrom')).toBe(true);
    }
  });

  test('SHARE-05 with a holder that cannot be heard, and says so', async () => {
    for (const holder of ['northmere-housing', 'southdale-housing']) stack.recorder.interfere(holder, () => 'dead');
    const byRegion = await ask({ region: 'SOUTH' }, {}, 'id');
    expect(byRegion.body.data.releases.edges).toEqual([]);
    const holders = (answer: GraphQLAnswer) =>
      answer.body.extensions.unavailable.map(({ holder }: { holder: string }) => holder).toSorted();
    expect(holders(byRegion)).toEqual(['northmere-housing', 'southdale-housing']);
    const byGap = await ask({ gaps: ['ADDRESS'] }, {}, 'id');
    expect([byGap.body.data.releases.edges, holders(byGap)]).toEqual([[], ['northmere-housing', 'southdale-housing']]);
  });
});

describe('the worst first', () => {
  const RANK = ['RED', 'AMBER', 'GREEN'];
  const rank = ({ gaps }: Node) => (gaps?.items[0] ? RANK.indexOf(gaps.items[0].severity) : RANK.length);

  test('by their worst gap, and then by date', async () => {
    const { nodes } = await list({ orderBy: 'SEVERITY' });
    expect(nodes.map(({ id }) => id).toSorted()).toEqual(idsOf(await list()).toSorted());
    expect(new Set(nodes.map(rank)).size).toBeGreaterThan(1);
    const keys = nodes.map((node) => `${rank(node)} ${node.custody.releaseDate}`);
    expect(keys).toEqual(keys.toSorted());
  });

  test('pages follow the order as it was at first, whatever changes meanwhile', async () => {
    const whole = await list({ orderBy: 'SEVERITY' });
    const ids: string[] = [];
    let after: string | null = null;
    for (let count = 0; count <= whole.nodes.length; count++) {
      const page: Page = await list({ orderBy: 'SEVERITY', first: 9, after });
      ids.push(...idsOf(page));
      expect(page.pageInfo.endCursor).toBe(page.cursors.at(-1));
      after = page.pageInfo.endCursor;
      if (!page.pageInfo.hasNextPage) break;
      // The worst becomes the best, and the other way round.
      stack.recorder.interfere('hmpps-prisons', (_call, honest) => {
        const body = honest.body.replaceAll('"state":"READY"', '"state":"REFUSED"');
        return { ...honest, body: count % 2 === 0 ? body : honest.body };
      });
    }
    expect(ids).toEqual(idsOf(whole));
  });

  test('SHARE-07 somebody who is closed to the caller between two pages is not on the second', async () => {
    const whole = await list({ orderBy: 'SEVERITY' });
    const first = await list({ orderBy: 'SEVERITY', first: 4 });
    const gone = idsOf(whole)[6];
    await stack.sql(
      `insert into record.restriction (person, type, owner, accounts, valid_from)
       select person, 'RESTRICTION', 'a-test', '{}', $1 from record.opaque_id where id = $2`,
      [people.anchor, gone],
    );
    try {
      const rest = await list({ orderBy: 'SEVERITY', after: first.pageInfo.endCursor });
      expect(idsOf(rest)).toEqual(
        idsOf(whole)
          .slice(4)
          .filter((id) => id !== gone),
      );
    } finally {
      await stack.sql(`delete from record.restriction where owner = 'a-test'`);
    }
  });

  test('AUDIT-03 tells what everybody on the page was judged by, selected or not', async () => {
    const { body } = await ask({ orderBy: 'SEVERITY', first: 3 }, HOUSING, 'id');
    const entries = await stack.entries(body.extensions.requestId);
    expect(entries).toHaveLength(4);
    for (const { released } of entries.slice(1)) expect(released).toContain('hmpps-prisons|IdentityDocument.state');
  });

  test('SHARE-08 a cursor names nobody', async () => {
    const { cursors, nodes } = await list({ orderBy: 'SEVERITY', first: 20 });
    for (const cursor of cursors) {
      const text = `${cursor} ${Buffer.from(cursor, 'base64url').toString('latin1')}`;
      for (const { id } of nodes) expect(text).not.toContain(id.slice(0, 8));
    }
  });
});

describe('what is refused', () => {
  const refused = async (
    args: Readonly<Record<string, unknown>>,
    options: AskOptions = {},
    code = 'BAD_USER_INPUT',
  ) => {
    const { status, body } = await ask(args, options, 'id');
    expect([status, body.data, body.errors?.[0].extensions.code]).toEqual([400, undefined, code]);
    return body.errors[0].message as string;
  };

  test('an unknown region and rules that are none, all at once and with those that are', async () => {
    const message = await refused({ region: 'ATLANTIS', gaps: ['NO_SUCH_RULE'] });
    expect(message).toContain('NORTH, SOUTH');
    expect(message).toContain('BANK_ACCOUNT');
    expect(message).not.toContain('ATLANTIS');
    await refused({ gaps: [] });
  });

  test('SHARE-03 what the view does not know: where people are held, and rules it may not look at', async () => {
    const options = { persona: 'accommodation-provider' };
    expect(await refused({ establishment: 'HMP Wexcombe' }, options)).toContain('"establishment"');
    expect(await refused({ gaps: ['ADDRESS_NOTIFICATION'] }, options)).not.toContain('ADDRESS_NOTIFICATION');
  });

  test('a cursor of another list', async () => {
    const { pageInfo } = await list({ orderBy: 'SEVERITY', first: 3 });
    await refused({ after: pageInfo.endCursor }, HOUSING);
    await refused({ after: pageInfo.endCursor, orderBy: 'SEVERITY', gaps: ['ADDRESS'] }, HOUSING);
    const byDate = await list({ first: 3 });
    await refused({ after: byDate.pageInfo.endCursor, orderBy: 'SEVERITY' }, HOUSING);
  });

  test('more than 500 people to put in order, and not more to list by date', async () => {
    await stack.sql(
      `insert into record.relationship (person, partner, type, held_by, held_by_team, valid_from, asserted_by, evidence)
       select id, 'probation-service', 'SUPERVISION_ALLOCATION', 'PRO-0012', false, $1, 'a-feed', 'E-1' from record.person`,
      [addDays(people.anchor, -1)],
    );
    const options = { practitioner: 'PRO-0012' };
    // All on one day.
    stack.recorder.interfere('hmpps-prisons', (_call, honest) => {
      const body = honest.body.replaceAll(/"releaseDate":(null|"[^"]*")/g, `"releaseDate":"${people.anchor}"`);
      return { ...honest, body };
    });
    expect(await refused({ first: 1, orderBy: 'SEVERITY' }, options, 'TOO_COMPLEX')).toContain('500');
    expect((await ask({ first: 1 }, options, 'id')).status).toBe(200);
  });
});
