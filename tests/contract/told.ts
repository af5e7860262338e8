/**
 * What an answer told, read off the answer, its document and the wire. Nothing here comes from `src/`: it is what the
 * audit entries are held against.
 */
import { type DirectiveNode, type DocumentNode, type FieldNode, Kind, parse, type SelectionSetNode } from 'graphql';
import type { WireCall } from '../stack/recorder.ts';
import { type Field, SECTIONS } from './oracle/record.ts';

/** One place of an answer where a person stands. */
export interface Place {
  /** The field by which the person is asked for: `person`, or `people` for one of its items. */
  readonly node: FieldNode;
  readonly value: Readonly<Record<string, unknown>> | null;
}

/** Holder to the coordinates it was asked for about one person; a section alone stands there as `Person.section`. */
export type Asked = ReadonlyMap<string, ReadonlySet<string>>;

export interface Told {
  /** `holder|Type.field`: shown, or asked for and answered with null. */
  readonly released: ReadonlySet<string>;
  /** Types of identifier that the crosswalk's list shows. */
  readonly identifiers: ReadonlySet<string>;
  /** Section to the coordinates selected of it. */
  readonly selected: ReadonlyMap<string, ReadonlySet<string>>;
}

/** @param numberAt the number by which a holder knows the person, or null */
export function askedAbout(calls: readonly WireCall[], numberAt: (holder: string) => string | null): Asked {
  const asked = new Map<string, Set<string>>();
  for (const { holder, query, representations } of calls) {
    const number = numberAt(holder);
    if (!representations.some((person) => number !== null && Object.values(person).includes(number))) continue;
    const coordinates = asked.get(holder) ?? new Set();
    asked.set(holder, coordinates);
    const [operation] = parse(query).definitions;
    if (operation?.kind !== Kind.OPERATION_DEFINITION) throw new Error('a holder is asked one operation');
    const walk = (selectionSet: SelectionSetNode | undefined, fields: readonly Field[]): void => {
      for (const node of selectionSet?.selections ?? []) {
        if (node.kind === Kind.FRAGMENT_SPREAD) throw new Error('a holder is asked without named fragments');
        if (node.kind === Kind.INLINE_FRAGMENT) walk(node.selectionSet, fields);
        else {
          const field = fields.find(({ name }) => name === node.name.value);
          if (field) coordinates.add(field.coordinate);
          walk(node.selectionSet, field ? field.below : fields);
        }
      }
    };
    walk(operation.selectionSet, PERSON);
  }
  return asked;
}

export function toldAt(
  { node, value }: Place,
  document: DocumentNode,
  variables: Readonly<Record<string, unknown>>,
  asked: Asked,
): Told {
  const released = new Set<string>();
  const identifiers = new Set<string>();
  const selected = new Map<string, Set<string>>();

  for (const [key, nodes] of collect([node])) {
    const name = nodes[0]?.name.value ?? '';
    const answer = value?.[key];
    if (name === 'identifiers') for (const item of list(answer)) identifiers.add(String(item['type']));
    const section = SECTIONS.find((candidate) => candidate.name === name);
    if (!section) continue;
    const coordinates = selected.get(name) ?? new Set();
    selected.set(name, coordinates);
    select(nodes, section.fields, coordinates);
    for (const item of list(answer)) {
      const [only] = [...asked].flatMap(([holder, all]) => (all.has(`Person.${name}`) ? [holder] : []));
      read(item, nodes, section.fields, String(section.many ? holderOf(item, nodes) : only));
    }
  }
  return { released, identifiers, selected };

  function read(item: Record<string, unknown>, nodes: readonly FieldNode[], fields: readonly Field[], holder: string) {
    for (const [key, below] of collect(nodes)) {
      const field = fields.find(({ name }) => name === below[0]?.name.value);
      if (!field) continue;
      const wasAsked = asked.get(holder)?.has(field.coordinate) ?? false;
      if (item[key] !== null && !wasAsked) throw new Error(`${field.coordinate} is shown and was never asked for`);
      if (wasAsked) released.add(`${holder}|${field.coordinate}`);
      if (field.below.length > 0) for (const inner of list(item[key])) read(inner, below, field.below, holder);
    }
  }

  function select(nodes: readonly FieldNode[], fields: readonly Field[], into: Set<string>): void {
    for (const [, below] of collect(nodes)) {
      const field = fields.find(({ name }) => name === below[0]?.name.value);
      if (!field) continue;
      into.add(field.coordinate);
      select(below, field.below, into);
    }
  }

  function holderOf(item: Record<string, unknown>, nodes: readonly FieldNode[]): unknown {
    const [key] = [...collect(nodes)].find(([, [first]]) => first?.name.value === 'holder') ?? [];
    if (key === undefined) throw new Error('an item of a list does not say whose it is');
    return item[key];
  }

  /** By response key, as a client finds them in the answer. */
  function collect(nodes: readonly FieldNode[]): Map<string, FieldNode[]> {
    const fields = new Map<string, FieldNode[]>();
    const visit = (selectionSet: SelectionSetNode | undefined): void => {
      for (const child of selectionSet?.selections ?? []) {
        if (!isIncluded(child.directives)) continue;
        if (child.kind === Kind.INLINE_FRAGMENT) visit(child.selectionSet);
        else if (child.kind === Kind.FRAGMENT_SPREAD) visit(fragment(child.name.value));
        else {
          const key = child.alias?.value ?? child.name.value;
          fields.set(key, [...(fields.get(key) ?? []), child]);
        }
      }
    };
    for (const { selectionSet } of nodes) visit(selectionSet);
    return fields;
  }

  function fragment(name: string): SelectionSetNode | undefined {
    const found = document.definitions.find(
      (definition) => definition.kind === Kind.FRAGMENT_DEFINITION && definition.name.value === name,
    );
    return found?.kind === Kind.FRAGMENT_DEFINITION ? found.selectionSet : undefined;
  }

  function isIncluded(directives: readonly DirectiveNode[] = []): boolean {
    return directives.every(({ name, arguments: [condition] = [] }) => {
      const given = condition?.value;
      const holds =
        given?.kind === Kind.VARIABLE ? variables[given.name.value] : given?.kind === Kind.BOOLEAN && given.value;
      return name.value === 'skip' ? !holds : Boolean(holds);
    });
  }
}

const PERSON: readonly Field[] = SECTIONS.map(({ name, fields }) => ({
  name,
  coordinate: `Person.${name}`,
  below: fields,
}));

function list(value: unknown): Record<string, unknown>[] {
  return [value].flat(2).filter((item): item is Record<string, unknown> => typeof item === 'object' && item !== null);
}
