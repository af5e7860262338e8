/**
 * A year of activity of the demonstration's practitioners on its synthetic people: nobody in it exists, and nothing in it
 * happened. Everybody looks up those whom they really hold, by the population's own facts; a few slip, a few snoop, and what
 * each of them was shown is decided by the policy. The same for the same population, seed, size and moment, but for the ids.
 */
import type { StoredEntry } from '../../audit/entry.ts';
import type { Pseudonyms } from '../../audit/pseudonym.ts';
import type { Policy } from '../../policy/territory.ts';
import { addDays } from '../../record/day.ts';
import type { BreakGlassAttempt, SealedText } from '../../record/governance.ts';
import { londonDay } from '../../record/london.ts';
import type { Fact } from '../population/fact.ts';
import type { Population } from '../population/population.ts';
import { answersOf, type KnownAnswers } from './answers.ts';
import { emergencies, reviews } from './emergencies.ts';
import { honestDay, type Workforce } from './honest.ts';
import { type Deed, endOf, type Operation, record } from './look.ts';
import { type Plant, plant, plantFacts } from './plants.ts';
import { sceneFacts, scenes } from './scenes.ts';
import { createWorld, nameOf, type World } from './world.ts';

export interface ActivityOptions {
  readonly seed: number;
  /** About so many entries about people. */
  readonly accesses: number;
  /** The last moment. */
  readonly until: Date;
  readonly policy: Policy;
  readonly pseudonyms: Pseudonyms;
  /** The gateway's name in its entries. */
  readonly node: string;
  /** Seals what practitioners wrote. */
  seal(text: string): SealedText;
}

export interface Activity {
  readonly world: World;
  /** What the population's own facts leave out. */
  readonly facts: readonly Fact[];
  readonly plants: readonly Plant[];
  /** Oldest first; made as they are read, once. */
  readonly operations: Iterable<Operation>;
  /** Of what was read so far. */
  glass(): readonly KeptGlass[];
  /** @throws Error before every operation was read */
  answers(): KnownAnswers;
}

/** Break-glass as the gateway keeps it beside the log. */
export interface KeptGlass {
  readonly attempt: BreakGlassAttempt;
  readonly text: SealedText;
  /** The answer that it opened, and whose data that showed; null where nothing was shown. */
  readonly disclosed: { readonly requestId: string; readonly at: Date; readonly holders: readonly string[] } | null;
  readonly closed: { readonly at: Date; readonly reviewer: string; readonly text: SealedText } | null;
}

const DAYS = 364;
/** Entries about people for which one more round of snooping is planted. */
const PER_ROUND = 40_000;
const PER_EMERGENCY = 700;
/** What is kept to answer from: page questions are about the last weeks. */
const KEPT_DAYS = 45;

export function activity(population: Population, options: ActivityOptions): Activity {
  const { seed, accesses, until, policy, pseudonyms, node } = options;
  const today = londonDay(until);
  const facts = [...plantFacts(population, today), ...sceneFacts(today)];
  const world = createWorld(population, policy, facts, today);
  const texts = new Map<string, SealedText>();
  const write = (text: string) => {
    const sealed = options.seal(text);
    texts.set(sealed.id, sealed);
    return { id: sealed.id, commitment: sealed.commitment };
  };

  const force = workforce(world, accesses);
  const rounds = Math.max(1, Math.floor(accesses / PER_ROUND));
  const common = { world, seed, until, staff: force.staff, write };
  const planted = plant({ ...common, rounds });
  const played = scenes(world, seed, until, write);
  const urgent = emergencies(Math.ceil(accesses / PER_EMERGENCY), common);
  const open = new Set(Object.values(played.glass));
  const broken = [...planted.deeds, ...played.deeds, ...urgent];
  const closing = reviews(
    broken.filter(({ what }) => what.kind === 'break-glass' && !open.has(what.id)),
    write,
  );
  const planned = Map.groupBy([...broken, ...closing], ({ at }) => londonDay(at));
  const busy = new Set(
    [...planted.deeds, ...played.deeds].map(({ at, staff }) => `${nameOf(staff)}\n${londonDay(at)}`),
  );
  const everybody: Workforce = { ...force, world, seed, isBusy: (staff, day) => busy.has(`${nameOf(staff)}\n${day}`) };

  const kept: Operation[] = [];
  const attempts: Operation[] = [];
  let isRead = false;
  function* operations(): Generator<Operation> {
    const recent = addDays(today, -KEPT_DAYS);
    for (let day = addDays(today, -DAYS); day <= today; day = addDays(day, 1)) {
      const deeds = [...honestDay(day, everybody), ...(planned.get(day) ?? [])]
        .filter(({ at }) => at <= until)
        .sort((one, other) => one.at.getTime() - other.at.getTime());
      for (const deed of deeds) {
        const operation = record(deed, { world, pseudonyms, node, policy: policy.bundle.hash });
        if (day >= recent) kept.push(operation);
        if (isOfGlass(deed)) attempts.push(operation);
        yield operation;
      }
    }
    isRead = true;
  }

  return {
    world,
    facts,
    plants: planted.plants,
    operations: operations(),
    glass: () => keptGlass(attempts, { world, pseudonyms, textOf: (id) => texts.get(id) }),
    answers() {
      if (!isRead) throw new Error('the year is not over: read every operation first');
      return answersOf(kept, played, planted.plants, world);
    },
  };
}

/** Break-glass, what it opened, and its review. */
function isOfGlass({ what }: Deed): boolean {
  return what.kind === 'break-glass' || what.kind === 'review' || (what.kind === 'look' && what.glass !== undefined);
}

/** Enough people for so many look-ups, working about half of the days; or everybody, working more. */
function workforce({ staff }: World, accesses: number): Pick<Workforce, 'staff' | 'active' | 'looks'> {
  const [workdays, entriesPerLook, usual, fewest] = [252, 1.2, 4, 96];
  const wanted = Math.ceil(accesses / (workdays * entriesPerLook * usual * 0.5));
  const chosen = staff.slice(0, Math.max(fewest, wanted));
  const perDay = accesses / (chosen.length * workdays * entriesPerLook);
  const active = Math.min(0.85, perDay / usual);
  return { staff: chosen, active, looks: Math.max(usual, Math.round(perDay / active)) };
}

function keptGlass(
  operations: readonly Operation[],
  {
    world,
    pseudonyms,
    textOf,
  }: {
    readonly world: World;
    readonly pseudonyms: Pseudonyms;
    textOf(id: string): SealedText | undefined;
  },
): KeptGlass[] {
  const closings = new Map(
    operations.flatMap(({ deed }) => (deed.what.kind === 'review' ? [[deed.what.breakGlass, deed] as const] : [])),
  );
  return operations.flatMap(({ deed, entries }): KeptGlass[] => {
    const { at, staff, purpose, what } = deed;
    const text = what.kind === 'break-glass' ? textOf(what.text.id) : undefined;
    if (what.kind !== 'break-glass' || text === undefined) return [];
    const closing = closings.get(what.id);
    const closingText = closing?.what.kind === 'review' ? textOf(closing.what.text.id) : undefined;
    return [
      {
        attempt: {
          id: what.id,
          idempotencyKey: what.id,
          requestId: what.id,
          partner: staff.partner,
          practitioner: staff.practitioner,
          role: staff.role,
          purpose,
          person: what.whom,
          sent: pseudonyms.ofIdentifier('id', what.whom).ref,
          reason: what.reason,
          openedAt: at,
          until: entries.some(isGranted) ? endOf(at, world) : null,
        },
        text,
        disclosed: disclosedIn(operations, what.id),
        closed:
          closing && closingText ? { at: closing.at, reviewer: closing.staff.practitioner, text: closingText } : null,
      },
    ];
  });
}

function disclosedIn(operations: readonly Operation[], glass: string): KeptGlass['disclosed'] {
  const answer = operations.find(({ deed: { what } }) => what.kind === 'look' && what.glass === glass);
  const fields = answer?.told.flatMap(({ released }) => released) ?? [];
  const holders = [...new Set(fields.map((field) => field.slice(0, field.indexOf('|'))))].sort();
  return answer && holders.length > 0 ? { requestId: answer.requestId, at: answer.deed.at, holders } : null;
}

function isGranted({ body }: StoredEntry): boolean {
  return new TextDecoder().decode(body).includes('"outcome":"granted"');
}
