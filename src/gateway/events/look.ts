import { type GraphQLObjectType, getNamedType } from 'graphql';
import type { View } from '../../policy/view.ts';
import type { Loaders } from '../../sources/loaders.ts';
import type { Engine } from '../engine.ts';
import { createPersonNode, type PersonNode } from '../person.ts';
import { createPlanner } from '../plan.ts';
import type { NamedSubject } from '../subjects-of.ts';
import type { Heard } from './judge.ts';
import { holdersOpen, type KindInView } from './kinds.ts';
import { selectionOf, valuesAt } from './watched-values.ts';

/** What looking at one person for the kinds of one view found. */
export interface Look {
  readonly subject: NamedSubject;
  readonly node: PersonNode;
  /** `holder|Type.field` of what was read, sorted. */
  readonly read: readonly string[];
  /** Kinds of which the person's holders were asked. */
  readonly asked: readonly KindInView[];
  /** Those of them of which everything that they watch was heard, and is not too old. */
  readonly heard: ReadonlyMap<KindInView, Heard>;
}

/** Looks at people in one view: what is watched at one holder travels together, 500 people a call. */
export function createLook(
  engine: Engine,
  context: { readonly view: View; readonly now: Date; readonly loaders: Loaders },
) {
  const { view } = context;
  const person = engine.schemas.shared.getType('Person') as GraphQLObjectType;
  const typeOf = (section: string) => getNamedType(person.getFields()[section]?.type) as GraphQLObjectType;
  const planner = createPlanner(view);
  // One selection for everybody of whom the same is watched: equal plans are made once.
  const selections = new Map<string, ReturnType<typeof selectionOf>>();
  const fetching = { ...context, holdersOf: engine.policy.holdersOf, permit: () => {} };

  return async function look(subject: NamedSubject, kinds: readonly KindInView[]): Promise<Look> {
    const { decision, facts } = subject;
    const open = kinds.filter(({ watches }) =>
      [...watches].every(([section, coordinates]) => holdersOpen(decision, section, coordinates).length > 0),
    );
    const wanted = Map.groupBy(
      open.flatMap(({ watches }) => [...watches]),
      ([section]) => section,
    );
    const plans = new Map(
      [...wanted].map(([section, parts]) => {
        const coordinates = new Set(parts.flatMap(([, each]) => each));
        return [section, planner(decision, section, typeOf(section), selectionFor(section, coordinates))] as const;
      }),
    );
    const node = createPersonNode(subject, plans, fetching);
    await Promise.all([...plans.keys()].map((section) => node.section(section)));
    const read = [...wanted].flatMap(([section, parts]) =>
      (node.outcomes.get(section)?.parts ?? []).flatMap(({ holder, fields }) =>
        parts.flatMap(([, each]) => each.filter((it) => fields.has(it)).map((it) => `${holder}|${it}`)),
      ),
    );
    const heard = open.flatMap((kind) => {
      const holders = hear(kind);
      return holders && [[kind, { partner: view.partner, person: facts?.person ?? '', holders }] as const];
    });
    return {
      subject,
      node,
      asked: open,
      read: [...new Set(read)].sort(),
      heard: new Map(heard.filter((it) => it !== null)),
    };

    /** Null where a holder could not be heard or its word is too old: what is kept stays, until it can be. */
    function hear({ watches }: KindInView): Heard['holders'] | null {
      const holders: Heard['holders'][number][] = [];
      for (const [section, coordinates] of watches) {
        const outcome = node.outcomes.get(section);
        for (const holder of holdersOpen(decision, section, coordinates)) {
          const status = outcome?.trueRows.find((row) => row.holder === holder)?.status;
          if (status !== 'AVAILABLE' && status !== 'NOT_HELD') return null;
          const value = outcome?.parts.find((part) => part.holder === holder)?.value ?? null;
          holders.push({
            holder,
            values: new Map(coordinates.map((it) => [it, valuesAt(typeOf(section), value, it)])),
          });
        }
      }
      return holders;
    }
  };

  function selectionFor(section: string, coordinates: ReadonlySet<string>): ReturnType<typeof selectionOf> {
    const key = [section, ...[...coordinates].sort()].join(' ');
    let selection = selections.get(key);
    if (!selection) {
      selection = selectionOf(typeOf(section), coordinates);
      selections.set(key, selection);
    }
    return selection;
  }
}
