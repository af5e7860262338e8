import {
  type FieldNode,
  type GraphQLNamedType,
  type GraphQLObjectType,
  getNamedType,
  isObjectType,
  type SelectionSetNode,
} from 'graphql';
import { BELOW_GAPS, notOpen } from './gaps/released.ts';
import { collectFields, type Operation } from './operation.ts';
import type { PersonNode, SectionOutcome, StatusRow } from './person.ts';
import type { SectionPlan } from './plan.ts';
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
  const collected = new WeakMap<readonly FieldNode[], Map<string, FieldNode[]>>();

  const rootType = operation.definition.operation === 'mutation' ? 'Mutation' : 'Query';
  for (const { key, name, value, nodes } of checkFields(data, rootType, operation.definition.selectionSet)) {
    const root = roots.get(key);
    if (!root) throw new ReleaseFault(`${rootType}.${name} in the answer was not planned`);
    switch (name) {
      case 'person':
        checkPlace(value, root.nodes[0] ?? null, nodes, [key]);
        break;
      case 'people':
        checkList(
          value,
          root.nodes,
          (item, node, index) => checkPlace(item, node, nodes, [key, index]),
          'Query.people',
        );
        break;
      case 'releases':
        checkConnection(value, root, nodes, key);
        break;
      default:
        if (!root.ownType) throw new ReleaseFault(`no check is known for ${rootType}.${name}`);
        expect(value === null || root.closed === null, `${rootType}.${name}`);
        checkOwn(value, root.result, root.ownType, nodes, `${rootType}.${name}`, [key]);
    }
  }
  return released;

  /** The gateway's own words are in the answer as they were written, and nothing is beside them. */
  function checkOwn(
    value: unknown,
    from: unknown,
    type: GraphQLNamedType,
    nodes: readonly FieldNode[],
    coordinate: string,
    path: readonly (string | number)[],
  ): void {
    if (Array.isArray(from))
      checkList(
        value,
        from,
        (item, each, index) => checkOwn(item, each, type, nodes, coordinate, [...path, index]),
        coordinate,
      );
    // Whoever is named in it is shown as they would be anywhere.
    else if (type.name === 'Person') checkPlace(value, (from ?? null) as PersonNode | null, nodes, path);
    else if (from != null && isObjectType(type)) {
      for (const { key, name, value: got, nodes: below } of checkFields(value, type.name, nodes)) {
        const child = getNamedType(type.getFields()[name]?.type) as GraphQLNamedType;
        checkOwn(got, (from as Answer)[name], child, below, `${type.name}.${name}`, [...path, key]);
      }
    } else expect(value === (from ?? null), coordinate);
  }

  function checkConnection(value: unknown, root: Root, nodes: readonly FieldNode[], key: string): void {
    if (value === null) {
      expect(root.closed !== null, 'Query.releases');
      return;
    }
    for (const field of checkFields(value, 'ReleaseConnection', nodes)) {
      if (field.name === 'edges') checkList(field.value, root.nodes, checkEdge(field), 'ReleaseConnection.edges');
      // Places in a list, which tell nothing that its edges do not.
      else Array.from(checkFields(field.value, 'PageInfo', field.nodes));
    }

    function checkEdge(edges: Field) {
      return (edge: unknown, node: PersonNode | null, index: number): void => {
        for (const field of checkFields(edge, 'ReleaseEdge', edges.nodes)) {
          if (field.name === 'node') checkPlace(field.value, node, field.nodes, [key, edges.key, index, field.key]);
        }
      };
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
    for (const field of checkFields(value, 'Person', nodes)) {
      const plan = node.plans.get(field.name);
      if (plan) checkSection(field, node.outcomes.get(field.name), plan, told.fields);
      else if (field.name === 'identifiers') checkIdentifiers(field, node, told.fields);
      else if (field.name === 'sections') checkRows(field, node);
      else if (field.name === 'gaps') checkGaps(field, node, told.fields);
      else expect(field.name === 'id' && isOpaqueId(field.value), `Person.${field.name}`);
    }
  }

  function checkSection(
    { name, value, nodes }: Field,
    outcome: SectionOutcome | undefined,
    plan: SectionPlan,
    fields: Set<string>,
  ): void {
    if (!outcome || outcome.value === null) {
      // Not resolved means that its guard denied it: right only where no holder may show anything of it.
      expect(value === null && (outcome !== undefined || plan.holders.length === 0), `Person.${name}`);
      return;
    }
    const check = (item: unknown, part: Part) => checkObject(item, part.value, plan.type, nodes, part, fields);
    if (plan.view?.many) checkList(value, outcome.parts, check, `Person.${name}`);
    else for (const part of outcome.parts.slice(0, 1)) check(value, part);
  }

  function checkObject(
    answer: unknown,
    source: object,
    type: GraphQLObjectType,
    nodes: readonly FieldNode[],
    part: Part,
    fields: Set<string>,
  ): void {
    for (const { name, value, nodes: below } of checkFields(answer, type.name, nodes)) {
      const coordinate = `${type.name}.${name}`;
      const held = (source as Answer)[name];
      // Whose answer it is: the gateway's own word, and in no class.
      if (name === 'holder' && held !== undefined) expect(value === part.holder, coordinate);
      // Not asked for: denied, or an object of which nothing selected may be shown.
      else if (!part.fields.has(coordinate) || held === undefined) expect(value === null, coordinate);
      else {
        fields.add(`${part.holder}|${coordinate}`);
        checkValue(value, held, getNamedType(type.getFields()[name]?.type), coordinate, below);
      }
    }

    function checkValue(
      got: unknown,
      from: unknown,
      child: GraphQLNamedType | undefined,
      coordinate: string,
      below: readonly FieldNode[],
    ): void {
      if (Array.isArray(from))
        checkList(got, from, (item, each) => checkValue(item, each, child, coordinate, below), coordinate);
      else if (from !== null && isObjectType(child)) checkObject(got, from as object, child, below, part, fields);
      else expect(got === from, coordinate);
    }
  }

  function checkIdentifiers({ value, nodes }: Field, node: PersonNode, fields: Set<string>): void {
    const known = node.subject.decision.identifiers;
    if (known.length === 0) {
      expect(value === null, 'Person.identifiers');
      return;
    }
    const check = (item: unknown, link: (typeof known)[number]): void => {
      for (const field of checkFields(item, 'Identifier', nodes)) {
        expect(field.value === link[field.name as 'type' | 'value'], `Identifier.${field.name}`);
      }
      fields.add(`${link.holder}|Person.identifiers:${link.type}`);
    };
    checkList(value, known, check, 'Person.identifiers');
  }

  function checkRows({ value, nodes }: Field, node: PersonNode): void {
    const rows = [...node.plans.keys()].flatMap((section) => node.outcomes.get(section)?.rows ?? []);
    const check = (item: unknown, row: StatusRow): void => {
      for (const field of checkFields(item, 'SectionStatus', nodes)) {
        expect(field.value === row[field.name as keyof StatusRow], `SectionStatus.${field.name}`);
      }
    };
    checkList(value, rows, check, 'Person.sections');
  }

  /** What a release lacks is as it was found, and read off nothing but what its holders let the caller see. */
  function checkGaps({ value, nodes }: Field, { looked }: PersonNode, fields: Set<string>): void {
    if (looked === null) throw new ReleaseFault('Person.gaps in the answer was not looked at');
    for (const coordinate of notOpen(looked)) expect(false, coordinate);
    for (const told of looked.told) fields.add(told);
    checkWords(value, looked.gaps, 'Gaps', nodes, 'Person.gaps');
  }

  function checkWords(
    value: unknown,
    from: unknown,
    type: string | undefined,
    nodes: readonly FieldNode[],
    coordinate: string,
  ): void {
    if (Array.isArray(from))
      checkList(value, from, (item, each) => checkWords(item, each, type, nodes, coordinate), coordinate);
    else if (from === null || type === undefined) expect(value === from, coordinate);
    else
      for (const { name, value: got, nodes: below } of checkFields(value, type, nodes)) {
        const child = `${type}.${name}`;
        checkWords(got, (from as Answer)[name], BELOW_GAPS[child], below, child);
      }
  }

  /** The fields of one object of the answer. None that was selected is missing, and there is none beside them. */
  function* checkFields(
    answer: unknown,
    type: string,
    from: readonly FieldNode[] | SelectionSetNode,
  ): Generator<Field> {
    if (typeof answer !== 'object' || answer === null || Array.isArray(answer))
      throw new ReleaseFault(`${type} in the answer is not an object`);
    const selected = fieldsBelow(type, from);
    expect(Object.keys(answer).length === selected.size, type);
    for (const [key, nodes] of selected) {
      expect(Object.hasOwn(answer, key), type);
      const name = nodes[0]?.name.value ?? '';
      const value = (answer as Answer)[key];
      if (name === '__typename') expect(value === type, type);
      else yield { key, name, value, nodes };
    }
  }

  /** Field nodes that were collected once belong to one type, so that a list of a thousand objects is collected once. */
  function fieldsBelow(type: string, from: readonly FieldNode[] | SelectionSetNode): Map<string, FieldNode[]> {
    if ('kind' in from) return collectFields(operation, type, [from]);
    let fields = collected.get(from);
    if (!fields) {
      const selectionSets = from.map((node) => node.selectionSet);
      fields = collectFields(operation, type, selectionSets);
      collected.set(from, fields);
    }
    return fields;
  }
}

type Part = SectionOutcome['parts'][number];

/** A field as it was selected and as it stands in the answer. */
interface Field {
  readonly key: string;
  readonly name: string;
  readonly value: unknown;
  readonly nodes: readonly FieldNode[];
}

/** The form of the ids that partners know people by: anything else would be a key or an identifier. */
function isOpaqueId(value: unknown): boolean {
  return typeof value === 'string' && /^[A-Za-z0-9_-]{22}$/.test(value);
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

function expect(condition: boolean, coordinate: string): void {
  if (!condition) throw new ReleaseFault(`${coordinate} in the answer is not what was decided`);
}
