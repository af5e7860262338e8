import { makeExecutableSchema } from '@graphql-tools/schema';
import fc from 'fast-check';
import { graphql } from 'graphql';
import { expect, test } from 'vitest';
import type { Bundle } from '../../src/policy/bundle.ts';
import { decide } from '../../src/policy/decide.ts';
import { compileView, type Territory } from '../../src/policy/view.ts';
import type { SubjectFacts } from '../../src/record/facts.ts';
import { guardSchema, type Verdicts } from '../../src/shield/guard.ts';
import { leafStates } from '../../src/shield/leaves.ts';

const DAY = '2026-11-22';
const NOW = new Date(`${DAY}T12:00:00Z`);
const SPAN = { from: '2026-01-01', until: null };

/** One class to a field; a policy says of each class what may become of it. */
const FIELDS = ['A.x', 'A.y', 'A.z', 'B.x', 'B.y'] as const;
const SECTIONS = [
  { field: 'a', source: 's', many: true, keyField: 'k', coordinates: FIELDS.filter((field) => field.startsWith('A')) },
  { field: 'b', source: 's', many: true, keyField: 'k', coordinates: FIELDS.filter((field) => field.startsWith('B')) },
];
const HOLDERS = ['one', 'two'];
const TERRITORY: Territory = { sections: SECTIONS, holders: HOLDERS.map((code) => ({ code, source: 's' })) };

const SHARED = makeExecutableSchema({
  typeDefs: `type Query { people: [Person] } type Person { a: [A!] b: [B!] }
    type A { x: String y: String z: String } type B { x: String y: String }`,
  resolvers: {
    Query: { people: (_: unknown, __: unknown, { people }: Scope) => people },
    Person: Object.fromEntries(
      SECTIONS.map(({ field }) => [field, (row: Row) => row.sections.get(field)?.map(({ value }) => value) ?? null]),
    ),
  },
});

interface Row {
  readonly permitted: boolean;
  readonly sections: ReadonlyMap<string, readonly { readonly value: object; readonly fields: ReadonlySet<string> }[]>;
}
interface Scope {
  readonly people: readonly Row[];
  readonly permitted: WeakMap<object, ReadonlySet<string>>;
}

const VERDICTS: Verdicts = {
  root: () => true,
  person: (row: Row) => row.permitted,
  section: (row: Row, _scope: Scope, section: string) => (row.sections.get(section)?.length ?? 0) > 0,
  leaf: (parent: object, { permitted }: Scope, coordinate: string) => permitted.get(parent)?.has(coordinate) ?? false,
};

const grant = fc.record({
  given: fc.boolean(),
  requires: fc.boolean(),
  emergency: fc.boolean(),
});
const policies = fc.record({
  needs: fc.array(fc.boolean(), { minLength: FIELDS.length, maxLength: FIELDS.length }),
  protective: fc.array(fc.boolean(), { minLength: FIELDS.length, maxLength: FIELDS.length }),
  grants: fc.array(fc.array(grant, { minLength: FIELDS.length, maxLength: FIELDS.length }), {
    minLength: 2,
    maxLength: 2,
  }),
});
const person = fc.record({
  related: fc.boolean(),
  glass: fc.boolean(),
  permission: fc.boolean(),
  objections: fc.subarray([...FIELDS], { maxLength: 2 }),
  restricted: fc.boolean(),
});

type Policies = typeof policies extends fc.Arbitrary<infer T> ? T : never;
type Person = typeof person extends fc.Arbitrary<infer T> ? T : never;

function bundleOf({ needs, protective, grants }: Policies): Bundle {
  const classes = SECTIONS.map(({ field, coordinates }) => {
    const wanted = coordinates.filter((coordinate) => needs[FIELDS.indexOf(coordinate)]);
    return [field, { existence: 'open', why: 'a test', classes: wanted }] as const;
  });
  const view = { holdMilliseconds: 0, identifiers: [], sections: new Map(classes), receives: [] };
  return {
    hash: '',
    identifiers: new Map([['K', { name: 'K', key: 'k' }]]),
    classes: new Map(
      FIELDS.map((name, index) => [name, { name, protective: protective[index] === true, identifiers: [] }]),
    ),
    classOf: new Map(FIELDS.map((name) => [name, name])),
    sections: new Map(SECTIONS.map(({ field }) => [field, { staleAfterHours: 1, matchThreshold: 0.9 }])),
    purposes: new Map([['P', { code: 'P', label: 'a test', relationships: ['R'] }]]),
    roles: new Map([
      [
        'role',
        { name: 'role', partnerTypes: ['type'], peoplePerDay: 9, actions: [], purposes: new Map([['P', view]]) },
      ],
    ]),
    partners: new Map([['me', { code: 'me', type: 'type' }]]),
    relationships: new Map([['R', { type: 'R', graceDays: 0 }]]),
    permissions: new Map([['PERM', { type: 'PERM', names: [] }]]),
    restrictions: new Map(),
    breakGlass: { roles: ['role'] },
    agreements: grants.flatMap((byField, index) =>
      byField.map((each, field) => ({
        ...SPAN,
        reference: `${index}-${field}`,
        holders: [HOLDERS[index]],
        recipients: ['me'],
        purposes: ['P'],
        classes: each.given ? [FIELDS[field]] : [],
        requires: new Map(each.requires ? [[FIELDS[field], ['PERM']]] : []),
        emergency: new Map(each.emergency ? [['role', [FIELDS[field]]]] : []),
      })),
    ),
  } as unknown as Bundle;
}

function factsOf({ related, glass, permission, objections, restricted }: Person): SubjectFacts {
  return {
    person: 'somebody',
    links: [],
    relationships: related
      ? [
          {
            ...SPAN,
            ...{ type: 'R', partner: 'me', practitioner: 'ME', team: null, assertedBy: 'a-feed', evidence: 'E' },
            ...{ standing: 'SELF', cover: null },
          },
        ]
      : [],
    permissions: permission ? [{ ...SPAN, type: 'PERM', holder: null, recipientType: null }] : [],
    objections: objections.map((dataClass) => ({
      ...SPAN,
      holder: null,
      recipientType: null,
      dataClass,
      decidedBy: 'D',
    })),
    restrictions: restricted
      ? [{ ...SPAN, type: 'RESTRICTION', owner: 'other', accounts: [], desks: [], unresolved: [] }]
      : [],
    interests: [],
    breakGlass: glass ? [{ id: 'G', purpose: 'P', role: 'role', until: new Date(NOW.getTime() + 60_000) }] : [],
    callerTeams: [],
  };
}

test('for any policy and people: guards on what needs one answer as guards on every field do, and as was decided', async () => {
  await fc.assert(
    fc.asyncProperty(policies, fc.array(person, { minLength: 1, maxLength: 3 }), async (drawn, everybody) => {
      const bundle = bundleOf(drawn);
      const view = compileView(bundle, TERRITORY, { role: 'role', purpose: 'P', partner: 'me', day: DAY });
      if (!view) throw new Error('the view compiles');
      const caller = { practitioner: 'ME', now: NOW, alone: everybody.length === 1, asked: 1 };
      const decisions = everybody.map((each) => decide(bundle, view, caller, factsOf(each)));

      // Every holder's whole answer is here: only the guards stand between it and the caller.
      const permitted = new WeakMap<object, ReadonlySet<string>>();
      const people = decisions.map((decision): Row => {
        const parts = SECTIONS.map(({ field, coordinates }) => {
          const holders = decision.sections.get(field)?.holders ?? [];
          const held = holders.map(({ holder, fields }) => {
            const value = Object.fromEntries(coordinates.map((each) => [each.split('.')[1], `${holder} ${each}`]));
            permitted.set(value, fields);
            return { value, fields };
          });
          return [field, held] as const;
        });
        return { permitted: decision.permitted, sections: new Map(parts) };
      });
      const narrowed = decisions.some((decision) => decision.narrowed);
      const leaves = leafStates(view, SECTIONS, new Set(), narrowed);
      const full = new Map([...leaves].map(([coordinate]) => [coordinate, 'depends' as const]));
      const answers = await Promise.all(
        [leaves, full].map((states) =>
          graphql({
            schema: guardSchema(
              SHARED,
              {
                sections: new Set(SECTIONS.map(({ field }) => field)),
                leaves: states,
                governance: new Set(),
                envelope: new Set(),
              },
              VERDICTS,
            ),
            source: '{ people { a { x y z } b { x y } } }',
            contextValue: { people, permitted } satisfies Scope,
          }),
        ),
      );
      const [pruned, everywhere] = answers.map((answer) => JSON.parse(JSON.stringify(answer)));
      expect(pruned).toEqual(everywhere);
      const decided = people.map(({ sections }) =>
        Object.fromEntries(
          SECTIONS.map(({ field }) => {
            const shown = sections
              .get(field)
              ?.map(({ value, fields }) =>
                Object.fromEntries(
                  Object.entries(value).map(([name, is]) => [
                    name,
                    fields.has(`${field.toUpperCase()}.${name}`) ? is : null,
                  ]),
                ),
              );
            return [field, shown && shown.length > 0 ? shown : null];
          }),
        ),
      );
      expect(pruned).toEqual({ data: { people: decided } });
    }),
    { numRuns: 300 },
  );
});
