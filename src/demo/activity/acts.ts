import { randomUUID } from 'node:crypto';
import type { WrittenText } from '../../audit/entry.ts';
import { addDays } from '../../record/day.ts';
import type { Day } from '../../record/facts.ts';
import type { Random } from '../population/random.ts';
import { purposesOf, sectionsOf } from './honest.ts';
import type { Deed, Named } from './look.ts';
import type { Staff, World } from './world.ts';

/** What an act needs besides who does it to whom. */
export interface Stage {
  readonly world: World;
  readonly random: Random;
  write(text: string): WrittenText;
}

/** Somebody looks one person up. */
export function look(
  { world, random }: Omit<Stage, 'write'>,
  staff: Staff,
  at: Date,
  whom: Named,
  why: Deed['why'] = 'SNOOPING',
  purpose = purposesOf(staff, world)[0] ?? '',
): Deed {
  return {
    at,
    staff,
    purpose,
    what: { kind: 'look', whom: [whom], sections: sectionsOf(staff, purpose, random, world) },
    why,
  };
}

/** Break-glass and, a minute later, the look for which it was asked. */
export function brokenGlass(ground: Stage, staff: Staff, at: Date, person: string, why: Deed['why']): Deed[] {
  const { world, random, write } = ground;
  const id = randomUUID();
  const purpose = purposesOf(staff, world)[0] ?? '';
  const text = write('Made up for the demonstration: nobody was in danger.');
  const reasons = [...world.bundle.breakGlass.reasons.keys()];
  const reason = reasons[random.int(0, reasons.length - 1)] ?? '';
  const seen = look(ground, staff, new Date(at.getTime() + 60_000), person, why, purpose);
  return [
    { at, staff, purpose, what: { kind: 'break-glass', id, whom: person, reason, text }, why },
    { ...seen, what: { kind: 'look', whom: [person], sections: sectionsOf(staff, purpose, random, world), glass: id } },
  ];
}

/** People of the population whom somebody never had to do with, and whom nothing closes. */
export function strangers({ world, random }: Omit<Stage, 'write'>, staff: Staff, count: number): string[] {
  const known = new Set(world.caseload(staff));
  const free = [...world.people.values()].filter(
    ({ person, trait, isRestricted }) => trait === null && !isRestricted && !known.has(person),
  );
  const start = random.int(0, Math.max(0, free.length - count));
  return free.slice(start, start + count).map(({ person }) => person);
}

/** The day, or the Monday after. */
export function weekday(day: Day): Day {
  const of = new Date(`${day}T00:00:00Z`).getUTCDay();
  return addDays(day, of === 6 ? 2 : of === 0 ? 1 : 0);
}

/** The number so many places on, written alike. */
export function nextTo(value: string, step: number): string {
  return value.replace(/\d+/, (digits) => String(Number(digits) + step).padStart(digits.length, '0'));
}
