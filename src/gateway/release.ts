import { type FieldNode, type GraphQLObjectType, getNamedType, isObjectType } from 'graphql';
import { collectFields, type Operation } from './operation.ts';
import type { PersonNode, SectionOutcome } from './person.ts';
import type { Root } from './scope.ts';

/** The answer and the decision differ. The answer is dropped. Names a coordinate, never a value. */
export class ReleaseFault extends Error {
  override readonly name = 'ReleaseFault';
}

/** What the answer tells of one person, read off the answer itself. */
export interface Released {
  /** `holder|Type.field`, or `Person.identifiers:TYPE` for the crosswalk's. A permitted field that is null is told too. */
  readonly fields: Set<string>;
  readonly paths: (readonly (string | number)[])[];
}

type Answer = Readonly<Record<string, unknown>>;

/**
 * Compares the answer with what was decided and fetched, field by field: nothing may be in it that was not permitted,
 * and nothing permitted may be missing from it unless its holder said null.
 *
 * @returns for every person in the answer, the coordinates that it releases
 * @throws ReleaseFault
 */
export function checkRelease(
  operation: Operation,
  roots: ReadonlyMap<string, Root>,
  data: Answer,
): ReadonlyMap<PersonNode, Released> {
  const released = new Map<PersonNode, Released>();

  for (const [key, root] of roots) {
    const value = data[key];
    switch (root.field.name) {
      case 'person':
        checkPlace(value, root.nodes[0] ?? null, root.field.nodes, [key]);
        break;
      case 'people':
        checkList(
          value,
          root.nodes,
          (item, node, index) => checkPlace(item, node, root.field.nodes, [key, index]),
          key,
        );
        break;
      case 'releases':
        checkConnection(value, root, key);
        break;
      default:
        throw new ReleaseFault(`no check is known for the root field ${root.field.name}`);
    }
  }
  return released;

  function checkConnection(value: unknown, root: Root, key: string): void {
    if (value === null) {
      expect(root.nodes.length === 0, 'Query.releases');
      return;
    }
    const connection = value as Answer;
    for (const [edgesKey, edgesNodes] of below('ReleaseConnection', root.field.nodes)) {
      if (edgesNodes[0]?.name.value !== 'edges') continue;
      for (const [nodeKey, personNodes] of below('ReleaseEdge', edgesNodes)) {
        if (personNodes[0]?.name.value !== 'node') continue;
        checkList(
          connection[edgesKey],
          root.nodes,
          (edge, node, index) =>
            checkPlace((edge as Answer)[nodeKey], node, personNodes, [key, edgesKey, index, nodeKey]),
          'ReleaseConnection.edges',
        );
      }
    }
  }

  function checkPlace(
    value: unknown,
    node: PersonNode | null,
    nodes: readonly FieldNode[],
    path: readonly (string | number)[],
  ): void {
    if (node === null || value === null) {
      expect(node === null && value === null, 'Person');
      return;
    }
    let told = released.get(node);
    if (!told) {
      told = { fields: new Set(), paths: [] };
      released.set(node, told);
    }
    told.paths.push(path);
    for (const [key, fieldNodes] of below('Person', nodes)) {
      const name = fieldNodes[0]?.name.value ?? '';
      const answer = (value as Answer)[key];
      if (node.plans.has(name)) checkSection(answer, node.outcomes.get(name), fieldNodes, told.fields, name);
      else if (name === 'identifiers') checkIdentifiers(answer, node, fieldNodes, told.fields);
    }
  }

  function checkSection(
    answer: unknown,
    outcome: SectionOutcome | undefined,
    nodes: readonly FieldNode[],
    fields: Set<string>,
    section: string,
  ): void {
    if (!outcome || outcome.value === null) {
      expect(answer === null, `Person.${section}`);
      return;
    }
    const type = outcome.plan.type;
    if (outcome.plan.view?.many) {
      checkList(
        answer,
        outcome.parts,
        (item, part) => checkObject(item, part.value, type, nodes, part, fields),
        `Person.${section}`,
      );
    } else {
      const [part] = outcome.parts;
      if (!part) {
        expect(answer === null, `Person.${section}`);
        return;
      }
      checkObject(answer, part.value, type, nodes, part, fields);
    }
  }

  function checkObject(
    answer: unknown,
    source: object,
    type: GraphQLObjectType,
    nodes: readonly FieldNode[],
    part: SectionOutcome['parts'][number],
    fields: Set<string>,
  ): void {
    expect(typeof answer === 'object' && answer !== null, type.name);
    for (const [key, fieldNodes] of below(type.name, nodes)) {
      const name = fieldNodes[0]?.name.value ?? '';
      if (name === '__typename' || name === 'holder') continue;
      const coordinate = `${type.name}.${name}`;
      const got = (answer as Answer)[key];
      const held = (source as Answer)[name];
      // Not asked for: denied, or an object of which nothing selected may be shown.
      if (!part.fields.has(coordinate) || held === undefined) {
        expect(got === null, coordinate);
        continue;
      }
      fields.add(`${part.holder}|${coordinate}`);
      const child = getNamedType(type.getFields()[name]?.type);
      if (!isObjectType(child)) expect(sameLeaf(got, held), coordinate);
      else if (held === null) expect(got === null, coordinate);
      else if (Array.isArray(held)) checkList(got, held, (item, from) => checkNested(item, from, child), coordinate);
      else checkNested(got, held, child);

      function checkNested(item: unknown, from: unknown, nestedType: GraphQLObjectType): void {
        if (from === null) {
          expect(item === null, coordinate);
          return;
        }
        checkObject(item, from as object, nestedType, fieldNodes, part, fields);
      }
    }
  }

  function checkIdentifiers(answer: unknown, node: PersonNode, nodes: readonly FieldNode[], fields: Set<string>): void {
    const known = node.subject.decision.identifiers;
    if (known.length === 0) {
      expect(answer === null, 'Person.identifiers');
      return;
    }
    const keys = below('Identifier', nodes);
    checkList(
      answer,
      known,
      (item, link) => {
        for (const [key, [fieldNode]] of keys) {
          const name = fieldNode?.name.value;
          if (name === 'type') expect((item as Answer)[key] === link.type, 'Identifier.type');
          if (name === 'value') expect((item as Answer)[key] === link.value, 'Identifier.value');
        }
        fields.add(`${link.holder}|Person.identifiers:${link.type}`);
      },
      'Person.identifiers',
    );
  }

  function below(typeName: string, nodes: readonly FieldNode[]): Map<string, FieldNode[]> {
    return collectFields(
      operation,
      typeName,
      nodes.map((node) => node.selectionSet),
    );
  }
}

function checkList<T>(
  answer: unknown,
  expected: readonly T[],
  check: (item: unknown, from: T, index: number) => void,
  what: string,
): void {
  if (!Array.isArray(answer) || answer.length !== expected.length)
    throw new ReleaseFault(`${what} is not the list that was decided`);
  expected.forEach((from, index) => {
    check(answer[index], from, index);
  });
}

function sameLeaf(got: unknown, held: unknown): boolean {
  if (Array.isArray(held))
    return Array.isArray(got) && got.length === held.length && held.every((item, index) => got[index] === item);
  return got === held;
}

function expect(condition: boolean, coordinate: string): void {
  if (!condition) throw new ReleaseFault(`${coordinate} in the answer is not what was decided`);
}
