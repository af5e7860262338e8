import { isDay } from '../../record/day.ts';
import type { Day } from '../../record/facts.ts';

/**
 * The last day of the month that a controller has to answer a person (UK GDPR Article 12(3); Data Protection Act 2018,
 * section 54(2)): the same day of the next month, or its last where it is shorter. The weekend after it is not added, nor
 * the extension that the law allows: an earlier day is never too late.
 */
export function monthAfter(day: Day): Day {
  const [year = 0, month = 0, date = 0] = day.split('-').map(Number);
  const next = month === 12 ? `${String(year + 1).padStart(4, '0')}-01` : `${day.slice(0, 5)}${pad(month + 1)}`;
  for (let last = date; ; last -= 1) {
    const candidate = `${next}-${pad(last)}`;
    if (isDay(candidate)) return candidate;
  }
}

function pad(number: number): string {
  return String(number).padStart(2, '0');
}
