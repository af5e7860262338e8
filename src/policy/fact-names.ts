import type { FactNames } from '../record/fact-names.ts';
import type { Bundle } from './bundle.ts';

/** What of a bundle the facts about people must fit. */
export function factNames({ partners, identifiers, relationships, permissions, classes }: Bundle): FactNames {
  const all = [...classes.values()];
  return {
    partner: new Set(partners.keys()),
    'partner type': new Set([...partners.values()].map(({ type }) => type)),
    'identifier type': new Set(identifiers.keys()),
    relationship: new Set(relationships.keys()),
    permission: new Map([...permissions].map(([type, { names }]) => [type, names])),
    class: new Set(classes.keys()),
    protective: new Set(all.filter(({ protective }) => protective).map(({ name }) => name)),
  };
}
