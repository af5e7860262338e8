import type { Day } from '../../record/facts.ts';
import type { Bundle } from '../bundle.ts';
import type { Policy } from '../territory.ts';
import { type Cell, effectiveCells, type Grant, grantOn, IDENTIFIERS, MESSAGES, viewsOf } from './cells.ts';
import { grantSentences } from './grant-sentence.ts';

/**
 * `SHOW`: shown of whoever the caller has a relationship with. `NEEDS_PERMISSION`: only once a permission is in force.
 * `DENY`: never. Where holders differ, the widest.
 */
export type Effect = 'SHOW' | 'NEEDS_PERMISSION' | 'DENY';

/** What one role sees of one field for one purpose on the day, and the reasons. */
export interface MatrixRow {
  readonly role: string;
  readonly purpose: string;
  /** Whose practitioners see it. */
  readonly partner: string;
  /** A schema coordinate; `Person.identifiers` for every class of identifiers; a message field. */
  readonly field: string;
  readonly class: string;
  readonly effect: Effect;
  readonly section: string;
  /** Whether the view may know that the section exists; null where it does not need the class. */
  readonly existence: 'open' | 'hidden' | null;
  /** What the role's file says of why it needs the section; null where it says nothing. */
  readonly why: string | null;
  /** Why, in a sentence. */
  readonly reason: string;
  /** Each holder that gives it, with what it gives it by. */
  readonly grants: readonly (Grant & { readonly holder: string })[];
}

/** Every field that a class guards, for every role, purpose and partner: denied ones too. */
export function matrix(policy: Policy, day: Day): MatrixRow[] {
  const { bundle } = policy;
  const fields = classedFields(policy);
  const cells = Map.groupBy(effectiveCells(policy), ({ role, purpose, partner, section, item }) =>
    [role, purpose, partner, section, item].join('|'),
  );
  return viewsOf(bundle).flatMap(({ role, purpose, partner }) =>
    fields.map(({ field, item, dataClass, section }): MatrixRow => {
      const need = needOf(bundle, role, purpose, section, dataClass);
      const grants = (cells.get([role, purpose, partner, section, item].join('|')) ?? []).flatMap((cell) =>
        given(cell, day),
      );
      return {
        role,
        purpose,
        partner,
        field,
        class: dataClass,
        effect: effectOf(grants),
        section,
        existence: need?.existence ?? null,
        why: need?.why ?? null,
        reason: reasonOf(bundle, need !== null, grants, partner),
        grants,
      };
    }),
  );
}

export interface ClassedField {
  readonly field: string;
  readonly item: string;
  readonly dataClass: string;
  readonly section: string;
}

/** Every field that a class guards, in the order of the classes. */
export function classedFields({ bundle, record }: Policy): ClassedField[] {
  return [...bundle.classes.values()].flatMap(({ name: dataClass, fields, identifiers, messages }) => [
    ...fields.map((field) => {
      const section = record.sections.find(({ coordinates }) => coordinates.includes(field))?.field ?? '';
      return { field, item: field, dataClass, section };
    }),
    ...identifiers.slice(0, 1).map((item) => ({ field: 'Person.identifiers', item, dataClass, section: IDENTIFIERS })),
    ...messages.map((field) => ({ field, item: field, dataClass, section: MESSAGES })),
  ]);
}

/** The role's key; null where it does not turn. */
export function needOf(
  bundle: Bundle,
  role: string,
  purpose: string,
  section: string,
  dataClass: string,
): { readonly existence: 'open' | 'hidden' | null; readonly why: string | null } | null {
  const view = bundle.roles.get(role)?.purposes.get(purpose);
  if (section === IDENTIFIERS || section === MESSAGES) {
    const classes = section === IDENTIFIERS ? view?.identifiers : view?.receives;
    return classes?.includes(dataClass) ? { existence: null, why: null } : null;
  }
  const need = view?.sections.get(section);
  return need?.classes.includes(dataClass) ? need : null;
}

function given(cell: Cell, day: Day): (Grant & { holder: string })[] {
  const grant = grantOn(cell, day);
  return grant ? [{ ...grant, holder: cell.holder }] : [];
}

function effectOf(grants: readonly Grant[]): Effect {
  if (grants.length === 0) return 'DENY';
  return grants.some(({ requires }) => requires.length === 0) ? 'SHOW' : 'NEEDS_PERMISSION';
}

/** The reason where the role's own key does not turn. */
export const NOT_NEEDED = 'The role does not need it for the purpose.';

function reasonOf(
  bundle: Bundle,
  needed: boolean,
  grants: readonly (Grant & { holder: string })[],
  partner: string,
): string {
  if (!needed) return NOT_NEEDED;
  if (grants.length === 0)
    return 'The role needs it, and no agreement in force gives it to this partner for the purpose.';
  return `${grantSentences(
    bundle,
    grants.map((grant) => ({ ...grant, partner })),
  ).join('. ')}.`;
}
