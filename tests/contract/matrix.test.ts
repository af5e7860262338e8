import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { population, type Stack, startStack } from '../stack/stack.ts';
import { expectedPerson, expectedWire, expectedWithheld } from './oracle/expected.ts';
import { dutyDeskOf, IDENTIFIER_TYPES, PURPOSES, partnersOf, ROLES, type Role, verdictOf } from './oracle/policy.ts';
import { EVERYTHING, KEYS, SECTIONS } from './oracle/record.ts';
import { lookup, numbersOf, type Subject, subjects } from './oracle/subject.ts';
import { askedFor, wireOf } from './oracle/wire.ts';

const people = population();
const today = people.anchor;
let stack: Stack;
let someone: Subject;

beforeAll(async () => {
  stack = await startStack();
  [someone = someone] = subjects(people, 'allowed');
});

afterAll(() => stack.close());

const combinations = ROLES.flatMap((role) => partnersOf(role).map((partner) => ({ name: role.role, role, partner })));

test('the oracle reads fourteen purposes, thirteen personas and ten sections', () => {
  expect(PURPOSES).toHaveLength(14);
  expect(ROLES).toHaveLength(13);
  expect(SECTIONS).toHaveLength(10);
});

describe.concurrent.each(combinations.filter(({ role }) => role.lookups.length > 0))(
  '$name at $partner',
  ({ role, partner }) => {
    const allowed = PURPOSES.filter((purpose) => purpose in role.purposes);

    test.each(allowed)(
      'SHARE-02 SHARE-08 %s: the answer and the wire are what the policy files say',
      async (purpose) => {
        const verdict = verdictOf(role, partner, purpose, today, () => true);
        if (!verdict) throw new Error('the oracle allows it');
        const before = new Date();
        const answer = await stack.ask(`{ person(${lookup(someone, role, partner)}) { ${EVERYTHING} } }`, {
          persona: role.role,
          partner,
          purpose,
        });
        const after = new Date();
        expect([answer.status, answer.body.errors]).toEqual([200, undefined]);

        const { id, ...person } = answer.body.data.person;
        expect(id).toMatch(/^[\w-]{22}$/);
        expect({ ...person, sections: person.sections.map(withoutAsOf) }).toEqual(
          expectedPerson(someone, verdict, after),
        );
        for (const { section, holder, status, asOf } of person.sections) {
          const at = [before, after].map(
            (now) => (holder ? someone.held(holder, section, now)?.['asOf'] : null) ?? null,
          );
          expect(status === 'AVAILABLE' ? at : [null]).toContain(asOf);
        }
        expect(linesOf(answer.body.extensions.withheld)).toEqual(sorted(expectedWithheld(verdict, partner)));
        expect(answer.body.extensions.unavailable).toBeUndefined();
        expectWire(answer, role, partner, purpose);
      },
    );

    test(`SHARE-02 the ${PURPOSES.length - allowed.length} other purposes are refused, and nobody is asked`, async () => {
      for (const purpose of PURPOSES.filter((one) => !allowed.includes(one))) {
        const answer = await stack.ask(`{ person(${lookup(someone, role, partner)}) { ${EVERYTHING} } }`, {
          persona: role.role,
          partner,
          purpose,
        });
        expect([answer.status, answer.body.data, answer.body.errors?.[0].extensions.code]).toEqual([
          403,
          undefined,
          'PURPOSE_NOT_ALLOWED',
        ]);
        expect(wireOf(stack, answer)).toEqual([]);
      }
    });
  },
);

describe.concurrent.each(combinations.filter(({ role }) => role.lookups.length === 0))(
  '$name at $partner',
  ({ role, partner }) => {
    test('SHARE-04 gets the constant answer for every purpose it has, and a refusal for every other', async () => {
      // Somebody whom a colleague at the same partner may see, where there is one.
      const [known] = await stack.sql<{ id: string }>('select id from record.opaque_id where partner = $1', [partner]);
      const id = known?.id ?? 'A'.repeat(22);
      for (const purpose of PURPOSES) {
        const options = { persona: role.role, partner, purpose };
        const answer = await stack.ask(`{ person(id: "${id}") { ${EVERYTHING} } }`, options);
        expect(wireOf(stack, answer)).toEqual([]);
        if (!(purpose in role.purposes)) {
          expect([answer.status, answer.body.errors[0].extensions.code]).toEqual([403, 'PURPOSE_NOT_ALLOWED']);
          continue;
        }
        expect(answer.status).toBe(200);
        expect(answer.body).toEqual({
          data: { person: null },
          extensions: {
            nothingToShow: [
              { path: ['person'], code: 'NOTHING_TO_SHOW', message: expect.any(String), desk: dutyDeskOf(partner) },
            ],
            requestId: expect.any(String),
          },
        });
        for (const type of ['CRN', 'NHS_NUMBER']) {
          const looked = await stack.ask(`{ person(identifier: {type: "${type}", value: "X"}) { id } }`, options);
          expect([looked.status, looked.body.errors[0].extensions.code]).toEqual([400, 'BAD_IDENTIFIER']);
        }
      }
    });
  },
);

test('SHARE-08 every partner knows the person by another opaque id, and none is an identifier', async () => {
  const rows = await stack.sql<{ partner: string; id: string }>(
    `select partner, id from record.opaque_id where person =
      (select person from record.link where type = 'PRISON_NUMBER' and value = $1)`,
    [someone.identifiers['PRISON_NUMBER']],
  );
  // Every partner but the board, which looks nobody up.
  expect(rows).toHaveLength(14);
  expect(new Set(rows.map(({ id }) => id)).size).toBe(rows.length);
  for (const { id } of rows) expect(numbersOf(someone).filter((number) => id.includes(number))).toEqual([]);
});

/** SHARE-08: what each holder received is what it may be asked, by its own number, and says nothing of who asks. */
function expectWire(answer: Awaited<ReturnType<Stack['ask']>>, role: Role, partner: string, purpose: string): void {
  const verdict = verdictOf(role, partner, purpose, today, () => true);
  const wire = wireOf(stack, answer);
  const asked = new Map(wire.map((call) => [call.holder, askedFor(call)]));
  expect(wire).toHaveLength(asked.size);
  expect(asked).toEqual(verdict && expectedWire(someone, verdict));
  for (const { holder, representations, headers, raw, url } of wire) {
    const number = someone.numberAt(holder);
    const key = IDENTIFIER_TYPES[number?.type ?? '']?.key ?? '';
    expect([...KEYS.values()]).toContain(key);
    expect(representations).toEqual([{ __typename: 'Person', [key]: number?.value }]);
    const others = numbersOf(someone).filter((value) => value !== number?.value);
    const caller = [
      partner,
      role.role,
      purpose,
      answer.body.data.person.id,
      /(PRI|PR[OM]|[NS]PO|[NS]CH|BEN|[NS]HO|HAR|LAN|[NS]TR|HEA)-0001/,
    ];
    const said = `${url} ${JSON.stringify(headers)} ${raw}`;
    for (const secret of [...others, ...caller]) expect(said).not.toMatch(secret);
    expect(Object.keys(headers).sort()).toEqual(HEADERS);
  }
}

const HEADERS = ['accept', 'connection', 'content-length', 'content-type', 'host', 'x-request-id'];

function withoutAsOf({ asOf: _, ...row }: Record<string, unknown>) {
  return row;
}

interface Group {
  readonly section: string;
  readonly holder?: string;
  readonly fields: readonly string[];
  readonly reason: string;
  readonly contact: unknown;
  readonly paths: unknown;
}

/** `extensions.withheld` with one line a coordinate; every group must point at the person. */
function linesOf(groups: readonly Group[] = []) {
  return sorted(
    groups.flatMap(({ section, holder = null, fields, reason, contact, paths, ...rest }) => {
      expect([paths, rest]).toEqual([[['person']], {}]);
      return fields.map((coordinate) => ({ section, holder, coordinate, reason, contact }));
    }),
  );
}

function sorted<T>(items: readonly T[]): T[] {
  return items.toSorted((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));
}
