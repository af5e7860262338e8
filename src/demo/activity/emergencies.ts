import type { WrittenText } from '../../audit/entry.ts';
import { addDays } from '../../record/day.ts';
import { londonDay, londonInstant } from '../../record/london.ts';
import { stream } from '../population/random.ts';
import { brokenGlass, strangers, weekday } from './acts.ts';
import { atMinute } from './honest.ts';
import type { Deed } from './look.ts';
import type { Staff, World } from './world.ts';

/** Real emergencies, a few in the year: somebody who is nobody's must be read about at once. */
export function emergencies(
  count: number,
  {
    world,
    seed,
    until,
    staff,
    write,
  }: {
    readonly world: World;
    readonly seed: number;
    readonly until: Date;
    readonly staff: readonly Staff[];
    write(text: string): WrittenText;
  },
): Deed[] {
  const marked = staff.filter(({ role }) => world.bundle.breakGlass.roles.includes(role));
  return Array.from({ length: count }).flatMap((_, index) => {
    const random = stream(seed, index, 'emergency');
    const each = marked[random.int(0, marked.length - 1)];
    const day = addDays(londonDay(until), -random.int(8, 360));
    const [person] = each ? strangers({ world, random }, each, 1) : [];
    return each && person
      ? brokenGlass({ world, random, write }, each, atMinute(day, random.int(480, 1_380), random), person, 'EMERGENCY')
      : [];
  });
}

/** Reviews of break-glass on the next working day, by an officer who is in nobody's line. */
export function reviews(deeds: readonly Deed[], write: (text: string) => WrittenText): Deed[] {
  return deeds.flatMap(({ at, staff, what }): Deed[] => {
    if (what.kind !== 'break-glass') return [];
    const day = weekday(addDays(londonDay(at), 1));
    const text = write('Made up for the demonstration: looked at, and found to be in order.');
    return [
      {
        at: new Date(londonInstant(day, '10:00').getTime() + (at.getTime() % 3_600_000)),
        staff: { partner: staff.partner, practitioner: 'IGO-0002', role: 'ig-officer' },
        purpose: 'IG_ASSURANCE',
        what: { kind: 'review', breakGlass: what.id, whom: what.whom, text },
        why: 'OWN_WORK',
      },
    ];
  });
}
