/** Random documents about one person, and what their answers should be. An executor of its own: none of it is `src/`. */
import fc from 'fast-check';
import type { SectionVerdict, Verdict } from './policy.ts';
import { type Field, SECTIONS, type Section } from './record.ts';
import type { Subject } from './subject.ts';

/** A piece of a selection set, with fragments not yet named. */
export type Piece =
  | {
      readonly kind: 'field';
      readonly field: Field;
      readonly key: string;
      readonly when: When;
      readonly below: readonly Piece[];
    }
  | { readonly kind: 'inline'; readonly typed: boolean; readonly when: When; readonly below: readonly Piece[] }
  | { readonly kind: 'spread'; readonly when: When; readonly again: When | null; readonly below: readonly Piece[] };

interface When {
  readonly text: string;
  readonly included: boolean;
}

const ALWAYS: When = { text: '', included: true };
const WHEN: readonly When[] = [
  { text: '@include(if: true)', included: true },
  { text: '@include(if: $no)', included: false },
  { text: '@include(if: $yes) @skip(if: $no)', included: true },
  { text: '@include(if: $yes) @skip(if: $yes)', included: false },
  { text: '@skip(if: $no)', included: true },
  { text: '@skip(if: true)', included: false },
];

const TYPENAME: Field = { name: '__typename', coordinate: '', below: [] };
const HOLDER: Field = { name: 'holder', coordinate: '', below: [] };
const PERSON: readonly Field[] = SECTIONS.map(({ name, many, fields }) => ({
  name,
  coordinate: `Person.${name}`,
  below: many ? [HOLDER, ...fields] : fields,
}));

/** What is selected of a person, from one to many sections, through aliases, fragments and directives. */
export const pieces: fc.Arbitrary<readonly Piece[]> = piecesOf(PERSON, 2);

function piecesOf(fields: readonly Field[], wraps: number): fc.Arbitrary<readonly Piece[]> {
  const when = fc.oneof(
    { weight: 3, arbitrary: fc.constant(ALWAYS) },
    { weight: 1, arbitrary: fc.constantFrom(...WHEN) },
  );
  const field = fc.tuple(fc.constantFrom(...fields, TYPENAME), fc.constantFrom('', '', '_a', '_b'), when).chain(
    // A key says which field it stands for, so that two of the same key can always be merged.
    ([chosen, suffix, included]) =>
      (chosen.below.length > 0 ? piecesOf(chosen.below, 1) : fc.constant([])).map(
        (below): Piece => ({ kind: 'field', field: chosen, key: `${chosen.name}${suffix}`, when: included, below }),
      ),
  );
  const inner = () => piecesOf(fields, wraps - 1);
  const inline = () =>
    fc
      .tuple(fc.boolean(), when, inner())
      .map(([typed, included, below]): Piece => ({ kind: 'inline', typed, when: included, below }));
  const spread = () =>
    fc
      .tuple(when, fc.option(when), inner())
      .map(([included, again, below]): Piece => ({ kind: 'spread', when: included, again, below }));
  const any =
    wraps > 0
      ? fc.oneof(
          { weight: 6, arbitrary: field },
          { weight: 1, arbitrary: fc.constant(null).chain(inline) },
          { weight: 1, arbitrary: fc.constant(null).chain(spread) },
        )
      : field;
  return fc.array(any, { minLength: 1, maxLength: 5 });
}

/** @param person the arguments of `person` */
export function print(selected: readonly Piece[], person: string): string {
  const fragments: string[] = [];
  const printAll = (list: readonly Piece[], type: string): string =>
    list.map((piece) => printOne(piece, type)).join(' ');
  const printOne = (piece: Piece, type: string): string => {
    switch (piece.kind) {
      case 'field': {
        const { field, key, when, below } = piece;
        const name = key === field.name ? key : `${key}: ${field.name}`;
        const inner = below.length > 0 ? `{ ${printAll(below, typeBelow(field))} }` : '';
        return `${name} ${when.text} ${inner}`;
      }
      case 'inline':
        return `... ${piece.typed ? `on ${type}` : ''} ${piece.when.text} { ${printAll(piece.below, type)} }`;
      case 'spread': {
        const name = `F${fragments.length}`;
        fragments.push('');
        fragments[Number(name.slice(1))] = `fragment ${name} on ${type} { ${printAll(piece.below, type)} }`;
        return [piece.when, ...(piece.again ? [piece.again] : [])].map(({ text }) => `...${name} ${text}`).join(' ');
      }
      default:
        return piece satisfies never;
    }
  };
  const body = printAll(selected, 'Person');
  return `query ($yes: Boolean!, $no: Boolean!) { person(${person}) { __typename @include(if: $yes) @skip(if: $no) ${body} } }\n${fragments.join('\n')}`;
}

export interface Expected {
  readonly person: Record<string, unknown>;
  /** Holder to `section.field.field`, sorted. */
  readonly wire: Map<string, string[]>;
  /** As the audit entry lists them. */
  readonly released: Set<string>;
}

/** What the answer, the wire and the audit entry should be. */
export function expect(selected: readonly Piece[], subject: Subject, verdict: Verdict, now: Date): Expected {
  const wire = new Map<string, string[]>();
  const released = new Set<string>();
  const person: Record<string, unknown> = { __typename: 'Person' };
  const collected = collect(selected);
  const merged = mergedByName([...collected.values()]);
  for (const section of SECTIONS) {
    const wanted = merged.get(section.name);
    const asked = wanted ? holdersAsked(section, verdict.sections.get(section.name), wanted, subject) : [];
    for (const { holder, kept } of asked)
      wire.set(holder, [...(wire.get(holder) ?? []), `${section.name}.asOf`, ...leaves(kept, section.name)].sort());
    for (const [key, { field, below }] of collected) {
      if (field.name !== section.name) continue;
      const items = asked.map(({ holder, kept }) =>
        answer(section.type, below, kept, subject.held(holder, section.name, now) ?? {}, holder),
      );
      person[key] = section.many ? (items.length > 0 ? items : null) : (items[0] ?? null);
    }
  }
  for (const [key, { field }] of collected) if (field === TYPENAME) person[key] = 'Person';
  return { person, wire, released };

  function answer(type: string, below: readonly Piece[], kept: Kept, held: Record<string, unknown>, holder: string) {
    const object: Record<string, unknown> = {};
    for (const [key, { field, below: inner }] of collect(below)) {
      if (field === TYPENAME) object[key] = type;
      else if (field === HOLDER) object[key] = holder;
      else {
        const deeper = kept.get(field.name);
        object[key] = deeper === undefined ? null : value(field, inner, deeper, held[field.name], holder);
        if (deeper !== undefined) released.add(`${holder}|${field.coordinate}`);
      }
    }
    return object;
  }

  function value(field: Field, below: readonly Piece[], kept: Kept, held: unknown, holder: string): unknown {
    if (field.below.length === 0 || held === null) return held;
    if (Array.isArray(held)) return held.map((item) => value(field, below, kept, item, holder));
    return answer(typeBelow(field), below, kept, held as Record<string, unknown>, holder);
  }
}

/** Field name to what is kept below it. */
interface Kept extends ReadonlyMap<string, Kept> {}

interface Collected {
  readonly field: Field;
  readonly below: readonly Piece[];
}

function holdersAsked(
  { fields }: Section,
  verdict: SectionVerdict | undefined,
  { below }: Collected,
  subject: Subject,
) {
  return [...(verdict?.visible ?? [])].flatMap(([holder, visible]) => {
    const { kept, isEmpty } = prune(below, visible);
    return isEmpty || fields.length === 0 || !subject.numberAt(holder) ? [] : [{ holder, kept }];
  });
}

/** What of a selection may be asked for. Empty: something was selected, and nothing of it may. */
function prune(below: readonly Piece[], visible: ReadonlySet<string>): { kept: Kept; isEmpty: boolean } {
  const kept = new Map<string, Kept>();
  const merged = mergedByName([...collect(below).values()]);
  for (const [name, { field, below: inner }] of merged) {
    if (!visible.has(field.coordinate)) continue;
    const deeper = prune(inner, visible);
    if (field.below.length === 0 || !deeper.isEmpty) kept.set(name, deeper.kept);
  }
  return { kept, isEmpty: merged.size > 0 && kept.size === 0 };
}

/** By response key, as GraphQL collects fields. */
function collect(list: readonly Piece[], into = new Map<string, Collected>()): Map<string, Collected> {
  for (const piece of list) {
    const included = piece.when.included || (piece.kind === 'spread' && piece.again?.included === true);
    if (!included) continue;
    if (piece.kind !== 'field') collect(piece.below, into);
    else into.set(piece.key, { field: piece.field, below: [...(into.get(piece.key)?.below ?? []), ...piece.below] });
  }
  return into;
}

/** By field name, aliases gone. */
function mergedByName(list: readonly Collected[]): Map<string, Collected> {
  const merged = new Map<string, Collected>();
  for (const { field, below } of list) {
    if (field === TYPENAME || field === HOLDER) continue;
    merged.set(field.name, { field, below: [...(merged.get(field.name)?.below ?? []), ...below] });
  }
  return merged;
}

function leaves(kept: Kept, at: string): string[] {
  return [...kept].flatMap(([name, below]) =>
    isObject(name, at) ? leaves(below, `${at}.${name}`) : [`${at}.${name}`],
  );
}

function isObject(name: string, at: string): boolean {
  const field = at
    .split('.')
    .reduce<readonly Field[]>((fields, part) => fields.find((one) => one.name === part)?.below ?? [], PERSON);
  return (field.find((one) => one.name === name)?.below.length ?? 0) > 0;
}

function typeBelow({ below }: Field): string {
  return below.at(-1)?.coordinate.split('.')[0] ?? '';
}
