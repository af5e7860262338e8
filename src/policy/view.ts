import { covers, type Day } from '../record/facts.ts';
import type { Agreement, Bundle, Purpose, Role } from './bundle.ts';

/** What one role may see for one purpose at one partner on one day, before any person is looked at. */
export interface View {
  readonly role: Role;
  readonly purpose: Purpose;
  readonly partner: string;
  readonly partnerType: string;
  readonly day: Day;
  readonly policyHash: string;
  readonly holdMilliseconds: number;
  /** Sections that this view can hold for somebody. Anything else is `NOT_IN_VIEW`. */
  readonly sections: ReadonlyMap<string, ViewSection>;
  /** Holder to what the view may know of its identifiers. */
  readonly identifiers: ReadonlyMap<string, IdentifierGrant>;
}

export interface ViewSection {
  readonly name: string;
  readonly source: string;
  readonly many: boolean;
  /** The types of identifier by which its holders know people. A holder is asked by no other (SHARE-08). */
  readonly identifierTypes: ReadonlySet<string>;
  readonly existence: 'open' | 'hidden';
  readonly matchThreshold: number;
  readonly staleAfterHours: number;
  /** Coordinates that the role's key opens, whatever the agreements say. */
  readonly needed: ReadonlySet<string>;
  /** Holders whose agreement opens something of it. */
  readonly holders: ReadonlyMap<string, HolderGrant>;
}

export interface IdentifierGrant {
  /** Type of identifier to what the agreement that names it says. */
  readonly types: ReadonlyMap<string, FieldGrant>;
  /** A link with less confidence may be somebody else's number. */
  readonly matchThreshold: number;
}

/** What both keys open at one holder. */
export interface HolderGrant {
  readonly holder: string;
  readonly fields: ReadonlyMap<string, FieldGrant>;
  /** The coordinates of `fields` that need no permission of the person. */
  readonly unconditional: ReadonlySet<string>;
  /** Whether some coordinate of `fields` needs one. */
  readonly conditional: boolean;
}

export interface FieldGrant {
  readonly dataClass: string;
  readonly agreement: string;
  /** Permission types, any one of which must be in force. Empty when none is needed. */
  readonly requires: readonly string[];
  /** Whether the agreement gives it to this role under break-glass. */
  readonly emergency: boolean;
}

/** The part of the record that a view ranges over: the sections of the schema and who holds them. */
export interface Territory {
  readonly sections: readonly {
    readonly field: string;
    readonly source: string;
    readonly many: boolean;
    /** The field by which the source's holders know people. */
    readonly keyField: string;
    readonly coordinates: readonly string[];
  }[];
  readonly holders: readonly { readonly code: string; readonly source: string }[];
}

/**
 * Turns both keys for one role, purpose, partner and day: the recipient's role needs a class and the source's agreement
 * gives it. Returns null when the role may not declare the purpose, or is not a role of that kind of partner.
 */
export function compileView(
  bundle: Bundle,
  territory: Territory,
  asked: { role: string; purpose: string; partner: string; day: Day },
): View | null {
  const role = bundle.roles.get(asked.role);
  const purpose = bundle.purposes.get(asked.purpose);
  const partner = bundle.partners.get(asked.partner);
  const roleView = role?.purposes.get(asked.purpose);
  if (!role || !purpose || !partner || !roleView || !role.partnerTypes.includes(partner.type)) return null;

  const inForce = bundle.agreements.filter(
    (agreement) => covers(agreement, asked.day) && agreement.purposes.includes(purpose.code),
  );
  const grantOf = (holder: string, dataClass: string): FieldGrant | null => {
    const agreement = inForce.find(
      (candidate) => candidate.classes.includes(dataClass) && gives(candidate, holder, partner.code),
    );
    return agreement
      ? {
          dataClass,
          agreement: agreement.reference,
          requires: agreement.requires.get(dataClass) ?? [],
          emergency: agreement.emergency.get(role.name)?.includes(dataClass) ?? false,
        }
      : null;
  };

  const sections = new Map<string, ViewSection>();
  for (const { field, source, many, keyField, coordinates } of territory.sections) {
    const need = roleView.sections.get(field);
    const policy = bundle.sections.get(field);
    if (!need || !policy) continue;
    const classes = new Set(need.classes);
    const needed = coordinates.filter((coordinate) => classes.has(bundle.classOf.get(coordinate) ?? ''));
    const holders = new Map<string, HolderGrant>();
    for (const holder of territory.holders) {
      if (holder.source !== source) continue;
      const grant = holderGrant(holder.code, needed, (dataClass) => grantOf(holder.code, dataClass), bundle);
      if (grant.fields.size > 0) holders.set(holder.code, grant);
    }
    sections.set(field, {
      name: field,
      source,
      many,
      identifierTypes: typesOf(bundle, keyField),
      existence: need.existence,
      ...policy,
      needed: new Set(needed),
      holders,
    });
  }

  const identifiers = new Map<string, IdentifierGrant>();
  for (const { code, source } of territory.holders) {
    const types = new Map<string, FieldGrant>();
    for (const dataClass of roleView.identifiers) {
      const grant = grantOf(code, dataClass);
      if (!grant) continue;
      for (const type of bundle.classes.get(dataClass)?.identifiers ?? []) types.set(type, grant);
    }
    const thresholds = territory.sections.flatMap((section) =>
      section.source === source ? [bundle.sections.get(section.field)?.matchThreshold ?? 1] : [],
    );
    if (types.size > 0) identifiers.set(code, { types, matchThreshold: Math.max(...thresholds) });
  }

  return {
    role,
    purpose,
    partner: partner.code,
    partnerType: partner.type,
    day: asked.day,
    policyHash: bundle.hash,
    holdMilliseconds: roleView.holdMilliseconds,
    sections,
    identifiers,
  };
}

function typesOf(bundle: Bundle, keyField: string): ReadonlySet<string> {
  return new Set([...bundle.identifiers.values()].filter(({ key }) => key === keyField).map(({ name }) => name));
}

export function gives(agreement: Agreement, holder: string, recipient: string): boolean {
  if (!agreement.holders.includes(holder)) return false;
  // A scheme that shares with itself says nothing of a member's own practitioners: that is what `own` is for.
  if (agreement.recipients === 'own') return holder === recipient;
  return holder !== recipient && agreement.recipients.includes(recipient);
}

function holderGrant(
  holder: string,
  needed: readonly string[],
  grantOf: (dataClass: string) => FieldGrant | null,
  bundle: Bundle,
): HolderGrant {
  const byClass = new Map<string, FieldGrant | null>();
  const fields = new Map<string, FieldGrant>();
  const unconditional = new Set<string>();
  for (const coordinate of needed) {
    const dataClass = bundle.classOf.get(coordinate) ?? '';
    let grant = byClass.get(dataClass);
    if (grant === undefined) {
      grant = grantOf(dataClass);
      byClass.set(dataClass, grant);
    }
    if (!grant) continue;
    fields.set(coordinate, grant);
    if (grant.requires.length === 0) unconditional.add(coordinate);
  }
  return { holder, fields, unconditional, conditional: unconditional.size < fields.size };
}
