import DataLoader from 'dataloader';
import type { GraphQLObjectType } from 'graphql';
import { mergeSelections, printSelection, type Selection } from '../record/selection.ts';
import { nonconformity } from './conform.ts';
import { type EntitiesReply, type Holder, HolderFailure } from './holder.ts';

/** What one holder said of one section of one person. */
export type SectionAnswer =
  | { readonly state: 'HELD'; readonly asOf: string; readonly value: Readonly<Record<string, unknown>> }
  | { readonly state: 'NOT_HELD' }
  | { readonly state: 'UNAVAILABLE'; readonly detail: string };

/** One section of one person at one holder: everything in `selection` is both selected and permitted. */
export interface SectionRequest {
  /** The holder's own identifier of the person. */
  readonly identifier: string;
  readonly section: string;
  readonly type: GraphQLObjectType;
  readonly selection: Selection;
}

/** The loaders of one request. Never shared between requests: what one caller may see, another may not. */
export interface Loaders {
  load(holder: string, request: SectionRequest): Promise<SectionAnswer>;
  /** Holders to which at least one call went out, with what went wrong, if anything did. */
  asked(): ReadonlyMap<string, readonly string[]>;
}

/** One `_entities` call carries at most this many people. */
export const MAX_REPRESENTATIONS = 500;

/**
 * @param keyField source type to the field by which its holders know people
 * @param signal the request's one deadline, shared by all holders
 */
export function createLoaders(
  holders: ReadonlyMap<string, Holder>,
  keyField: ReadonlyMap<string, string>,
  context: { readonly requestId: string; readonly signal: AbortSignal },
): Loaders {
  const asked = new Map<string, string[]>();
  const byHolder = new Map<string, DataLoader<SectionRequest, SectionAnswer>>();

  return {
    load(code, request) {
      let loader = byHolder.get(code);
      if (!loader) {
        const holder = holders.get(code);
        const key = holder && keyField.get(holder.source);
        if (!holder || !key) return Promise.resolve({ state: 'UNAVAILABLE', detail: 'is not in the sources file' });
        loader = new DataLoader((requests) => loadBatch(holder, key, requests), { cache: false });
        byHolder.set(code, loader);
      }
      return loader.load(request);
    },
    asked: () => asked,
  };

  /** People who need the same fields travel together: one call for each distinct need, whatever sections it spans. */
  async function loadBatch(holder: Holder, key: string, requests: readonly SectionRequest[]): Promise<SectionAnswer[]> {
    const people = new Map<string, Map<string, SectionNeed>>();
    for (const { identifier, section, type, selection } of requests) {
      let needs = people.get(identifier);
      if (!needs) {
        needs = new Map();
        people.set(identifier, needs);
      }
      const before = needs.get(section)?.selection;
      const both = before && before !== selection ? mergeSelections(before, selection) : selection;
      needs.set(section, { section, type, selection: both });
    }
    const shapes = new Map<string, { needs: readonly SectionNeed[]; identifiers: string[] }>();
    for (const [identifier, needs] of people) {
      const sorted = [...needs.values()].sort((a, b) => (a.section < b.section ? -1 : 1));
      const text = sorted.map(({ section, selection }) => `${section} { asOf ${printSelection(selection)} }`).join(' ');
      const shape = shapes.get(text);
      if (shape) shape.identifiers.push(identifier);
      else shapes.set(text, { needs: sorted, identifiers: [identifier] });
    }

    const answers = new Map<string, ReadonlyMap<string, SectionAnswer>>();
    await Promise.all(
      [...shapes].flatMap(([text, { needs, identifiers }]) =>
        chunks(identifiers, MAX_REPRESENTATIONS).map(async (chunk) => {
          const heard = await ask(holder, key, text, needs, chunk);
          chunk.forEach((identifier, index) => {
            const answer = heard[index];
            if (answer) answers.set(identifier, answer);
          });
        }),
      ),
    );
    return requests.map(({ identifier, section, selection }) => {
      const answer = answers.get(identifier)?.get(section) ?? { state: 'UNAVAILABLE', detail: 'gave no answer' };
      // INVARIANT: nobody is handed a field that another place, perhaps about another person, asked this identifier for.
      const merged = people.get(identifier)?.get(section)?.selection !== selection;
      return merged && answer.state === 'HELD'
        ? { ...answer, value: { asOf: answer.asOf, ...only(answer.value, selection) } }
        : answer;
    });
  }

  async function ask(
    holder: Holder,
    key: string,
    text: string,
    needs: readonly SectionNeed[],
    identifiers: readonly string[],
  ): Promise<ReadonlyMap<string, SectionAnswer>[]> {
    const faults = asked.get(holder.code) ?? [];
    asked.set(holder.code, faults);
    try {
      const reply = await holder.entities({
        query: `query ($representations: [_Any!]!) { _entities(representations: $representations) { __typename ... on Person { ${key} ${text} } } }`,
        representations: identifiers.map((identifier) => ({ __typename: 'Person', [key]: identifier })),
        requestId: context.requestId,
        signal: context.signal,
      });
      const heard = judge(reply, key, needs, identifiers);
      for (const answer of heard.flatMap((sections) => [...sections.values()])) {
        if (answer.state === 'UNAVAILABLE' && !faults.includes(answer.detail)) faults.push(answer.detail);
      }
      return heard;
    } catch (error) {
      if (!(error instanceof HolderFailure)) throw error;
      const cause = error.cause instanceof Error ? ` (${error.cause.message})` : '';
      faults.push(`${error.message}${cause}`);
      return identifiers.map(() => every(needs, { state: 'UNAVAILABLE', detail: error.message }));
    }
  }
}

interface SectionNeed {
  readonly section: string;
  readonly type: GraphQLObjectType;
  readonly selection: Selection;
}

/**
 * Checks a reply element by element. An element about somebody else, out of order, or with more than was asked changes
 * nothing: its sections are refused (SHARE-09). Null without an error is a nil return.
 */
function judge(
  { entities, errors }: EntitiesReply,
  key: string,
  needs: readonly SectionNeed[],
  identifiers: readonly string[],
): ReadonlyMap<string, SectionAnswer>[] {
  if (entities.length !== identifiers.length) {
    return identifiers.map(() =>
      every(needs, { state: 'UNAVAILABLE', detail: 'answered about another number of people than asked' }),
    );
  }
  const errorAt = faultyPlaces(errors, needs, entities);

  return identifiers.map((identifier, index) => {
    const entity = entities[index];
    const stranger = entity === null ? null : strangeness(entity, key, identifier, needs);
    return new Map(
      needs.map(({ section, type, selection }): [string, SectionAnswer] => {
        if (errorAt(index, section)) return [section, { state: 'UNAVAILABLE', detail: 'answered with an error' }];
        if (stranger) return [section, { state: 'UNAVAILABLE', detail: stranger }];
        const value: unknown = entity === null ? null : (entity as Record<string, unknown>)[section];
        if (value === null) return [section, { state: 'NOT_HELD' }];
        const wrong = nonconformity(type, selection, value, 'asOf');
        if (wrong) return [section, { state: 'UNAVAILABLE', detail: wrong }];
        const held = value as Record<string, unknown>;
        return [section, { state: 'HELD', asOf: held['asOf'] as string, value: held }];
      }),
    );
  });
}

/**
 * Which answers an error spoils: its section, its element, or, where its path is none of ours, all of them. Errors are
 * read once, however many there are.
 */
function faultyPlaces(
  errors: EntitiesReply['errors'],
  needs: readonly SectionNeed[],
  entities: readonly unknown[],
): (index: number, section: string) => boolean {
  let all = false;
  const elements = new Set<unknown>();
  const sections = new Set<string>();
  for (const { path } of errors) {
    const [root, index, field] = path ?? [];
    const known =
      root === '_entities' && Number.isInteger(index) && Number(index) >= 0 && Number(index) < entities.length;
    if (!known) all = true;
    // An element that is null because of one section says nothing of the others.
    else if (entities[Number(index)] !== null && needs.some(({ section }) => section === field))
      sections.add(`${index} ${field}`);
    else elements.add(index);
  }
  return (index, section) => all || elements.has(index) || sections.has(`${index} ${section}`);
}

function strangeness(entity: unknown, key: string, identifier: string, needs: readonly SectionNeed[]): string | null {
  if (typeof entity !== 'object' || entity === null || Array.isArray(entity))
    return 'answered with something that is no person';
  const record = entity as Record<string, unknown>;
  if (record['__typename'] !== 'Person') return 'answered with something that is no person';
  if (record[key] !== identifier) return 'answered about someone else';
  const expected = new Set(['__typename', key, ...needs.map(({ section }) => section)]);
  if (Object.keys(record).some((field) => !expected.has(field))) return 'answered with more than was asked';
  if (needs.some(({ section }) => !Object.hasOwn(record, section))) return 'left out a section';
  return null;
}

/** The part of a conforming value that a selection names. */
function only(value: Readonly<Record<string, unknown>>, selection: Selection): Record<string, unknown> {
  const part = (item: unknown, below: Selection | null): unknown => {
    if (Array.isArray(item)) return item.map((each) => part(each, below));
    return below && item !== null ? only(item as Record<string, unknown>, below) : item;
  };
  return Object.fromEntries([...selection].map(([field, below]) => [field, part(value[field], below)]));
}

function every(needs: readonly SectionNeed[], answer: SectionAnswer): ReadonlyMap<string, SectionAnswer> {
  return new Map(needs.map(({ section }) => [section, answer]));
}

function chunks<T>(items: readonly T[], size: number): T[][] {
  const result: T[][] = [];
  for (let start = 0; start < items.length; start += size) result.push(items.slice(start, start + size));
  return result;
}
