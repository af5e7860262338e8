import type { WrittenText } from '../../audit/entry.ts';
import { addDays } from '../../record/day.ts';
import type { Day } from '../../record/facts.ts';
import { londonDay, londonInstant } from '../../record/london.ts';
import type { Fact } from '../population/fact.ts';
import { stream } from '../population/random.ts';
import { brokenGlass, strangers, weekday } from './acts.ts';
import { openFor } from './honest.ts';
import type { Deed, Named } from './look.ts';
import type { Staff, World } from './world.ts';

/** What somebody at the console will ask about: one small story for each of its questions. */
export interface Scenes {
  readonly deeds: readonly Deed[];
  /** Break-glass that nobody has reviewed yet, by what it is an example of. */
  readonly glass: Readonly<Record<'overdue' | 'due' | 'ownLine', string>>;
  readonly closedGlass: string;
  readonly person: { readonly person: string; readonly from: Day; readonly to: Day };
  readonly moment: { readonly at: Date; readonly staff: Staff };
  readonly incident: { readonly staff: Staff; readonly from: Date; readonly to: Date };
  readonly practitioner: Staff;
  readonly joined: { readonly person: string; readonly holder: string; readonly from: Date; readonly to: Date };
}

/** The officer IGO-0001 of the probation service manages one practitioner: what that one did is not theirs to judge. */
export function sceneFacts(until: Day): Fact[] {
  const line = { partner: 'probation-service', team: 'IGO-LINE', from: addDays(until, -400), until: null };
  return [
    { kind: 'manager', practitioner: 'IGO-0001', ...line },
    { kind: 'team-member', practitioner: 'PRO-0004', ...line },
  ];
}

/** @throws Error for a population too small to play them in */
export function scenes(world: World, seed: number, until: Date, write: (text: string) => WrittenText): Scenes {
  const random = stream(seed, 0, 'scenes');
  const today = londonDay(until);
  const back = (days: number) => weekday(addDays(today, -days));
  const at = (days: number, time: string) =>
    new Date(londonInstant(back(days), time).getTime() + random.int(0, 40_000));
  const ofTrait = (trait: string) => [...world.people.values()].filter((whom) => whom.trait === trait);
  const [partly, merged, joined] = [ofTrait('permissionWithdrawn')[0], ofTrait('merged')[0], ofTrait('allowed')[1]];
  const glassPeople = ofTrait('breakGlass').map(({ person }) => person);
  if (!partly || !merged || !joined || glassPeople.length < 3) throw new Error('the population is too small');
  const former = merged.links.find(({ current }) => !current);

  const look = (staff: Staff, when: Date, whom: Named, purpose: string, why: Deed['why'] = 'HELD'): Deed => {
    const sections = [...(world.view(staff, purpose)?.sections.keys() ?? [])];
    return { at: when, staff, purpose, what: { kind: 'look', whom: [whom], sections }, why };
  };
  const glass = (staff: Staff, when: Date, person: string) =>
    brokenGlass({ world, random, write }, staff, when, person, 'EMERGENCY');

  const about: Deed[] = [
    look(STAFF.probation, at(20, '10:15'), merged.person, 'DA_CHECK'),
    look(STAFF.police, at(19, '11:30'), merged.person, 'DA_CHECK'),
    look(STAFF.children, at(18, '15:05'), merged.person, 'CHILD_CHECK'),
    look(STAFF.manager, at(17, '09:40'), merged.person, 'CHILD_CHECK'),
    look(STAFF.otherPolice, at(16, '13:22'), merged.person, 'PUBLIC_PROTECTION', 'SNOOPING'),
    look(STAFF.otherProbation, at(15, '16:48'), merged.person, 'DA_CHECK', 'SNOOPING'),
    look(STAFF.otherChildren, at(14, '10:02'), merged.person, 'CHILD_CHECK', 'SNOOPING'),
    look(STAFF.children, at(13, '14:31'), merged.person, 'CHILD_CHECK'),
    ...(former
      ? [
          look(
            STAFF.otherPrison,
            at(20, '09:02'),
            { type: former.type, value: former.value },
            'RELEASE_PLANNING',
            'SLIP',
          ),
        ]
      : []),
  ];

  const theirs = openFor(STAFF.prison, back(9), world).slice(0, 18);
  const misuse = theirs.map(({ person }, index) =>
    look(
      STAFF.prison,
      new Date(londonInstant(back(9), '09:11').getTime() + index * 510_000 + random.int(0, 30_000)),
      person,
      'RELEASE_PLANNING',
      'MISUSE',
    ),
  );

  const joinedDeeds = [
    look(STAFF.probation, at(25, '10:20'), joined.person, 'DA_CHECK'),
    look(STAFF.manager, at(25, '15:10'), joined.person, 'DA_CHECK'),
    look(STAFF.children, at(24, '09:30'), joined.person, 'CHILD_CHECK'),
    look(STAFF.probation, at(24, '12:00'), joined.person, 'PUBLIC_PROTECTION'),
  ];

  const { clerk } = STAFF;
  const own = openFor(clerk, back(6), world).slice(0, 4);
  const colleagues = world.caseload(clerk).filter((person) => world.held(clerk, person)[0]?.heldAlone.length);
  const month: Deed[] = [
    ...own.map(({ person, purposes }, index) => look(clerk, at(6 + index, '10:30'), person, purposes[0])),
    ...colleagues
      .slice(0, 2)
      .map((person, index) => look(clerk, at(5 + index, '12:45'), person, 'SENTENCE_MANAGEMENT', 'SNOOPING')),
    ...strangers({ world, random }, clerk, 2).map((person, index) =>
      look(clerk, at(4 + index * 3, '16:20'), person, 'SENTENCE_MANAGEMENT', 'SNOOPING'),
    ),
  ];

  const hours = (count: number) => new Date(until.getTime() - count * 3_600_000);
  const [overdue, due, ownLine, closed] = [
    glass(STAFF.glassOverdue, hours(5 * 24), glassPeople[0] ?? ''),
    glass(STAFF.glassDue, hours(10), glassPeople[1] ?? ''),
    glass(STAFF.glassOwnLine, hours(30), glassPeople[2] ?? ''),
    glass(STAFF.glassClosed, at(12, '11:00'), glassPeople[0] ?? ''),
  ];
  const idOf = (deeds: readonly Deed[]) =>
    deeds.flatMap(({ what }) => (what.kind === 'break-glass' ? [what.id] : []))[0] ?? '';

  const moment = new Date(londonInstant(back(4), '14:07').getTime() + 21_000);
  return {
    deeds: [
      ...about,
      ...misuse,
      ...joinedDeeds,
      ...month,
      ...[overdue, due, ownLine, closed].flat(),
      look(STAFF.probation, moment, partly.person, 'RELEASE_PLANNING'),
    ],
    glass: { overdue: idOf(overdue), due: idOf(due), ownLine: idOf(ownLine) },
    closedGlass: idOf(closed),
    person: { person: merged.person, from: addDays(today, -28), to: today },
    moment: { at: moment, staff: STAFF.probation },
    incident: {
      staff: STAFF.prison,
      from: londonInstant(back(9), '09:10'),
      to: londonInstant(back(9), '11:40'),
    },
    practitioner: clerk,
    joined: {
      person: joined.person,
      holder: 'northmere-police',
      from: londonInstant(addDays(back(25), 0), '00:00'),
      to: londonInstant(addDays(back(24), 1), '00:00'),
    },
  };
}

const at = (partner: string, practitioner: string, role: string): Staff => ({ partner, practitioner, role });

const STAFF = {
  probation: at('probation-service', 'PRO-0001', 'probation-practitioner'),
  manager: at('probation-service', 'PRM-0001', 'probation-manager'),
  police: at('northmere-police', 'NPO-0001', 'police-public-protection'),
  children: at('northmere-children', 'NCH-0001', 'childrens-services'),
  prison: at('hmpps-prisons', 'PRI-0001', 'prison-offender-manager'),
  clerk: at('probation-service', 'PRO-0003', 'probation-practitioner'),
  otherPolice: at('southdale-police', 'SPO-0004', 'police-public-protection'),
  otherProbation: at('probation-service', 'PRO-0007', 'probation-practitioner'),
  otherChildren: at('southdale-children', 'SCH-0004', 'childrens-services'),
  otherPrison: at('hmpps-prisons', 'PRI-0004', 'prison-offender-manager'),
  glassOverdue: at('probation-service', 'PRO-0005', 'probation-practitioner'),
  glassDue: at('probation-service', 'PRO-0006', 'probation-practitioner'),
  glassOwnLine: at('probation-service', 'PRO-0004', 'probation-practitioner'),
  glassClosed: at('probation-service', 'PRO-0008', 'probation-practitioner'),
} as const;
