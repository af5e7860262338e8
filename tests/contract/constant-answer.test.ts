import { createHash, randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type AskOptions, type GraphQLAnswer, population, type Stack, startStack } from '../stack/stack.ts';
import { visible } from './callers.ts';
import { dutyDeskOf, IDENTIFIER_TYPES, PARTNERS, partnersOf, ROLES, roleOf, verdictOf } from './oracle/policy.ts';
import { EVERYTHING } from './oracle/record.ts';
import { lookup, type Subject, subjects } from './oracle/subject.ts';
import { wireOf } from './oracle/wire.ts';

const people = population();
const first = (trait: Parameters<typeof subjects>[1]) => subjects(people, trait)[0] as Subject;
const CLOSED = {
  unrelated: first('unrelated'),
  restricted: first('restricted'),
  excluded: first('excluded'),
} as const;
const OPEN = first('allowed');

/** Those of whom nobody at the partner is told anything: a restriction's owner may tell its own (signpost.test.ts). */
const closedAt = (partner: string) =>
  Object.entries(CLOSED).filter(([trait]) => trait !== 'restricted' || partner !== 'probation-service');

let stack: Stack;
/** Opaque ids, made at every partner for everybody here, as if somebody there had been shown them before. */
const opaqueId = (partner: string, { uuid }: Subject) =>
  createHash('sha256').update(`${partner} ${uuid}`).digest('base64url').slice(0, 22);

beforeAll(async () => {
  stack = await startStack();
  for (const partner of PARTNERS)
    for (const subject of [OPEN, ...Object.values(CLOSED)])
      await stack.sql(`insert into record.opaque_id (person, partner, id) values ($1, $2, $3)`, [
        subject.uuid,
        partner,
        opaqueId(partner, subject),
      ]);
});

afterAll(() => stack.close());

async function timed(query: string): Promise<{ answer: GraphQLAnswer; elapsed: number }> {
  const started = performance.now();
  const answer = await stack.ask(query);
  return { answer, elapsed: performance.now() - started };
}

/** Asks for each in turn, and holds all the answers against the first. */
async function expectAlike(
  queries: Readonly<Record<string, string>>,
  options: AskOptions,
  entries: number,
): Promise<void> {
  const asked = await Promise.all(
    Object.entries(queries).map(async ([name, query]) => ({ name, answer: await stack.ask(query, options) })),
  );
  const [reference] = asked;
  for (const { name, answer } of asked) {
    expect(answer.text.split(answer.body.extensions.requestId)).toHaveLength(2);
    expect({ name, ...visible(answer) }).toEqual({ name, ...visible(reference?.answer as GraphQLAnswer) });
    expect(wireOf(stack, answer)).toEqual([]);
    expect(await stack.entries(answer.body.extensions.requestId)).toHaveLength(entries);
  }
}

// Those who look nobody up are many; two partners of theirs stand for all.
const views = ROLES.flatMap((role) =>
  partnersOf(role)
    .slice(0, role.lookups.length > 0 ? 9 : 2)
    .map((partner) => ({
      role,
      persona: role.role,
      partner,
      purpose: Object.keys(role.purposes)[0] ?? '',
    })),
);

describe.concurrent('SHARE-04 unknown, unrelated, restricted and excluded get one answer', () => {
  test.each(views.filter(({ role }) => role.lookups.length > 0))(
    'SHARE-04 SHARE-06 $persona at $partner, by identifier',
    async ({ role, persona, partner, purpose }) => {
      const [type = ''] = role.lookups;
      const elsewhere = CLOSED.unrelated.identifiers[type];
      const arguments_ = {
        unknown: `identifier: {type: "${type}", value: "${IDENTIFIER_TYPES[type]?.example}"}`,
        ...Object.fromEntries(closedAt(partner).map(([trait, subject]) => [trait, lookup(subject, role, partner)])),
        // A number that another authority issued means nothing here.
        ...(typeof elsewhere === 'object' && {
          'known elsewhere': `identifier: {type: "${type}", value: "${Object.entries(OPEN.identifiers[type] ?? {}).find(([holder]) => holder !== partner)?.[1]}"}`,
        }),
      };
      const queries = Object.fromEntries(
        Object.entries(arguments_).map(([name, argument]) => [name, `{ person(${argument}) { ${EVERYTHING} } }`]),
      );
      await expectAlike(queries, { persona, partner, purpose }, 2);
      const open = await stack.ask(`{ person(${lookup(OPEN, role, partner)}) { id } }`, { persona, partner, purpose });
      expect(open.body.data.person.id).toMatch(/^[\w-]{22}$/);
    },
  );

  test.each(views)(
    'SHARE-04 SHARE-06 SHARE-08 $persona at $partner, by opaque id',
    async ({ persona, partner, purpose }) => {
      const other = PARTNERS.find((code) => code !== partner) ?? '';
      const ids = {
        unknown: randomBytes(16).toString('base64url'),
        ...Object.fromEntries(closedAt(partner).map(([trait, subject]) => [trait, opaqueId(partner, subject)])),
        "another partner's": opaqueId(other, OPEN),
      };
      const queries = Object.fromEntries(
        Object.entries(ids).map(([name, id]) => [name, `{ person(id: "${id}") { ${EVERYTHING} } }`]),
      );
      await expectAlike(queries, { persona, partner, purpose }, 2);
    },
  );

  test('SHARE-04 it leaves no earlier than the hold, under which the work for somebody who is known is hidden', async () => {
    const queries = [
      `{ person(id: "${'A'.repeat(22)}") { id } }`,
      `{ people(ids: ["${opaqueId('probation-service', OPEN)}", "${'A'.repeat(22)}"]) { id } }`,
    ];
    for (const query of queries) {
      // The quickest of several: one alone may be slow for reasons of its own.
      const times: number[] = [];
      for (let turn = 0; turn < 6; turn++) {
        const { answer, elapsed } = await timed(query);
        expect(answer.body.extensions.nothingToShow).toHaveLength(1);
        times.push(elapsed);
      }
      // A timer may fire a millisecond early.
      expect(Math.min(...times)).toBeGreaterThanOrEqual(48);
    }
  });

  test('SHARE-04 it says that it is no nil return, and whom to ring', async () => {
    const { body } = await stack.ask(`{ whoever: person(id: "${'A'.repeat(22)}") { id } }`);
    const desk = dutyDeskOf('probation-service');
    expect(body).toEqual({
      data: { whoever: null },
      extensions: {
        nothingToShow: [
          {
            path: ['whoever'],
            code: 'NOTHING_TO_SHOW',
            message: `Nothing can be shown for this identifier with your role and purpose. This does not mean that nothing is known. If someone may be at risk now, ring ${desk?.name}, ${desk?.telephone} (${desk?.hours}).`,
            desk,
          },
        ],
        requestId: expect.any(String),
      },
    });
  });

  test('SHARE-04 in lists: every closed place is null alike, and the open one is not', async () => {
    const closed = [
      randomBytes(16).toString('base64url'),
      ...closedAt('probation-service').map(([, subject]) => opaqueId('probation-service', subject)),
      opaqueId('hmpps-prisons', OPEN),
    ];
    const query = (ids: readonly string[]) => `{ people(ids: ${JSON.stringify(ids)}) { ${EVERYTHING} } }`;
    await expectAlike(Object.fromEntries(closed.map((id) => [id, query([id])])), {}, 2);

    const open = opaqueId('probation-service', OPEN);
    const answer = await stack.ask(query([...closed, open]));
    expect(answer.body.data.people.slice(0, -1)).toEqual(closed.map(() => null));
    expect(answer.body.data.people.at(-1).id).toBe(open);
    const places = answer.body.extensions.nothingToShow;
    expect(places.map(({ path }: { path: unknown }) => path)).toEqual(closed.map((_, index) => ['people', index]));
    expect(new Set(places.map(({ path: _, ...rest }: { path: unknown }) => JSON.stringify(rest))).size).toBe(1);
    for (const { raw, representations } of wireOf(stack, answer)) {
      expect(representations).toHaveLength(1);
      for (const subject of Object.values(CLOSED)) expect(raw).not.toContain(subject.identifiers['PRISON_NUMBER']);
    }
  });

  test('SHARE-04 also when a partial answer is refused', async () => {
    const options = { headers: { prefer: 'withheld=refuse' } };
    const role = roleOf('probation-practitioner');
    const query = (argument: string) => `{ person(${argument}) { ${EVERYTHING} } }`;
    const queries = {
      unknown: query('identifier: {type: "CRN", value: "X000000"}'),
      ...Object.fromEntries(
        closedAt('probation-service').map(([trait, subject]) => [
          trait,
          query(lookup(subject, role, 'probation-service')),
        ]),
      ),
    };
    await expectAlike(queries, options, 2);
    const refused = await stack.ask(query(lookup(OPEN, role, 'probation-service')), options);
    expect([refused.status, refused.body.data, refused.body.errors[0].extensions.code]).toEqual([
      403,
      undefined,
      'WITHHELD_REFUSED',
    ]);
    expect(wireOf(stack, refused)).toEqual([]);
  });

  test('SHARE-06 a restriction opens by name, and by nothing else', async () => {
    const query = (subject: Subject) =>
      `{ person(identifier: {type: "PRISON_NUMBER", value: "${subject.identifiers['PRISON_NUMBER']}"}) { id } }`;
    const listed = await stack.ask(query(first('restrictedListed')));
    expect(listed.body.data.person.id).toMatch(/^[\w-]{22}$/);
    const manager = await stack.ask(query(first('restrictedListed')), { persona: 'probation-manager' });
    expect(manager.body.data.person).toBeNull();
    // On the list, but with no business with the person.
    const unrelated = await stack.ask(query(first('restrictedListed')), { practitioner: 'PRO-0002' });
    expect(unrelated.body.data.person).toBeNull();
  });
});

describe('SHARE-04 the time that an answer takes', () => {
  const holding = views.filter(
    ({ role, partner, purpose }) =>
      (verdictOf(role, partner, purpose, people.anchor, () => true)?.holdMilliseconds ?? 0) > 0,
  );

  test.each(holding)(
    'SHARE-04 $persona at $partner: no answer that selects a hidden section leaves early',
    async ({ role, persona, partner, purpose }) => {
      const verdict = verdictOf(role, partner, purpose, people.anchor, () => true);
      const hidden = [...(verdict?.sections ?? [])].flatMap(([name, { existence }]) =>
        existence === 'hidden' ? name : [],
      );
      const open = [...(verdict?.sections ?? [])].flatMap(([name, { existence }]) =>
        existence === 'open' ? name : [],
      );
      const elapsed = async (argument: string, section: string) => {
        const started = performance.now();
        await stack.ask(`{ person(${argument}) { ${section} { __typename } } }`, { persona, partner, purpose });
        return performance.now() - started;
      };
      const [type = ''] = role.lookups;
      const arguments_ = [
        `identifier: {type: "${type}", value: "${IDENTIFIER_TYPES[type]?.example}"}`,
        ...[OPEN, ...Object.values(CLOSED), first('permissionWithdrawn'), first('notHeld')].map((subject) =>
          lookup(subject, role, partner),
        ),
      ];
      await stack.token(persona, { partner });
      for (const section of hidden) {
        const times = await Promise.all(arguments_.map((argument) => elapsed(argument, section)));
        for (const time of times) expect(time).toBeGreaterThanOrEqual(verdict?.holdMilliseconds ?? 0);
      }
      // Nothing is held up for what is open to see.
      const times = [];
      for (const argument of arguments_) times.push(await elapsed(argument, open[0] ?? ''));
      expect(Math.min(...times)).toBeLessThan(verdict?.holdMilliseconds ?? 0);
    },
  );
});

describe('SHARE-04 an identifier that is none is refused before anybody is looked up', () => {
  const refusal = async (query: string, options: AskOptions = {}) => {
    const answer = await stack.ask(query, options);
    const entries = await stack.entries(String(answer.headers.get('x-request-id')));
    expect(entries.map((entry) => [entry['kind'], entry['subject'] ?? null])).toEqual([['refusal', null]]);
    expect(wireOf(stack, answer)).toEqual([]);
    expect([answer.status, answer.body.data, answer.body.errors[0].extensions.code]).toEqual([
      400,
      undefined,
      'BAD_IDENTIFIER',
    ]);
    return visible(answer);
  };

  test.each(Object.entries(IDENTIFIER_TYPES))(
    'SHARE-04 %s: malformed, and of a type that the role may not look up',
    async (type, { example }) => {
      const seekers = views.filter(({ role }) => role.lookups.includes(type));
      expect(seekers.length).toBeGreaterThan(0);
      for (const { persona, partner, purpose } of seekers.slice(0, 2)) {
        for (const value of [
          '',
          'X',
          `${example} `,
          ` ${example}`,
          `${example}\u0000`,
          example.toLowerCase(),
          `${example}1`,
          '%',
          "' or 1=1 --",
        ]) {
          if (value === example) continue;
          await refusal(`{ person(identifier: {type: "${type}", value: ${JSON.stringify(value)}}) { id } }`, {
            persona,
            partner,
            purpose,
          });
        }
      }
      const known = OPEN.identifiers[type];
      const others = views.filter(({ role }) => !role.lookups.includes(type));
      for (const { persona, partner, purpose } of others.slice(0, 3)) {
        const values = [typeof known === 'object' ? Object.values(known)[0] : known, example, 'X'];
        const answers = [];
        for (const value of values)
          answers.push(
            await refusal(`{ person(identifier: {type: "${type}", value: "${value}"}) { id } }`, {
              persona,
              partner,
              purpose,
            }),
          );
        expect(answers[1]).toEqual(answers[0]);
        expect(answers[2]).toEqual(answers[0]);
      }
    },
  );

  test('SHARE-04 one wrong identifier refuses the whole operation, and one wrong id the whole list', async () => {
    const good = opaqueId('probation-service', OPEN);
    await refusal(`{ a: person(id: "${good}") { id } b: person(identifier: {type: "CRN", value: "X"}) { id } }`);
    await refusal(`{ people(ids: ["${good}", "short", "${good}"]) { id } }`);
    await refusal(`{ people(ids: ["${good}!"]) { id } }`);
  });
});

test.each([
  ['ig-officer', 'IG_ASSURANCE'],
  ['ig-lead', 'SUBJECT_RIGHTS'],
  ['analyst', 'STATISTICS'],
])('SHARE-04 %s has no record to look at: a list is as empty as one person', async (persona, purpose) => {
  const { status, body } = await stack.ask(
    '{ people(ids: ["AAAAAAAAAAAAAAAAAAAAAA", "BBBBBBBBBBBBBBBBBBBBBB"]) { id } }',
    {
      persona,
      purpose,
    },
  );
  expect([status, body.data, body.errors]).toEqual([200, { people: [null, null] }, undefined]);
  expect(body.extensions.nothingToShow).toHaveLength(2);
});

test("SHARE-04 a number that is only perhaps the person's finds nobody", async () => {
  const subject = first('belowThreshold');
  await stack.sql(`update record.link set confidence = 0.6 where type = 'PNC_ID' and person = $1`, [subject.uuid]);
  const query = `{ person(identifier: {type: "PNC_ID", value: "${subject.identifiers['PNC_ID']}"}) { id } }`;
  const { body } = await stack.ask(query, { persona: 'police-public-protection', purpose: 'PUBLIC_PROTECTION' });
  expect(body.data).toEqual({ person: null });
  expect(body.extensions.nothingToShow).toHaveLength(1);
});
