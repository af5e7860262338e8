import type { Bundle } from '../bundle.ts';
import type { MatrixRow } from './matrix.ts';

/** One purpose of a role, at all partners that see the same for it. */
export interface Column {
  readonly purpose: string;
  readonly partners: readonly string[];
  /** Class to its rows: one for each partner, of one field, since all fields of a class fare alike. */
  readonly byClass: ReadonlyMap<string, readonly MatrixRow[]>;
}

/** A role's purposes, each as few times as its partners differ. */
export function columnsOf({ roles }: Bundle, rows: readonly MatrixRow[], role: string): Column[] {
  const own = rows.filter((row) => row.role === role);
  return [...(roles.get(role)?.purposes.keys() ?? [])].flatMap((purpose) => {
    const byPartner = Map.groupBy(
      own.filter((row) => row.purpose === purpose),
      ({ partner }) => partner,
    );
    const alike = Map.groupBy(byPartner.keys(), (partner) =>
      JSON.stringify((byPartner.get(partner) ?? []).map(outline)),
    );
    return [...alike.values()].map((partners): Column => {
      const all = partners.flatMap((partner) => byPartner.get(partner) ?? []);
      return { purpose, partners, byClass: Map.groupBy(all, (row) => row.class) };
    });
  });
}

/** What of a row tells partners apart: not whose the data is, but whether it is their own, and by what it is given. */
function outline({ field, partner, effect, grants }: MatrixRow): unknown {
  const given = grants.map(({ holder, agreement, requires }) => ({ own: holder === partner, agreement, requires }));
  return { field, effect, given: [...new Set(given.map((grant) => JSON.stringify(grant)))].sort() };
}
