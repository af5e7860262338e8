import fc from 'fast-check';
import { type DocumentNode, type FieldNode, Kind, type OperationDefinitionNode, parse, print, visit } from 'graphql';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { population, type Stack, startStack } from '../stack/stack.ts';
import { type Piece, pieces, print as printPieces } from './oracle/document.ts';
import { classesOf, PURPOSES, partnersOf, powersOf, ROLES, type Role } from './oracle/policy.ts';
import { SECTIONS } from './oracle/record.ts';
import { numbersOf, type Subject, subjects } from './oracle/subject.ts';
import { wireOf } from './oracle/wire.ts';
import { askedAbout, type Place, toldAt } from './told.ts';

const people = population();
let stack: Stack;

/** By a name that reads well in a counterexample. */
const someone = new Map<string, Subject>(
  (
    [
      'allowed',
      'permissionWithdrawn',
      'treatmentCondition',
      'notLinked',
      'oneForceOnly',
      'notHeld',
      'merged',
      'restricted',
      'unrelated',
    ] as const
  ).flatMap((trait) =>
    subjects(people, trait)
      .slice(0, 2)
      .map((subject, index) => [`${trait} ${index}`, subject] as const),
  ),
);
const views = new Map(
  ROLES.filter(({ lookups }) => lookups.length > 0).flatMap((role) =>
    partnersOf(role).flatMap((partner) =>
      PURPOSES.filter((purpose) => purpose in role.purposes).map(
        (purpose) => [`${role.role} at ${partner} for ${purpose}`, { role, partner, purpose }] as const,
      ),
    ),
  ),
);

/** The one name that the log has for a person, learnt by asking about each alone. */
const pseudonyms = new Map<string, string>();

beforeAll(async () => {
  stack = await startStack();
  for (const [name, { identifiers }] of someone) {
    const { body } = await stack.ask(`{ person(identifier: {type: "CRN", value: "${identifiers['CRN']}"}) { id } }`);
    const [, entry] = await stack.entries(body.extensions.requestId);
    pseudonyms.set(name, (entry as unknown as Entry).subject.ref);
  }
  expect(new Set(pseudonyms.values()).size).toBe(someone.size);
});

afterAll(() => stack.close());

interface Entry {
  readonly kind: string;
  readonly outcome: string;
  readonly purpose: string;
  readonly actor: Readonly<Record<string, string>>;
  readonly sources: readonly string[];
  readonly subject: { readonly ref: string };
  readonly sections: readonly { readonly section: string; readonly holder: string | null; readonly status: string }[];
  readonly released: readonly string[];
  readonly agreements: readonly string[];
  readonly basis: readonly string[];
  readonly classes: readonly string[];
  readonly breakGlass: string | null;
  readonly withheld: readonly {
    readonly field: string;
    readonly holder: string | null;
    readonly reason: { readonly gate: string; readonly outcome: string; readonly code: string };
    readonly told: string | null;
  }[];
}

/** One person alone, or several in a list, and what is selected of them. */
interface Part {
  readonly selected: readonly Piece[];
  readonly names: readonly string[];
}

const names = fc.uniqueArray(fc.constantFrom(...someone.keys()), { minLength: 1, maxLength: 5 });
const parts: fc.Arbitrary<readonly Part[]> = fc.tuple(names, fc.array(pieces, { minLength: 3, maxLength: 3 })).map(
  // The first stands alone, the next two in one list, in which the second comes twice; the rest alone.
  ([[first = '', ...rest], [a = [], b = [], c = []]]) => [
    { selected: a, names: [first] },
    ...(rest.length > 1 ? [{ selected: b, names: [...rest.slice(0, 2), String(rest[0])] }] : []),
    ...rest.slice(2).map((name) => ({ selected: c, names: [name] })),
  ],
);

/** One document of all the parts: root fields `p0`, `p1`, ..., with the holder of each item of a list section. */
function documentOf(
  list: readonly Part[],
  { role, partner }: { role: Role; partner: string },
  idOf: (name: string) => string,
): DocumentNode {
  const many = new Set(SECTIONS.filter((section) => section.many).map(({ name }) => name));
  const all = list.map(({ selected, names: [name = ''], names: { length } }, index) => {
    const ways = [...lookupsOf(someone.get(name) as Subject, role, partner), `id: "${idOf(name)}"`];
    return visit(parse(printPieces(selected, ways[selected.length % ways.length] ?? '')), {
      FragmentDefinition: (node) => ({ ...node, name: { ...node.name, value: `P${index}${node.name.value}` } }),
      FragmentSpread: (node) => ({ ...node, name: { ...node.name, value: `P${index}${node.name.value}` } }),
      Field: {
        leave(node) {
          if (node.name.value === 'person') return rootOf(node, index, length);
          return many.has(node.name.value) ? withField(node, 'whose: holder') : undefined;
        },
      },
    });
  });
  const operations = all.map(({ definitions }) => definitions[0] as OperationDefinitionNode);
  const [first] = operations as [OperationDefinitionNode];
  const variable = parse('query ($ids: [ID!]!) { __typename }').definitions[0] as OperationDefinitionNode;
  const lists = list.some(({ names: { length } }) => length > 1);
  const operation = {
    ...first,
    variableDefinitions: [...(first.variableDefinitions ?? []), ...(lists ? (variable.variableDefinitions ?? []) : [])],
    selectionSet: {
      ...first.selectionSet,
      selections: operations.flatMap(({ selectionSet }) => selectionSet.selections),
    },
  };
  return { kind: Kind.DOCUMENT, definitions: [operation, ...all.flatMap(({ definitions }) => definitions.slice(1))] };
}

/** Every identifier by which the role may look the person up, as an argument of `person`. */
function lookupsOf({ identifiers }: Subject, { lookups }: Role, partner: string): string[] {
  return lookups.flatMap((type) => {
    const known = identifiers[type];
    const value = typeof known === 'object' ? known[partner] : known;
    return value === undefined ? [] : [`identifier: {type: "${type}", value: "${value}"}`];
  });
}

function rootOf(node: FieldNode, index: number, length: number): FieldNode {
  const named = { ...withField(node, 'numbers: identifiers { type value }'), alias: nameNode(`p${index}`) };
  if (length === 1) return named;
  const [field] = selectionsOf('people(ids: $ids)') as [FieldNode];
  return { ...named, name: nameNode('people'), arguments: field.arguments ?? [] };
}

function withField(node: FieldNode, text: string): FieldNode {
  return {
    ...node,
    selectionSet: {
      kind: Kind.SELECTION_SET,
      selections: [...(node.selectionSet?.selections ?? []), ...selectionsOf(text)],
    },
  };
}

function selectionsOf(text: string) {
  return (parse(`{ ${text} }`).definitions[0] as OperationDefinitionNode).selectionSet.selections;
}

function nameNode(value: string) {
  return { kind: Kind.NAME as const, value };
}

test('AUDIT-03 entries list what the answer tells, field by field and person by person, and nothing else', {
  timeout: 90_000,
}, async () => {
  const seen = { released: 0, withheld: 0 };
  await fc.assert(
    fc.asyncProperty(
      parts,
      fc.constantFrom(...views.keys()),
      fc.option(fc.constantFrom(...stack.recorder.urls.keys()), { freq: 3 }),
      async (list, asker, broken) => {
        const view = views.get(asker);
        if (!view) throw new Error('a view of the map');
        const { role, partner, purpose } = view;
        const wanted = new Set(list.flatMap((part) => part.names));
        const idOf = await idsOf([...wanted], partner);
        const document = documentOf(list, view, idOf);
        const inList = list.find(({ names: { length } }) => length > 1)?.names ?? [];
        const variables = { yes: true, no: false, ...(inList.length > 0 && { ids: inList.map(idOf) }) };
        if (broken) stack.recorder.interfere(broken, ({ representations }) => failing(representations.length));
        const answer = await stack.ask(print(document), { persona: role.role, partner, purpose, variables });
        if (broken) stack.recorder.interfere(broken, null);
        fc.pre(answer.body.errors?.[0].extensions.code !== 'TOO_COMPLEX');
        expect(answer.body.errors).toBeUndefined();

        const calls = wireOf(stack, answer);
        const [operation, ...entries] = (await stack.entries(answer.body.extensions.requestId)) as unknown as Entry[];
        expect(operation).toMatchObject({ kind: 'request', outcome: 'answered' });
        expect(operation?.sources).toEqual([...new Set(calls.map(({ holder }) => holder))].sort());
        expect(entries.map(({ subject }) => subject.ref).sort()).toEqual(
          [...wanted].map((name) => pseudonyms.get(name)).sort(),
        );

        for (const name of wanted) {
          const entry = entries.find(({ subject }) => subject.ref === pseudonyms.get(name)) as Entry;
          const subject = someone.get(name) as Subject;
          const asked = askedAbout(calls, (holder) => subject.numberAt(holder)?.value ?? null);
          const places = placesOf(name, list, document, answer.body.data);
          expect(new Set(places.map(({ value }) => value === null)).size).toBe(1);
          expect(entry.kind).toBe(places[0]?.value === null ? 'refusal' : 'disclosure');
          const told = places.map((place) => toldAt(place, document, variables, asked));

          const fields = entry.released.filter((item) => !item.includes('|Person.identifiers:'));
          expect(fields).toEqual([...new Set(told.flatMap(({ released }) => [...released]))].sort());
          const numbers = entry.released.filter((item) => item.includes('|Person.identifiers:'));
          expect(new Set(numbers.map((item) => item.split(':')[1]))).toEqual(
            new Set(told.flatMap(({ identifiers }) => [...identifiers])),
          );
          seen.released += entry.released.length;
          seen.withheld += entry.withheld.length;
          expect(entry.agreements.length > 0).toBe(entry.released.length > 0);
          expect(entry.basis).toEqual(powersOf(entry.agreements));
          expect(entry.classes).toEqual([...new Set(entry.released.flatMap(classesOf))].sort());
          expect(entry.breakGlass).toBeNull();
          const at = list.flatMap((part, index) => (part.names.includes(name) ? [`p${index}`] : []));
          checkTold(entry, answer.body.extensions.withheld ?? [], at);
          if (places[0]?.value === null) expect([...asked]).toEqual([]);
          else checkWithheld(entry, told[0]?.selected ?? new Map(), asked);
        }
      },
    ),
    { numRuns: 40, timeout: 20_000 },
  );

  expect(Math.min(seen.released, seen.withheld)).toBeGreaterThan(40);

  // Whatever all these told, the log has none of it. Those who ask are named in it, and may work with the person.
  const rows = await stack.sql<{ text: string }>(`select convert_from(body, 'UTF8') as text from audit.entry`);
  const bodies = rows.map(({ text }) => JSON.stringify({ ...JSON.parse(text), actor: null })).join('\n');
  const values = [...someone.values()].flatMap((subject) => [subject.uuid, ...numbersOf(subject), ...textsOf(subject)]);
  expect(values.length).toBeGreaterThan(300);
  expect(values.filter((value) => bodies.includes(value))).toEqual([]);
});

/** A group of the answer's own `withheld`. */
interface Group {
  readonly holder?: string;
  readonly fields: readonly string[];
  readonly reason: string;
  readonly paths: readonly (readonly [string, ...unknown[]])[];
}

/** What the entry says that the caller was told of a withheld field is what the answer says of it, and nothing where it does not. */
function checkTold(entry: Entry, groups: readonly Group[], keys: readonly string[]) {
  const here = groups.filter(({ paths }) => paths.some(([key]) => keys.includes(key)));
  for (const { field, holder, told } of entry.withheld) {
    const said = here.filter((group) => group.fields.includes(field) && (group.holder ?? null) === holder);
    expect([...new Set(said.map(({ reason }) => reason))], field).toEqual(told === null ? [] : [told]);
  }
}

/** Selected and not released, for a reason each: at every holder that was asked, and wherever policy said no. */
function checkWithheld(
  entry: Entry,
  selected: ReadonlyMap<string, ReadonlySet<string>>,
  asked: ReturnType<typeof askedAbout>,
) {
  const everything = new Set([...selected.values()].flatMap((coordinates) => [...coordinates]));
  for (const { field, reason } of entry.withheld) {
    expect(everything).toContain(field);
    expect(reason).toMatchObject({
      outcome: 'refuse',
      gate: expect.stringMatching(/./),
      code: expect.stringMatching(/./),
    });
  }
  for (const [section, coordinates] of selected) {
    const here = entry.withheld.filter(({ field }) => coordinates.has(field));
    const holders = [...asked].filter(([, all]) => all.has(`Person.${section}`));
    for (const [holder, all] of holders) {
      const withheld = here.filter((item) => item.holder === null || item.holder === holder).map(({ field }) => field);
      expect(new Set(withheld)).toEqual(new Set([...coordinates].filter((field) => !all.has(field))));
    }
    const rows = entry.sections.filter((row) => row.section === section);
    expect(rows.flatMap(({ holder }) => holder ?? []).sort()).toEqual(holders.map(([holder]) => holder).sort());
    if (rows.some(({ status }) => status === 'WITHHELD')) {
      expect(new Set(here.map(({ field }) => field))).toEqual(coordinates);
    }
  }
}

function placesOf(name: string, list: readonly Part[], document: DocumentNode, data: Record<string, unknown>): Place[] {
  const roots = (document.definitions[0] as OperationDefinitionNode).selectionSet.selections as readonly FieldNode[];
  return list.flatMap((part, index) => {
    const node = roots[index] as FieldNode;
    const values = [data[`p${index}`]].flat() as Place['value'][];
    return part.names.flatMap((at, position) => (at === name ? [{ node, value: values[position] ?? null }] : []));
  });
}

/** The opaque ids by which a partner knows people, made also for those whom it may not see. */
async function idsOf(list: readonly string[], partner: string): Promise<(name: string) => string> {
  const uuids = list.map((name) => someone.get(name)?.uuid ?? '');
  await stack.sql(
    `insert into record.opaque_id (person, partner, id)
     select person, $2, left(encode(sha256((person || $2)::bytea), 'hex'), 22) from unnest($1::uuid[]) as wanted (person)
     on conflict do nothing`,
    [uuids, partner],
  );
  const rows = await stack.sql<{ person: string; id: string }>(
    'select person::text, id from record.opaque_id where partner = $2 and person = any($1::uuid[])',
    [uuids, partner],
  );
  return (name) => rows.find(({ person }) => person === someone.get(name)?.uuid)?.id ?? '';
}

function failing(count: number) {
  const nobody = Array.from({ length: count }, () => null);
  return { status: 200, body: JSON.stringify({ data: { _entities: nobody }, errors: [{ message: 'down' }] }) };
}

/** What is written about a person in words: names, addresses, texts. A word alone may be a code. */
function textsOf(subject: Subject): string[] {
  const texts = (value: unknown): string[] => {
    if (typeof value === 'string') return value.includes(' ') ? [value] : [];
    return typeof value === 'object' && value !== null ? Object.values(value).flatMap(texts) : [];
  };
  return SECTIONS.flatMap(({ name }) =>
    [...stack.recorder.urls.keys()].flatMap((holder) => texts(subject.held(holder, name, new Date()))),
  );
}
