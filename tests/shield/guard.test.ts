import { makeExecutableSchema } from '@graphql-tools/schema';
import fc from 'fast-check';
import { type GraphQLSchema, graphql, printSchema } from 'graphql';
import { describe, expect, test } from 'vitest';
import { type GuardPlan, guardSchema, type Verdicts } from '../../src/shield/guard.ts';
import type { LeafState } from '../../src/shield/leaves.ts';

/** A person as the guards meet one. Coordinates that may be shown stand with each object, as the gateway keeps them. */
interface Row {
  readonly name: string;
  readonly permitted?: boolean;
  readonly sections: Readonly<Record<string, object | readonly object[] | null>>;
  readonly open: ReadonlySet<string>;
}
interface Scope {
  readonly roots: ReadonlySet<string>;
  readonly leaves: WeakMap<object, ReadonlySet<string>>;
  readonly resolved: string[];
}

const VERDICTS: Verdicts = {
  root: (_parent, scope: Scope, key) => scope.roots.has(key),
  person: (row: Row) => row.permitted ?? true,
  section: (row: Row, _scope: Scope, section: string) => row.open.has(section),
  leaf: (parent: object, scope: Scope, coordinate) => scope.leaves.get(parent)?.has(coordinate) ?? false,
};

function build(types: string, sections: readonly string[], people: readonly Row[]): GraphQLSchema {
  const noted = <T>(scope: Scope, what: string, value: T): T => {
    scope.resolved.push(what);
    return value;
  };
  return makeExecutableSchema({
    typeDefs: `type Query { person: Person people: [Person] } ${types}`,
    resolvers: {
      Query: {
        person: (_: unknown, __: unknown, scope: Scope) => noted(scope, 'Query.person', people[0] ?? null),
        people: (_: unknown, __: unknown, scope: Scope) => noted(scope, 'Query.people', people),
      },
      Person: Object.fromEntries([
        ['id', ({ name }: Row) => name],
        ...sections.map((section) => [
          section,
          (row: Row, _: unknown, scope: Scope) => noted(scope, `${row.name}.${section}`, row.sections[section] ?? null),
        ]),
      ]),
    },
  });
}

async function ask(
  schema: GraphQLSchema,
  query: string,
  leaves: readonly (readonly [object, readonly string[]])[] = [],
  roots = ['person', 'people', 'p', 'q'],
) {
  const scope: Scope = {
    roots: new Set(roots),
    leaves: new WeakMap(leaves.map(([row, fields]) => [row, new Set(fields)])),
    resolved: [],
  };
  const { data, errors = [] } = await graphql({ schema, source: query, contextValue: scope });
  return { data: JSON.parse(JSON.stringify(data)), errors, resolved: scope.resolved };
}

const TYPES =
  'type Person { id: ID custody: Custody health: Health } type Custody { date: String offence: String bank: String } type Health { gp: String }';
const SECTIONS = ['custody', 'health'];
const PLAN: GuardPlan = {
  sections: new Set(SECTIONS),
  leaves: new Map<string, LeafState>([
    ['Custody.date', 'always'],
    ['Custody.offence', 'depends'],
    ['Custody.bank', 'never'],
    ['Health.gp', 'always'],
  ]),
  governance: new Set(),
  envelope: new Set(),
};
const held = (name: string) => ({ date: `date of ${name}`, offence: `offence of ${name}`, bank: `bank of ${name}` });
const row = (name: string, open: readonly string[] = ['custody']): Row => ({
  name,
  open: new Set(open),
  sections: { custody: held(name), health: { gp: `gp of ${name}` } },
});

describe('the guards', () => {
  test('a denied leaf is null without an error', async () => {
    const schema = guardSchema(build(TYPES, SECTIONS, [row('a')]), PLAN, VERDICTS);
    const { data, errors } = await ask(schema, '{ person { id custody { date offence bank } } }');
    expect(data).toEqual({ person: { id: 'a', custody: { date: 'date of a', offence: null, bank: null } } });
    expect(errors).toEqual([]);
  });

  test('SHARE-02 the resolver of a denied section is not called, nor that of a denied root', async () => {
    const schema = guardSchema(build(TYPES, SECTIONS, [row('a')]), PLAN, VERDICTS);
    expect(await ask(schema, '{ person { health { gp } } }')).toEqual({
      data: { person: { health: null } },
      errors: [],
      resolved: ['Query.person'],
    });
    expect(await ask(schema, '{ person { health { gp } } }', [], [])).toEqual({
      data: { person: null },
      errors: [],
      resolved: [],
    });
  });

  test('SHARE-03 aliases and fragments are guarded like what they stand for', async () => {
    const schema = guardSchema(build(TYPES, SECTIONS, [row('a')]), PLAN, VERDICTS);
    const { data, errors, resolved } = await ask(
      schema,
      `{ p: person { x: custody { y: bank ...C ... on Custody { z: offence @include(if: true) } } ...P w: health { gp } } q: person { ...P } other: person { ...P } }
       fragment P on Person { h: health { gp } custody { bank } } fragment C on Custody { bank }`,
    );
    expect(errors).toEqual([]);
    expect(data).toEqual({
      p: { x: { y: null, bank: null, z: null }, h: null, w: null, custody: { bank: null } },
      q: { h: null, custody: { bank: null } },
      // A key that nobody planned.
      other: null,
    });
    expect(resolved.filter((what) => what.endsWith('health'))).toEqual([]);
  });

  test('each row of a list is judged for itself', async () => {
    const people = [row('a', ['custody', 'health']), row('b', []), row('c')];
    const schema = guardSchema(build(TYPES, SECTIONS, people), PLAN, VERDICTS);
    const leaves = people.map(
      ({ name, sections }) => [sections['custody'] as object, name === 'a' ? ['Custody.offence'] : []] as const,
    );
    const expected = [
      { custody: { offence: 'offence of a' }, health: { gp: 'gp of a' } },
      { custody: null, health: null },
      { custody: { offence: null }, health: null },
    ];
    const query = '{ people { custody { offence } health { gp } } }';
    expect((await ask(schema, query, leaves)).data).toEqual({ people: expected });
    people.reverse();
    expect((await ask(schema, query, leaves)).data).toEqual({ people: expected.reverse() });
  });

  test('a person who may not be shown has no field', async () => {
    const schema = guardSchema(build(TYPES, SECTIONS, [{ ...row('a', []), permitted: false }]), PLAN, VERDICTS);
    expect((await ask(schema, '{ person { id custody { date } health { gp } } }')).data).toEqual({
      person: { id: null, custody: null, health: null },
    });
  });

  test.each(['root', 'person', 'section', 'leaf'] as const)(
    'a fault in the verdict on a %s closes it, and is no grant',
    async (which) => {
      const faulty: Verdicts = {
        ...VERDICTS,
        [which]: () => {
          throw new Error('CANARY');
        },
      };
      const open = { ...row('a', ['custody', 'health']) };
      const schema = guardSchema(build(TYPES, SECTIONS, [open]), PLAN, faulty);
      const { data, errors } = await ask(schema, '{ person { id custody { offence } } }', [
        [open.sections['custody'] as object, ['Custody.offence']],
      ]);
      expect(errors).toEqual([]);
      expect(data).toEqual(
        {
          root: { person: null },
          person: { person: { id: null, custody: { offence: 'offence of a' } } },
          section: { person: { id: 'a', custody: null } },
          leaf: { person: { id: 'a', custody: { offence: null } } },
        }[which],
      );
    },
  );

  test.each<[string, unknown]>([
    ['1', 1],
    ['text', 'true'],
    ['an object', {}],
    ['nothing', undefined],
    ['an error', new Error('CANARY')],
    ['a promise of true', Promise.resolve(true)],
  ])('a verdict that is %s is no grant', async (_what, word) => {
    const odd = { ...VERDICTS, section: () => word as boolean };
    const schema = guardSchema(build(TYPES, SECTIONS, [row('a', ['custody'])]), PLAN, odd);
    expect(await ask(schema, '{ person { custody { date } } }')).toMatchObject({
      data: { person: { custody: null } },
      errors: [],
    });
  });

  test('a fault of a resolver is an error, not a denial', async () => {
    const schema = guardSchema(
      makeExecutableSchema({
        typeDefs: `type Query { person: Person } ${TYPES}`,
        resolvers: {
          Query: { person: () => row('a') },
          Person: { custody: () => Promise.reject(new Error('fault of ours')) },
        },
      }),
      PLAN,
      VERDICTS,
    );
    const { errors } = await ask(schema, '{ person { custody { date } } }');
    expect(errors.map(({ message }) => message)).toEqual(['fault of ours']);
  });

  test('the guarded schema is the shared one, to the letter', () => {
    const schema = build(TYPES, SECTIONS, []);
    expect(printSchema(guardSchema(schema, PLAN, VERDICTS))).toBe(printSchema(schema));
  });
});

describe('the proof at start-up', () => {
  const prove =
    (types: string, plan: GuardPlan = PLAN, query = 'person: Person') =>
    () =>
      guardSchema(makeExecutableSchema({ typeDefs: `type Query { ${query} } ${types}` }), plan, VERDICTS);

  test('passes for what is guarded', () => {
    expect(prove(TYPES)).not.toThrow();
  });

  test.each<[string, string, GuardPlan, string, string]>([
    [
      'from the root',
      TYPES,
      PLAN,
      'person: Person custody: Custody',
      "Custody.date can be reached around its section's guard",
    ],
    [
      'by way of an object of the envelope',
      `${TYPES} type Page { first: Row } type Row { custody: Custody }`,
      PLAN,
      'person: Person page: Page',
      "Custody.date can be reached around its section's guard",
    ],
    [
      'by a field of Person that is no section',
      TYPES.replace('id: ID', 'id: ID old: Custody'),
      PLAN,
      'person: Person',
      "Custody.date can be reached around its section's guard",
    ],
    [
      'by a section that the plan forgot',
      TYPES,
      { ...PLAN, sections: new Set(['health']) },
      'person: Person',
      "Custody.date can be reached around its section's guard",
    ],
    [
      'by a field that no class has',
      TYPES.replace('gp: String', 'gp: String diagnosis: String'),
      PLAN,
      'person: Person',
      'Health.diagnosis is below a section and in no class',
    ],
    [
      'by a type that no class has',
      `${TYPES.replace('gp: String', 'gp: String medicine: Medicine')} type Medicine { name: String }`,
      { ...PLAN, leaves: new Map([...PLAN.leaves, ['Health.medicine', 'always']]) },
      'person: Person',
      'Medicine.name is below a section and in no class',
    ],
    [
      'by a mutation that answers with the record',
      `${TYPES} type Mutation { change: Custody }`,
      { ...PLAN, governance: new Set(['Mutation.change']) },
      'person: Person',
      "Custody.date is below Mutation.change and no part of the gateway's own work",
    ],
    [
      'by a mutation that nobody listed',
      `${TYPES} type Mutation { change: Boolean }`,
      PLAN,
      'person: Person',
      "Mutation.change is no part of the gateway's own work",
    ],
    [
      "by a root field of the gateway's own work",
      `${TYPES} type Item { kind: String custody: Custody }`,
      { ...PLAN, governance: new Set(['Query.items', 'Item.kind', 'Item.custody']) },
      'person: Person items: [Item]',
      "Custody.date is below Query.items and no part of the gateway's own work",
    ],
    [
      'by a subscription',
      `${TYPES} type Subscription { change: Custody }`,
      PLAN,
      'person: Person',
      'Subscription has no guards',
    ],
    [
      'by a root of another name',
      `${TYPES} type Change { change: Custody } schema { query: Query mutation: Change }`,
      PLAN,
      'person: Person',
      'Change should be called Mutation',
    ],
  ])('throws when a bare leaf can be reached %s', (_what, types, plan, query, message) => {
    expect(prove(types, plan, query)).toThrow(message);
  });

  const WORK = `${TYPES} type Item { kind: String parts: [Part] } type Part { name: String } type Mutation { close: Item }`;
  const GOVERNANCE = ['Query.items', 'Mutation.close', 'Item.kind', 'Item.parts', 'Part.name'];

  test("passes for the gateway's own work behind its own root fields", () => {
    const plan = { ...PLAN, governance: new Set(GOVERNANCE) };
    expect(prove(WORK, plan, 'person: Person items: [Item]')).not.toThrow();
  });

  test('passes for people who stand in it, whose every field is guarded, and for what tells nothing of itself', () => {
    const more = 'extend type Item { about: Person page: Page } type Page { more: Boolean }';
    const governance = new Set([...GOVERNANCE, 'Item.about', 'Item.page']);
    const plan = { ...PLAN, governance, envelope: new Set(['Page.more']) };
    expect(prove(`${WORK} ${more}`, plan, 'person: Person items: [Item]')).not.toThrow();
  });

  test.each([
    ['another root field', 'person: Person items: [Item] other: Item', ''],
    ['the envelope', 'person: Person items: [Item] page: Page', 'type Page { first: Item }'],
    ['a person', 'person: Person items: [Item]', 'extend type Person { item: Item }'],
  ])("throws when the gateway's own work can be reached by %s", (_what, query, more) => {
    const plan = { ...PLAN, governance: new Set(GOVERNANCE) };
    expect(prove(`${WORK} ${more}`, plan, query)).toThrow(
      'Item.kind can be reached around the guard of its root field',
    );
  });

  test("throws for a field of the gateway's own work that is not listed", () => {
    const governance = new Set(GOVERNANCE.filter((coordinate) => coordinate !== 'Part.name'));
    expect(prove(WORK, { ...PLAN, governance }, 'person: Person items: [Item]')).toThrow(
      "is below Query.items and no part of the gateway's own work",
    );
  });

  test('a leaf with a guard of its own may be reached another way', () => {
    const guarded = new Map([...PLAN.leaves].map(([coordinate]) => [coordinate, 'depends' as const]));
    expect(prove(TYPES, { ...PLAN, leaves: guarded }, 'person: Person custody: Custody')).not.toThrow();
  });
});

/** What is known of one field of a type, at random. */
interface Leaf {
  readonly name: string;
  readonly state: LeafState;
  readonly list: boolean;
  readonly below: readonly Leaf[] | null;
}

const leaves: fc.Arbitrary<readonly Leaf[]> = fc.letrec<{ fields: readonly Leaf[] }>((tie) => ({
  fields: fc
    .array(
      fc.record({
        state: fc.constantFrom<LeafState>('always', 'always', 'depends', 'never'),
        list: fc.boolean(),
        below: fc.option(tie('fields'), { maxDepth: 2 }),
      }),
      { minLength: 1, maxLength: 3 },
    )
    .map((fields) => fields.map((field, index) => ({ ...field, name: `f${index}` }))),
})).fields;

test('for any schema, states, people and query: guards on what needs one answer as guards on every field do', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(leaves, { minLength: 1, maxLength: 3 }), fc.gen(), async (sections, gen) => {
      const pick = <T>(...items: readonly T[]): T => items[gen(fc.nat, { max: items.length - 1 })] as T;
      const names = sections.map((_, index) => `s${index}`);
      const states = new Map<string, LeafState>();
      const definitions: string[] = [];
      const typeNames = new Map<readonly Leaf[], string>();
      const define = (fields: readonly Leaf[], name: string): void => {
        typeNames.set(fields, name);
        const lines = fields.map((field) => {
          states.set(`${name}.${field.name}`, field.state);
          if (field.below) define(field.below, `${name}${field.name}`);
          const of = field.below ? `${name}${field.name}` : 'String';
          return `${field.name}: ${field.list ? `[${of}]` : of}`;
        });
        definitions.push(`type ${name} { ${lines.join(' ')} }`);
      };
      sections.forEach((fields, index) => {
        define(fields, `S${index}`);
      });
      const types = `type Person { id: ID ${names.map((name, index) => `${name}: S${index}`).join(' ')} } ${definitions.join(' ')}`;

      const permitted: (readonly [object, readonly string[]])[] = [];
      const value = (fields: readonly Leaf[], open: readonly string[]): object => {
        const one = Object.fromEntries(
          fields.map(({ name, list, below }) => {
            const single = () => (below ? value(below, open) : pick('x', 'y', null));
            return [name, list ? Array.from({ length: pick(0, 1, 2) }, single) : single()];
          }),
        );
        permitted.push([one, open]);
        return one;
      };
      const people: Row[] = ['a', 'b', 'c'].map((name) => ({
        name,
        permitted: pick(true, true, false),
        open: new Set(names.filter(() => pick(true, true, false))),
        sections: Object.fromEntries(
          sections.map((fields, index) => {
            const open = [...states].flatMap(([coordinate, state]) =>
              state === 'always' || (state === 'depends' && pick(true, false)) ? [coordinate] : [],
            );
            return [`s${index}`, pick(value(fields, open), value(fields, open), null)];
          }),
        ),
      }));
      const selectionOf = (fields: readonly Leaf[]): string =>
        `{ __typename ${fields.flatMap(({ name, below }) => (pick(true, true, false) ? [`${pick('', `${name}a: `)}${name} ${below ? selectionOf(below) : ''}`] : [])).join(' ')} }`;
      const query = `{ ${pick('people', 'p: person', 'unplanned: people')} { id ${sections.map((fields, index) => `${pick('', 'x: ', 'y: ').replace(':', `${index}:`)}s${index} ${selectionOf(fields)}`).join(' ')} } }`;

      const schema = build(types, names, people);
      const full = new Map([...states].map(([coordinate]) => [coordinate, 'depends' as const]));
      const plan = { sections: new Set(names), governance: new Set<string>(), envelope: new Set<string>() };
      const pruned = await ask(guardSchema(schema, { ...plan, leaves: states }, VERDICTS), query, permitted);
      const everywhere = await ask(guardSchema(schema, { ...plan, leaves: full }, VERDICTS), query, permitted);
      expect(pruned, query).toEqual(everywhere);
      expect(pruned.errors).toEqual([]);
      if (query.includes('unplanned')) expect(pruned.data).toEqual({ unplanned: null });
    }),
    { numRuns: 120 },
  );
});
