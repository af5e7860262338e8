import type { Desk } from '../../policy/bundle.ts';
import type { GapPolicy } from '../../policy/practice.ts';
import type { SectionOutcome } from '../person.ts';
import type { ContactNeed } from './view-rules.ts';

/** `GapOwner` of the schema, and the coordinates that it tells. */
export type OwnerOf = (
  policy: GapPolicy,
  heard: SectionOutcome['parts'],
) => {
  readonly owner: {
    readonly role: string;
    readonly team: string | null;
    readonly name: string | null;
    readonly telephone: string;
    readonly hours: string | null;
  };
  readonly told: readonly string[];
};

/**
 * Who must see to a gap: whoever the record names, at the holder that the gap was read off if it is one, or the desk
 * that the caller rings about their source.
 */
export function ownersFrom(
  contacts: readonly ContactNeed[],
  sections: ReadonlyMap<string, SectionOutcome>,
  desk: (source: string) => Desk,
): OwnerOf {
  return ({ owner: { role, source } }, heard) => {
    const contact = contacts.find((each) => each.source === source);
    const named = (contact && sections.get(contact.section)?.parts)?.flatMap((part) => {
      const value = (part.value as Readonly<Record<string, unknown>>)[contact?.field ?? ''];
      const { name = null, team = null, telephone = null } = (value ?? {}) as Readonly<Record<string, string | null>>;
      return telephone === null ? [] : [{ part, name, team, telephone }];
    });
    const found = named?.find(({ part }) => heard.includes(part)) ?? named?.[0];
    if (!contact || !found) {
      const { name, telephone, hours } = desk(source);
      return { owner: { role, team: name, name: null, telephone, hours }, told: [] };
    }
    const { part, name, team, telephone } = found;
    return {
      owner: { role, team, name, telephone, hours: null },
      told: contact.coordinates.flatMap((each) => (part.fields.has(each) ? [`${part.holder}|${each}`] : [])),
    };
  };
}
