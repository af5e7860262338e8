/** Days counted from 1970-01-01, so that plans can add and compare them. */
export type DayNumber = number;

const DAY_MILLISECONDS = 86_400_000;

/** @throws RangeError when the text is not `YYYY-MM-DD` */
export function dayNumber(text: string): DayNumber {
  const milliseconds = Date.parse(`${text}T00:00:00Z`);
  if (Number.isNaN(milliseconds)) throw new RangeError(`"${text}" is not a day. Write it as YYYY-MM-DD.`);
  return milliseconds / DAY_MILLISECONDS;
}

/** `YYYY-MM-DD`, or null for null. */
export function dayText(day: DayNumber): string;
export function dayText(day: DayNumber | null): string | null;
export function dayText(day: DayNumber | null): string | null {
  if (day === null) return null;
  const known = TEXTS.get(day);
  if (known !== undefined) return known;
  const text = new Date(day * DAY_MILLISECONDS).toISOString().slice(0, 10);
  TEXTS.set(day, text);
  return text;
}

/** Days already written out: some twenty thousand differ in a large population, and each is written a hundred times. */
const TEXTS = new Map<DayNumber, string>();

export function dayOf(instant: Date): DayNumber {
  return Math.floor(instant.getTime() / DAY_MILLISECONDS);
}

export function yearOf(day: DayNumber): number {
  return new Date(day * DAY_MILLISECONDS).getUTCFullYear();
}

/** ISO 8601 in UTC, at a quarter of an hour. */
export function instantText(day: DayNumber, hour: number, minute: number): string {
  return new Date(day * DAY_MILLISECONDS + hour * 3_600_000 + minute * 60_000).toISOString();
}

/** Nobody is released at a weekend: the Friday before is the day. */
export function workingDayUpTo(day: DayNumber): DayNumber {
  const weekday = (day + 4) % 7; // 1970-01-01 was a Thursday; 0 is Sunday.
  if (weekday === 0) return day - 2;
  return weekday === 6 ? day - 1 : day;
}

/** Nobody has an appointment at a weekend: the Monday after is the day. */
export function workingDayFrom(day: DayNumber): DayNumber {
  const weekday = (day + 4) % 7;
  if (weekday === 0) return day + 1;
  return weekday === 6 ? day + 2 : day;
}
