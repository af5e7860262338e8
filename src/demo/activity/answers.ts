import { addDays } from '../../record/day.ts';
import type { Day } from '../../record/facts.ts';
import { londonDay, londonInstant } from '../../record/london.ts';
import type { Deed, Operation, Told } from './look.ts';
import type { Plant } from './plants.ts';
import type { Scenes } from './scenes.ts';
import { nameOf, type Staff, type World } from './world.ts';

/** What the console must arrive at, known beforehand and not by what the console is made of. Entries by id, oldest first. */
export interface KnownAnswers {
  readonly plants: readonly Plant[];
  /** Who saw, or tried to see, one person between two days, theirs included by a number since merged. */
  readonly person: {
    readonly person: string;
    /** By which each holder knows them. */
    readonly numbers: readonly { readonly holder: string; readonly type: string; readonly value: string }[];
    readonly from: Day;
    readonly to: Day;
    readonly rows: readonly Row[];
  };
  /** One answer, at 14:07, of which something was shown and something was not. */
  readonly entry: {
    readonly entry: string;
    readonly requestId: string;
    readonly at: Date;
    readonly shown: readonly string[];
    readonly withheld: readonly string[];
  };
  /** One account from 09:10 to 11:40. */
  readonly incident: {
    readonly partner: string;
    readonly practitioner: string;
    readonly from: Date;
    readonly to: Date;
    /** Pseudonyms, each once, of those of whom something was shown. */
    readonly people: readonly string[];
    readonly classes: readonly string[];
    readonly controllers: readonly string[];
    readonly refused: number;
  };
  /** Ids of break-glass at the probation service. */
  readonly breakGlass: {
    readonly overdue: string;
    readonly due: string;
    readonly ownLine: string;
    readonly closed: string;
  };
  readonly practitioner: Staff & { readonly from: Date; readonly rows: readonly Row[] };
  /** Agreement to how many entries of the last thirty days, today's among them, it opened something in. */
  readonly agreements: ReadonlyMap<string, number>;
  /** A holder's number was joined to the wrong person between two moments: who was told of it. */
  readonly joined: {
    readonly person: string;
    readonly holder: string;
    readonly from: Date;
    readonly to: Date;
    readonly recipients: readonly Row[];
  };
}

export interface Row extends Staff {
  readonly entry: string;
  readonly at: Date;
  readonly subject: string;
  readonly purpose: string;
  readonly shown: boolean;
  /** Whether there was an open reason that day. */
  readonly explained: boolean;
  readonly classes: readonly string[];
  readonly agreements: readonly string[];
}

/** @param operations of the last weeks */
export function answersOf(
  operations: readonly Operation[],
  played: Scenes,
  plants: readonly Plant[],
  world: World,
): KnownAnswers {
  const month = londonInstant(addDays(played.person.to, -29), '00:00');
  const told = operations.flatMap((operation) =>
    operation.told.map((each) => ({ ...each, operation, at: operation.deed.at })),
  );
  const links = world.people.get(played.person.person)?.links ?? [];
  const isTheirs = ({ person, operation: { deed } }: (typeof told)[number]) =>
    person === played.person.person ||
    (deed.what.kind === 'look' &&
      deed.what.whom.some((named) => typeof named !== 'string' && links.some(({ value }) => value === named.value)));
  const within = (from: Date, to: Date) => (each: { at: Date }) => each.at >= from && each.at < to;
  const by = (staff: Staff) => (each: { operation: Operation }) => nameOf(each.operation.deed.staff) === nameOf(staff);

  const moment = told.find(({ at, operation }) => at === played.moment.at && by(played.moment.staff)({ operation }));
  const misuse = told.filter(within(played.incident.from, played.incident.to)).filter(by(played.incident.staff));
  const seen = misuse.filter(({ outcome }) => outcome === 'shown');
  const { joined, practitioner } = played;
  return {
    plants,
    person: {
      ...played.person,
      numbers: links.map(({ holder, type, value }) => ({ holder, type, value })),
      rows: told
        .filter(isTheirs)
        .filter(({ at }) => londonDay(at) >= played.person.from && londonDay(at) <= played.person.to)
        .map(rowOf),
    },
    entry: {
      entry: moment?.entry ?? '',
      requestId: moment?.operation.requestId ?? '',
      at: played.moment.at,
      shown: moment?.released ?? [],
      withheld: (moment?.withheld ?? []).map(({ field }) => field),
    },
    incident: {
      partner: played.incident.staff.partner,
      practitioner: played.incident.staff.practitioner,
      from: played.incident.from,
      to: played.incident.to,
      people: [...new Set(seen.map(({ ref }) => ref))],
      classes: sorted(seen.flatMap(({ classes }) => classes)),
      controllers: sorted(seen.flatMap(({ released }) => released.map(holderOf))),
      refused: misuse.length - seen.length,
    },
    breakGlass: { ...played.glass, closed: played.closedGlass },
    practitioner: {
      ...practitioner,
      from: month,
      rows: told
        .filter(by(practitioner))
        .filter(({ at }) => at >= month)
        .map(rowOf),
    },
    agreements: counted(told.filter(({ at }) => at >= month).flatMap(({ agreements }) => agreements)),
    joined: {
      ...joined,
      recipients: told
        .filter(({ person }) => person === joined.person)
        .filter(within(joined.from, joined.to))
        .filter(({ released }) => released.some((field) => holderOf(field) === joined.holder))
        .map(rowOf),
    },
  };
}

/** Only who looks up whom they hold has a reason; who breaks the glass has none, and is reviewed. */
function rowOf({ operation, ...told }: Told & { operation: Operation }): Row {
  const { at, staff, purpose, why }: Deed = operation.deed;
  return {
    ...staff,
    entry: told.entry,
    at,
    subject: told.ref,
    purpose,
    shown: told.outcome === 'shown',
    explained: why === 'HELD' || why === 'MISUSE',
    classes: told.classes,
    agreements: told.agreements,
  };
}

function counted(names: readonly string[]): Map<string, number> {
  return new Map([...Map.groupBy(names, (name) => name)].map(([name, same]) => [name, same.length] as const).sort());
}

function holderOf(released: string): string {
  return released.slice(0, Math.max(0, released.indexOf('|')));
}

function sorted(texts: readonly string[]): string[] {
  return [...new Set(texts)].filter((text) => text !== '').sort();
}
