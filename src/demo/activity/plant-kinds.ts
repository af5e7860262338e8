import type { FlagRule } from '../../policy/practice.ts';
import { addDays } from '../../record/day.ts';
import type { Day } from '../../record/facts.ts';
import { brokenGlass, look, nextTo, type Stage, strangers, weekday } from './acts.ts';
import { atMinute, openFor, purposesOf, slipOf } from './honest.ts';
import type { Deed, Named } from './look.ts';
import { nameOf, type Staff } from './world.ts';

/** Where and when something is planted, and who may do it. */
export interface Ground extends Stage {
  readonly staff: readonly Staff[];
  readonly day: Day;
  /** Whoever snoops already. */
  readonly taken: Set<string>;
}

/** Null where nobody can play it. */
export type Made = {
  readonly partner: string;
  readonly practitioner: string | null;
  readonly person: string | null;
  readonly deeds: readonly Deed[];
};

/** Every kind of snooping, by the rule that must find it. */
export const KINDS: readonly (readonly [FlagRule, (ground: Ground) => Made | null])[] = [
  ['NO_EXPLANATION', colleaguesPerson],
  ['AFTER_END', formerPerson],
  ['OWN_RECORD', (ground) => ownInterest(ground, 'OWN_RECORD')],
  ['DECLARED_INTEREST', (ground) => ownInterest(ground, 'DECLARED_INTEREST')],
  ['PURPOSE_CHANGED', purposesTried],
  ['REFUSED_LOOKUPS', fishing],
  ['SEQUENTIAL', numbersInOrder],
  ['OUT_OF_HOURS', atNight],
  ['VOLUME', wholeCaseload],
  ['BREADTH', wholeCaseload],
  ['REPEATED_BREAK_GLASS', glassAgain],
  ['MANY_STAFF', talkOfTheOffice],
  ['FEED_UNEXPLAINED', feedLost],
  ['FEED_BREAK_GLASS', feedLostAtNight],
];

/** Somebody of one of these roles who has done nothing yet, and whom the test lets pass. */
function somebody(
  { staff, taken, random }: Ground,
  roles: readonly string[],
  test: (staff: Staff) => boolean = () => true,
): Staff | null {
  const free = staff.filter(
    (each) => roles.includes(each.role) && !taken.has(nameOf(each)) && !isPersona(each) && test(each),
  );
  const chosen = free[random.int(0, free.length - 1)] ?? null;
  if (chosen) taken.add(nameOf(chosen));
  return chosen;
}

/** The first of each post has a caseload of its own, which others look at; and cover is no one's own work. */
function isPersona({ practitioner }: Staff): boolean {
  return practitioner.endsWith('-0001') || practitioner.slice(4) > '9000';
}

function colleaguesPerson(ground: Ground): Made | null {
  const { world, random, day, staff: all } = ground;
  const staff = all.find(({ partner, practitioner }) => partner === 'probation-service' && practitioner === 'PRO-0003');
  if (!staff) return null;
  const colleagues = world.caseload(staff).filter((person) => {
    const [held] = world.held(staff, person);
    return held?.standing === 'TEAM' && held.heldAlone.length > 0 && held.type === 'SUPERVISION_ALLOCATION';
  });
  const person = colleagues[random.int(0, colleagues.length - 1)];
  if (person === undefined || world.onDuty(staff, day)) return null;
  const deeds = [0, 2, 5].map((later) =>
    look(ground, staff, atMinute(weekday(addDays(day, later)), 700, random), person),
  );
  return { ...staff, person, deeds };
}

function formerPerson(ground: Ground): Made | null {
  const { world, random, day } = ground;
  const former = (staff: Staff) =>
    world.caseload(staff).filter((person) => {
      const whom = world.people.get(person);
      const held = world.held(staff, person);
      return (
        whom?.trait === null &&
        !whom.isRestricted &&
        held.every(({ until }) => until !== null && until < addDays(day, -12)) &&
        held.some(({ until }) => until !== null && until > addDays(day, -50))
      );
    });
  const staff = somebody(
    ground,
    ['prison-offender-manager', 'probation-practitioner'],
    (each) => former(each).length > 0,
  );
  const person = staff && former(staff)[0];
  if (!staff || !person) return null;
  const days = [0, 1, 6, 8].map((later) => weekday(addDays(day, later)));
  return {
    ...staff,
    person,
    deeds: days.map((on) => look(ground, staff, atMinute(on, random.int(540, 960), random), person)),
  };
}

function ownInterest(ground: Ground, type: 'OWN_RECORD' | 'DECLARED_INTEREST'): Made | null {
  const { world, random, day, staff: all, taken } = ground;
  for (const { person, interests, isRestricted } of world.people.values()) {
    const tie = interests.find((each) => each.type === type && !taken.has(nameOf(each) + person));
    const staff = tie && all.find((each) => nameOf(each) === nameOf(tie));
    if (!tie || !staff || isRestricted) continue;
    taken.add(nameOf(tie) + person);
    return { ...staff, person, deeds: [look(ground, staff, atMinute(day, random.int(700, 780), random), person)] };
  }
  return null;
}

/** A few people, each by a purpose that does not open them and then by one that does. */
function purposesTried(ground: Ground): Made | null {
  const { world, random, day } = ground;
  const halfOpen = (staff: Staff) => {
    const declared = purposesOf(staff, world);
    return openFor(staff, day, world).flatMap(({ person, purposes }) => {
      const closed = declared.find((purpose) => !purposes.includes(purpose));
      return closed === undefined ? [] : [{ person, purposes: [closed, purposes[0]] }];
    });
  };
  const staff = somebody(ground, [...world.bundle.roles.keys()], (each) => halfOpen(each).length > 0);
  if (!staff) return null;
  const deeds = halfOpen(staff)
    .slice(0, 3)
    .flatMap(({ person, purposes }, index) =>
      purposes.map((purpose, turn) =>
        look(ground, staff, atMinute(day, 600 + index * 40 + turn * 6, random), person, 'MISUSE', purpose),
      ),
    );
  return { ...staff, person: null, deeds };
}

/** Numbers tried until one fits. */
function fishing(ground: Ground): Made | null {
  const { world, random, day } = ground;
  const staff = somebody(ground, ['housing-officer', 'work-coach', 'treatment-keyworker']);
  if (!staff) return null;
  const people = strangers(ground, staff, 9);
  const deeds = people.flatMap((person, index) => {
    const named = index % 3 === 0 ? slipOf(staff, person, random, world) : person;
    return named ? [look(ground, staff, atMinute(day, 610 + index * 4, random), named)] : [];
  });
  return { ...staff, person: null, deeds };
}

/** The number before somebody's own, theirs, and the one after. */
function numbersInOrder(ground: Ground): Made | null {
  const { world, random, day } = ground;
  const staff = somebody(ground, ['probation-practitioner', 'probation-manager']);
  const [person] = staff ? strangers(ground, staff, 1) : [];
  const link = world.people.get(person ?? '')?.links.find(({ type }) => type === 'CRN');
  if (!staff || !person || !link) return null;
  const numbers: Named[] = [nextTo(link.value, -1), person, nextTo(link.value, 1)].map((each) =>
    each === person ? each : { type: 'CRN', value: String(each) },
  );
  const deeds = numbers.map((named, index) => look(ground, staff, atMinute(day, 650 + index * 2, random), named));
  return { ...staff, person, deeds };
}

/** Strangers, late in the evening, on several days. */
function atNight(ground: Ground): Made | null {
  const { random, day } = ground;
  const staff = somebody(ground, ['work-coach', 'housing-officer', 'treatment-keyworker', 'probation-practitioner']);
  if (!staff) return null;
  const deeds = strangers(ground, staff, 3).map((person, index) =>
    look(ground, staff, atMinute(weekday(addDays(day, index * 3)), 1_350 + index * 7, random), person),
  );
  return { ...staff, person: null, deeds };
}

/** Everybody of a caseload in one morning: each for a reason, and all of them for none. */
function wholeCaseload(ground: Ground): Made | null {
  const { world, random, day } = ground;
  const staff = somebody(ground, [...world.bundle.roles.keys()], (each) => openFor(each, day, world).length >= 24);
  if (!staff) return null;
  const open = openFor(staff, day, world).slice(0, 45);
  const deeds = open.map(({ person, purposes }, index) =>
    look(ground, staff, atMinute(day, 560 + index * 3, random), person, 'MISUSE', purposes[0]),
  );
  return { ...staff, person: null, deeds };
}

function glassAgain(ground: Ground): Made | null {
  const { world, random, day } = ground;
  const staff = somebody(ground, world.bundle.breakGlass.roles);
  if (!staff) return null;
  const deeds = strangers(ground, staff, 4).flatMap((person, index) =>
    brokenGlass(
      ground,
      staff,
      atMinute(weekday(addDays(day, index * 4)), random.int(560, 900), random),
      person,
      'SNOOPING',
    ),
  );
  return { ...staff, person: null, deeds };
}

/** Somebody who was in the papers. */
function talkOfTheOffice(ground: Ground): Made | null {
  const { random, day, staff: all, taken, world } = ground;
  const first = somebody(ground, ['police-public-protection', 'childrens-services']);
  if (!first) return null;
  const others = all.filter((each) => each.role === first.role && each.partner === first.partner && !isPersona(each));
  const crowd = [first, ...others.filter((each) => nameOf(each) !== nameOf(first)).slice(0, 3)];
  for (const each of crowd) taken.add(nameOf(each));
  const known = new Set(crowd.flatMap((each) => world.caseload(each)));
  const person = strangers(ground, first, 40).find((each) => !known.has(each));
  if (!person || crowd.length < 4) return null;
  const deeds = crowd.map((each, index) => look(ground, each, atMinute(day, 560 + index * 35, random), person));
  return { ...first, person, deeds };
}

/** A morning on which nothing says who has whom: everybody looks for their own, and is refused. */
function feedLost(ground: Ground): Made | null {
  return together(ground, ['work-coach', 'housing-officer', 'treatment-keyworker'], (each, at, person) => [
    look(ground, each, at, person, 'FEED'),
  ]);
}

/** The same where there is break-glass. */
function feedLostAtNight(ground: Ground): Made | null {
  return together(ground, ['police-public-protection', 'childrens-services'], (each, at, person) =>
    brokenGlass(ground, each, at, person, 'FEED'),
  );
}

function together(
  ground: Ground,
  roles: readonly string[],
  deedsOf: (staff: Staff, at: Date, person: string) => Deed[],
): Made | null {
  const { random, staff: all } = ground;
  // A day of its own, on which nothing else was planted.
  const day = weekday(addDays(ground.day, 1));
  const teams = [
    ...Map.groupBy(
      all.filter(({ role }) => roles.includes(role)),
      ({ partner }) => partner,
    ).values(),
  ];
  const team = teams.filter(({ length }) => length >= 5)[
    random.int(0, Math.max(0, teams.filter(({ length }) => length >= 5).length - 1))
  ];
  const [first] = team ?? [];
  if (!team || !first) return null;
  const deeds = team
    .slice(0, 12)
    .flatMap((each, index) =>
      strangers(ground, each, 2).flatMap((person, turn) =>
        deedsOf(each, atMinute(day, 540 + index * 7 + turn * 40, random), person),
      ),
    );
  return { partner: first.partner, practitioner: null, person: null, deeds };
}
