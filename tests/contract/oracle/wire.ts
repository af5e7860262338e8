import { type FieldNode, Kind, parse, type SelectionSetNode } from 'graphql';
import type { WireCall } from '../../stack/recorder.ts';
import type { GraphQLAnswer, Stack } from '../../stack/stack.ts';
import { KEYS } from './record.ts';

/** What went out to holders for one request. */
export function wireOf(stack: Stack, answer: GraphQLAnswer): WireCall[] {
  const requestId = answer.headers.get('x-request-id');
  return stack.recorder.calls.filter(({ headers }) => headers['x-request-id'] === requestId);
}

/** Every leaf that a holder was asked for: `section.field.field`, sorted. The key and `__typename` are left out. */
export function askedFor({ query }: Pick<WireCall, 'query'>): string[] {
  const paths: string[] = [];
  const walk = (selectionSet: SelectionSetNode | undefined, at: string) => {
    for (const node of selectionSet?.selections ?? []) {
      if (node.kind === Kind.FIELD && node.selectionSet) walk(node.selectionSet, `${at}${node.name.value}.`);
      else if (node.kind === Kind.FIELD) paths.push(`${at}${node.name.value}`);
      else if (node.kind === Kind.INLINE_FRAGMENT) walk(node.selectionSet, at);
      else throw new Error('a holder is asked without named fragments');
    }
  };
  const [operation] = parse(query).definitions;
  if (operation?.kind !== Kind.OPERATION_DEFINITION) throw new Error('a holder is asked one operation');
  const [entities] = operation.selectionSet.selections as FieldNode[];
  walk(entities?.selectionSet, '');
  const envelope = new Set(['__typename', ...KEYS.values()]);
  return paths.filter((path) => !envelope.has(path) && !path.endsWith('.__typename')).sort();
}
