import type { Bundle } from '../bundle.ts';
import type { MatrixRow } from './matrix.ts';

const COLUMNS = [
  'role',
  'purpose',
  'partner',
  'field',
  'class',
  'effect',
  'reason',
  'why',
  'existence',
  'holders',
  'permission',
  'agreement',
  'until',
  'necessity',
] as const;

/** The matrix as RFC 4180 CSV, with its reasons. Where holders give it by different agreements, `; ` parts them. */
export function toCsv({ agreements }: Bundle, rows: readonly MatrixRow[]): string {
  const necessity = new Map(agreements.map((agreement) => [agreement.reference, agreement.necessity]));
  const lines = rows.map((row) => {
    const each = (read: (grant: MatrixRow['grants'][number]) => string) =>
      [...new Set(row.grants.map(read))].filter((text) => text !== '').join('; ');
    return [
      row.role,
      row.purpose,
      row.partner,
      row.field,
      row.class,
      row.effect,
      row.reason,
      row.why ?? '',
      row.existence ?? '',
      each(({ holder }) => holder),
      each(({ requires }) => requires.join(' or ')),
      each(({ agreement }) => agreement),
      each(({ until }) => until ?? ''),
      each(({ agreement }) => necessity.get(agreement) ?? ''),
    ];
  });
  return [COLUMNS, ...lines].map((cells) => `${cells.map(cell).join()}\r\n`).join('');
}

/** A spreadsheet takes a cell that begins with one of these for a formula: an apostrophe before it makes it text. */
function cell(text: string): string {
  const safe = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
