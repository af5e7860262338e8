import type { Bundle, DataClass, Role } from '../bundle.ts';
import { type Column, columnsOf } from './columns.ts';
import { grantSentences } from './grant-sentence.ts';
import { type MatrixRow, NOT_NEEDED } from './matrix.ts';
import { list, parties } from './words.ts';

/** What one role sees, by class of data and purpose, in the words of a page. */
export interface RoleTable {
  readonly role: Role;
  /** Where the role works. */
  readonly places: string;
  /** Labels of all its purposes. */
  readonly purposes: string;
  /** Empty where the role sees no part of anybody's record; so are `sections`. */
  readonly columns: readonly {
    readonly purpose: string;
    readonly label: string;
    /** Null where it is the same wherever the role works. */
    readonly where: string | null;
  }[];
  readonly sections: readonly {
    readonly title: string;
    /** One for each class that some purpose needs; its marks are parallel to the columns. */
    readonly lines: readonly { readonly dataClass: DataClass; readonly marks: readonly (Mark | null)[] }[];
    /** Classes that no purpose of the role needs. */
    readonly unseen: readonly DataClass[];
  }[];
}

/** What one purpose comes to for one class. */
export interface Mark {
  readonly sign: 'SHOW' | 'NEEDS_PERMISSION' | 'NO_AGREEMENT' | 'DENY';
  /** `hidden`: the caller may not know whether anything is held. `break-glass`: shown under it too. */
  readonly notes: readonly string[];
  /** Why, in sentences. */
  readonly reasons: readonly string[];
}

export const SIGN_WORDS: Readonly<Record<Mark['sign'], string>> = {
  SHOW: 'Shown',
  NEEDS_PERMISSION: 'With permission',
  NO_AGREEMENT: 'No agreement',
  DENY: 'Not shown',
};

/** @param rows of the whole matrix, or of the role alone */
export function roleTable(bundle: Bundle, rows: readonly MatrixRow[], role: Role): RoleTable {
  const columns = columnsOf(bundle, rows, role.name);
  const places = [...new Set(columns.flatMap(({ partners }) => partners))];
  const isSeen = columns.some(({ byClass }) =>
    [...byClass.values()].flat().some(({ existence, effect }) => existence || effect !== 'DENY'),
  );
  const labels = columns.map(({ purpose }) => bundle.purposes.get(purpose)?.label ?? purpose);
  return {
    role,
    places: parties(bundle, places),
    purposes: list(labels),
    columns: isSeen
      ? columns.map(({ purpose, partners }, index) => ({
          purpose,
          label: labels[index] ?? purpose,
          where: partners.length < places.length ? parties(bundle, partners) : null,
        }))
      : [],
    sections: isSeen ? sectionsOf(bundle, columns) : [],
  };
}

function sectionsOf(bundle: Bundle, columns: readonly Column[]): RoleTable['sections'] {
  const classes = [...(columns[0]?.byClass ?? [])].map(([name, [row]]) => ({ name, section: row?.section ?? '' }));
  return [...Map.groupBy(classes, ({ section }) => section)].map(([section, own]) => {
    const known = own.flatMap(({ name }) => bundle.classes.get(name) ?? []);
    const isNeeded = ({ name }: DataClass) =>
      columns.some(({ byClass }) => byClass.get(name)?.some((row) => row.reason !== NOT_NEEDED));
    return {
      title: section.charAt(0).toUpperCase() + section.slice(1),
      lines: known.filter(isNeeded).map((dataClass) => ({
        dataClass,
        marks: columns.map(({ byClass }) => markOf(bundle, byClass.get(dataClass.name) ?? [])),
      })),
      unseen: known.filter((dataClass) => !isNeeded(dataClass)),
    };
  });
}

function markOf(bundle: Bundle, rows: readonly MatrixRow[]): Mark | null {
  const [first] = rows;
  if (!first) return null;
  if (first.grants.length === 0) {
    const sign = first.reason === NOT_NEEDED ? 'DENY' : 'NO_AGREEMENT';
    return { sign, notes: [], reasons: [first.reason] };
  }
  // Every field of a class fares alike: one says it for all.
  const given = rows
    .filter(({ field }) => field === first.field)
    .flatMap(({ partner, grants }) => grants.map((grant) => ({ ...grant, partner })));
  const references = [...new Set(given.map(({ agreement }) => agreement))];
  const necessity = references.map((reference) => {
    const agreement = bundle.agreements.find((candidate) => candidate.reference === reference);
    return `${reference}: ${agreement?.necessity ?? ''}`;
  });
  return {
    sign: first.effect,
    notes: [
      ...(first.existence === 'hidden' ? ['hidden'] : []),
      ...(given.some(({ emergency }) => emergency) ? ['break-glass'] : []),
    ],
    reasons: [...grantSentences(bundle, given), ...(first.why ? [`The role: ${first.why}`] : []), ...necessity],
  };
}
