const DAY = 86_400_000;
const HOUR = 3_600_000;
const MINUTE = 60_000;

/** How old a fact is: `3 d old`. Of an instant that the clock here has not reached, the instant itself. */
export function age(asOf: string | null | undefined, now: Date = new Date()): string {
  if (asOf == null) return 'age not known';
  const old = now.getTime() - Date.parse(asOf);
  if (old < 0) return `as of ${when(asOf)}`;
  if (old >= 2 * DAY) return `${Math.floor(old / DAY)} d old`;
  if (old >= 2 * HOUR) return `${Math.floor(old / HOUR)} h old`;
  return `${Math.floor(old / MINUTE)} min old`;
}

/** An instant as it is said in the United Kingdom: `14 Dec, 16:00`. */
export function when(instant: string | null | undefined): string {
  if (instant == null) return 'no day';
  return new Intl.DateTimeFormat('en-GB', {
    day: 'numeric',
    month: 'short',
    hour: '2-digit',
    minute: '2-digit',
    timeZone: 'Europe/London',
  }).format(new Date(instant));
}

/** A calendar day: `Mon 14 Dec`. */
export function day(date: string | null | undefined): string {
  if (date == null) return 'no date';
  return new Intl.DateTimeFormat('en-GB', { weekday: 'short', day: 'numeric', month: 'short', timeZone: 'UTC' }).format(
    new Date(`${date}T00:00:00Z`),
  );
}

/** `DOMESTIC_ABUSE` as people say it. */
export function plain(code: string): string {
  return code.toLowerCase().replaceAll('_', ' ');
}

/** Columns, each as wide as its widest cell. */
export function table(rows: readonly (readonly string[])[]): string {
  const widths = (rows.toSorted((a, b) => b.length - a.length)[0] ?? []).map((_, column) =>
    Math.max(...rows.map((row) => row[column]?.length ?? 0)),
  );
  const line = (row: readonly string[]) => row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  ');
  return rows.map((row) => line(row).trimEnd()).join('\n');
}

/** How old the section is that a fact stands in. */
export function ageOf(
  person:
    | { readonly sections: readonly { readonly section: string; readonly asOf?: string | null }[] }
    | null
    | undefined,
  section: string,
): string {
  return age(person?.sections.find((each) => each.section === section)?.asOf);
}
