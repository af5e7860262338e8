import type { Day } from '../../record/facts.ts';
import type { Ground } from './rule.ts';
import type { Sections } from './sections.ts';

/**
 * The day by which prison hands over to probation: as prison has it, or by the rules of the live service, whose numbers
 * are those of the policy. A life sentence: so many months before release. One from which the Parole Board releases:
 * likewise. Any other: so many months and days before. Null where the sentence began so shortly before release that the
 * community was responsible from its start.
 */
export function handoverDue(
  { handoverDate, sentenceType, sentenceStartDate }: Sections['custody'],
  { release, number }: Pick<Ground, 'release' | 'number'>,
): Day | null {
  if (handoverDate != null) return handoverDate;
  if (sentenceType == null || sentenceStartDate == null) return null;
  if (monthsLater(sentenceStartDate, number('shortSentenceMonths')) >= release) return null;
  if (sentenceType === 'INDETERMINATE') return monthsLater(release, -number('indeterminateMonths'));
  if (sentenceType === 'EXTENDED') return monthsLater(release, -number('paroleMonths'));
  return monthsLater(release, -number('determinateMonths'), -number('determinateDays'));
}

/** The same day of another month, or its last where it has none such; then so many days on. */
function monthsLater(day: Day, months: number, days = 0): Day {
  const [year = 0, month = 1, date = 1] = day.split('-').map(Number);
  const lastOfMonth = new Date(Date.UTC(year, month + months, 0)).getUTCDate();
  const moved = new Date(Date.UTC(year, month - 1 + months, Math.min(date, lastOfMonth) + days));
  return moved.toISOString().slice(0, 10);
}
