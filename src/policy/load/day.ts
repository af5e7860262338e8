import { isDay } from '../../record/day.ts';
import type { Day } from '../../record/facts.ts';
import type { Check } from './names.ts';
import type { Path, Yaml } from './yaml.ts';

/** The shape says four digits, two and two; this says that the calendar has the day. */
export function checkDay(check: Check, file: Yaml<unknown>, path: Path, day: Day): void {
  if (!isDay(day)) check.report(file.problemAt(path, `${day} is not a day of the calendar`));
}

/** Both days of the calendar, the first not after the last. `path` is of what they stand in. */
export function checkSpan(
  check: Check,
  file: Yaml<unknown>,
  path: Path,
  { from, until }: { readonly from: Day; readonly until: Day },
): void {
  checkDay(check, file, [...path, 'from'], from);
  checkDay(check, file, [...path, 'until'], until);
  if (until >= from) return;
  check.report(file.problemAt([...path, 'until'], `it ends on ${until}, before it begins on ${from}`));
}
