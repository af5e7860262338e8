import type { Day } from '../record/facts.ts';
import type { Access } from './types.ts';

/** `3 November 2026` */
export function dayInWords(day: Day): string {
  const [year = '', month = '', date = ''] = day.split('-');
  return `${Number(date)} ${MONTHS[Number(month) - 1]} ${year}`;
}

/** `1 look-up`, `3 look-ups`, `2 people` */
export function counted(count: number, one: string, many: string = `${one}s`): string {
  return `${count} ${count === 1 ? one : many}`;
}

/** `09:10`, or `09:10, 09:12 and 11:40`; of many, the first and the last. */
export function timesOf(accesses: readonly Access[]): string {
  const times = [...new Set(accesses.map(timeOf))];
  const [first = '', last = ''] = [times[0], times.at(-1)];
  if (times.length > LISTED) return `${counted(times.length, 'time')} from ${first} to ${last}`;
  return times.length > 1 ? `${times.slice(0, -1).join(', ')} and ${last}` : first;
}

/** `14:07` */
export function timeOf({ minute }: Pick<Access, 'minute'>): string {
  return [Math.floor(minute / 60), minute % 60].map((part) => String(part).padStart(2, '0')).join(':');
}

/** Times that a sentence still lists. */
const LISTED = 4;

const MONTHS = [
  'January',
  'February',
  'March',
  'April',
  'May',
  'June',
  'July',
  'August',
  'September',
  'October',
  'November',
  'December',
];
