import { covers, type Day } from '../../record/facts.ts';
import { londonInstant } from '../../record/london.ts';
import { DEMO_PARTNERS } from '../personas.ts';
import { dayNumber } from '../population/calendar.ts';
import { type Random, stream } from '../population/random.ts';
import type { Deed, Named } from './look.ts';
import { nameOf, type Staff, type World } from './world.ts';

/** How much of the year's work is done on one day, and by whom. Ours: what practitioners do when nobody is snooping. */
export interface Workforce {
  readonly world: World;
  readonly seed: number;
  readonly staff: readonly Staff[];
  /** How likely each of them works with the record on a weekday, and how many look-ups they then make. */
  readonly active: number;
  readonly looks: number;
  /** Those who are busy with something planted that day, and do nothing else. */
  isBusy(staff: Staff, day: Day): boolean;
}

/** Shares of look-ups. A slip of the hand names nobody, and is put right within a minute. */
const SLIP = 0.012;
/** Somebody who is to be theirs in a few days, or was until a few days ago. */
const NEAR = 0.003;
const LIST = 0.05;
const ANOTHER_PURPOSE = 0.015;
const LATE = 0.01;
const WEEKEND = 0.06;

/** Purposes under which checks are considered. */
const CHECKS = ['DA_CHECK', 'CHILD_CHECK'];

/** Roles that work at weekends. */
const ROUND_THE_CLOCK = ['police-public-protection', 'prison-offender-manager', 'health-practitioner'];

/** What everybody does of their own work on one day, in the order of time. */
export function honestDay(day: Day, workforce: Workforce): Deed[] {
  const { seed, staff } = workforce;
  const weekday = new Date(`${day}T00:00:00Z`).getUTCDay();
  const isWeekend = weekday === 0 || weekday === 6;
  const deeds = staff.flatMap((each) => {
    const random = stream(seed, dayNumber(day), nameOf(each));
    const draw = random.next();
    const works = isWeekend ? ROUND_THE_CLOCK.includes(each.role) && draw < WEEKEND : draw < workforce.active;
    return works && !workforce.isBusy(each, day) ? personsDay(each, day, random, workforce) : [];
  });
  return [...deeds, ...(isWeekend ? [] : ownWork(day, workforce))].sort(
    (one, other) => one.at.getTime() - other.at.getTime(),
  );
}

function personsDay(staff: Staff, day: Day, random: Random, { world, looks }: Workforce): Deed[] {
  const open = openFor(staff, day, world);
  if (open.length === 0) return [];
  // Most days are like any other; a few are twice as long.
  const count = 1 + random.int(0, 2 * (looks - 1)) * (random.chance(0.05) ? 2 : 1);
  return Array.from({ length: count }).flatMap((): Deed[] => {
    const draw = random.next();
    const at = momentOf(day, random);
    // Those whom one works with this month come first.
    const mine = open[Math.floor(open.length * random.next() ** 2)];
    if (mine === undefined) return [];
    const look = (whom: readonly Named[], purpose: string, why: Deed['why'], later = 0): Deed => ({
      at: new Date(at.getTime() + later),
      staff,
      purpose,
      what: { kind: 'look', whom, sections: sectionsOf(staff, purpose, random, world) },
      why,
    });
    const purpose = random.pick(mine.purposes);
    if (draw < SLIP) {
      const slip = slipOf(staff, mine.person, random, world);
      return slip
        ? [look([slip], purpose, 'SLIP'), look([mine.person], purpose, 'HELD', random.int(15_000, 60_000))]
        : [];
    }
    if (draw < SLIP + NEAR) {
      const near = nearFor(staff, day, world);
      const person = near[random.int(0, Math.max(0, near.length - 1))];
      return person ? [look([person], purpose, 'NEAR')] : [];
    }
    if (draw < SLIP + NEAR + LIST) {
      const others = open.filter(({ purposes }) => purposes.includes(purpose)).slice(0, random.int(3, 8));
      return [look([...new Set([mine.person, ...others.map(({ person }) => person)])], purpose, 'HELD')];
    }
    const first = look([mine.person], purpose, 'HELD');
    if (CHECKS.includes(purpose) && staff.role === 'probation-practitioner' && random.chance(0.3)) {
      const later = new Date(at.getTime() + random.int(120_000, 600_000));
      return [first, { at: later, staff, purpose, what: { kind: 'check' }, why: 'OWN_WORK' }];
    }
    const second = random.pick(mine.purposes);
    if (draw > 1 - ANOTHER_PURPOSE && second !== purpose) {
      return [first, look([mine.person], second, 'HELD', random.int(60_000, 1_800_000))];
    }
    return [first];
  });
}

export interface Open {
  readonly person: string;
  readonly purposes: readonly [string, ...string[]];
}

/** People whom somebody has an open reason to look up that day, with the purposes that it carries. */
export function openFor(staff: Staff, day: Day, world: World): Open[] {
  const { bundle, people } = world;
  return world.caseload(staff).flatMap((person): Open[] => {
    const whom = people.get(person);
    if (!whom || whom.isRestricted || whom.interests.length > 0) return [];
    const types = world
      .held(staff, person)
      .filter(
        (held) => covers(held, day) && !(held.standing === 'TEAM' && held.heldAlone.some((span) => covers(span, day))),
      )
      .map(({ type }) => type);
    if (types.length === 0) return [];
    const [first, ...others] = purposesOf(staff, world).filter((purpose) =>
      bundle.purposes.get(purpose)?.relationships.some((type) => types.includes(type)),
    );
    return first === undefined ? [] : [{ person, purposes: [first, ...others] }];
  });
}

/** What a role may declare and see something by. */
export function purposesOf(staff: Staff, { bundle, view }: World): string[] {
  const declared = [...(bundle.roles.get(staff.role)?.purposes.keys() ?? [])];
  return declared.filter((purpose) => (view(staff, purpose)?.sections.size ?? 0) > 0);
}

/** Whoever becomes theirs within a few days, or was theirs until a few days ago, and is not today. */
function nearFor(staff: Staff, day: Day, world: World): string[] {
  const days = (text: Day | null) => (text === null ? Number.POSITIVE_INFINITY : dayNumber(text) - dayNumber(day));
  const open = new Set(openFor(staff, day, world).map(({ person }) => person));
  return world.caseload(staff).filter((person) => {
    const whom = world.people.get(person);
    if (open.has(person) || !whom || whom.isRestricted || whom.interests.length > 0) return false;
    return world
      .held(staff, person)
      .some(({ from, until }) => (days(from) > 0 && days(from) <= 3) || (days(until) < 0 && days(until) >= -4));
  });
}

/** One to three sections of the view: what somebody came to see. */
export function sectionsOf(staff: Staff, purpose: string, random: Random, world: World): string[] {
  const sections = [...(world.view(staff, purpose)?.sections.keys() ?? [])];
  const first = sections[random.int(0, sections.length - 1)];
  return first === undefined ? [] : [...new Set([first, ...random.some(sections, 0.2)])];
}

/** A number of the person's with two digits changed over, as nobody has it; null where they have none of that kind. */
export function slipOf(staff: Staff, person: string, random: Random, { bundle, people }: World): Named | null {
  const types = bundle.roles.get(staff.role)?.lookups ?? [];
  const link = people.get(person)?.links.find(({ type }) => types.includes(type));
  if (!link) return null;
  const places = [...link.value.matchAll(/\d/g)].map(({ index }) => index);
  const place = places[random.int(0, places.length - 1)] ?? 0;
  const digit = (Number(link.value[place]) + random.int(1, 8)) % 10;
  return { type: link.type, value: link.value.slice(0, place) + digit + link.value.slice(place + 1) };
}

/** A working moment: mornings and afternoons, and now and then an evening. */
function momentOf(day: Day, random: Random): Date {
  if (random.chance(LATE)) return atMinute(day, 20 * 60 + random.int(10, 170), random);
  return atMinute(day, random.chance(0.55) ? random.int(510, 720) : random.int(780, 1_020), random);
}

/** A moment within a minute of a day in the United Kingdom. */
export function atMinute(day: Day, minute: number, random: Random): Date {
  const time = [Math.floor(minute / 60), minute % 60].map((part) => String(part).padStart(2, '0')).join(':');
  return new Date(londonInstant(day, time).getTime() + random.int(0, 59_999));
}

/** Officers of information governance look into the log about once a week each; each month some of it is given out. */
function ownWork(day: Day, { seed }: Workforce): Deed[] {
  const searches = DEMO_PARTNERS.filter(({ source }) => source !== null).flatMap(({ code }): Deed[] => {
    const random = stream(seed, dayNumber(day), `IGO ${code}`);
    if (!random.chance(0.12)) return [];
    const at = atMinute(day, random.int(540, 1_000), random);
    const staff = { partner: code, practitioner: `IGO-000${random.int(1, 2)}`, role: 'ig-officer' };
    const what = {
      kind: 'search',
      field: 'logEntries',
      from: before(at, 7),
      to: at,
      found: random.int(0, 40),
    } as const;
    return [{ at, staff, purpose: 'IG_ASSURANCE', what, why: 'OWN_WORK' }];
  });
  const random = stream(seed, dayNumber(day), 'export');
  if (!random.chance(0.04)) return searches;
  const at = atMinute(day, random.int(540, 1_000), random);
  const staff = { partner: 'throughgate-board', practitioner: 'IGL-0001', role: 'ig-lead' };
  const what = { kind: 'export', from: before(at, 30), to: at, found: random.int(200, 900) } as const;
  return [...searches, { at, staff, purpose: 'IG_ASSURANCE', what, why: 'OWN_WORK' }];
}

function before(at: Date, days: number): Date {
  return new Date(at.getTime() - days * 86_400_000);
}
