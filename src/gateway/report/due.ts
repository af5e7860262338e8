import { isDay } from '../../record/day.ts';
import type { Day } from '../../record/facts.ts';

/**
 * The last day of the month that a controller has to answer a person (UK GDPR Article 12(3); Data Protection Act 2018,
 * section 54(2)): the same day of the next month, or its last where it is shorter. The weekend after it is not added: an
 * earlier day is never too late.
 * @param months 3 for what the controller extended by two further months
 */
export function monthAfter(day: Day, months = 1): Day {
  const [year = 0, month = 0, date = 0] = day.split('-').map(Number);
  const later = month - 1 + months;
  const next = `${String(year + Math.floor(later / 12)).padStart(4, '0')}-${pad((later % 12) + 1)}`;
  for (let last = date; ; last -= 1) {
    const candidate = `${next}-${pad(last)}`;
    if (isDay(candidate)) return candidate;
  }
}

function pad(number: number): string {
  return String(number).padStart(2, '0');
}
