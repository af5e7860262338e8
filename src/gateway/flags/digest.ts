import type { Logger } from 'pino';
import type { DayOfLog, LogReader } from '../../audit/log-reader.ts';
import type { Pseudonyms } from '../../audit/pseudonym.ts';
import { type Clock, systemClock } from '../../clock.ts';
import { accessesOf } from '../../flags/access.ts';
import { explain } from '../../flags/explain.ts';
import type { Access } from '../../flags/types.ts';
import { addDays } from '../../record/day.ts';
import type { Day } from '../../record/facts.ts';
import { endOfDay, londonDay } from '../../record/london.ts';
import type { Engine } from '../engine.ts';
import { releasesOf } from '../log/look.ts';
import { type Repeated, repeat } from '../repeat.ts';
import { asTold } from './as-told.ts';
import { startCount } from './count.ts';
import { findFlags } from './find.ts';
import { peopleBehind } from './people-behind.ts';
import { operationsOf, spanOfDays } from './read-days.ts';
import { regroup } from './regroup.ts';
import { type SetApart, setApart } from './set-apart.ts';
import { readKnown, talliesOn } from './surroundings.ts';

export interface DigestDependencies {
  /** What is in force now: asked once a round. */
  readonly engine: () => Engine;
  readonly pseudonyms: Pseudonyms;
  readonly clock: Clock;
  readonly logger: Logger;
}

export interface Digest extends Repeated {
  /** Goes through everything that is in the log by now, whoever's turn it is. Rejects where it cannot. */
  round(): Promise<void>;
}

const FIRST_PAUSE_MILLISECONDS = 20_000;
const PAUSE_MILLISECONDS = 60_000;
/** Of several gateways one goes through the log, as often as this. */
const TURN_MILLISECONDS = 55 * 60_000;
/** Entries that are gone through at once, but for a day with more. */
const LOT = 20_000;

/**
 * Goes through the log, from where it was, for what somebody should look at and for figures. A day of which the log has
 * something new is gone through anew, as a whole: the day that runs, what came late, and what a gateway that died had
 * left, all in the same way.
 */
export function keepDigesting(dependencies: DigestDependencies): Digest {
  const { engine, logger } = dependencies;
  const closing = new AbortController();
  let isFirst = true;
  let isLeft = false;
  let turn = Promise.resolve();

  const repeated = repeat(async () => {
    if (isFirst) {
      isFirst = false;
      return FIRST_PAUSE_MILLISECONDS;
    }
    try {
      const isMine = await engine().events.claimWatch('digest', systemClock.now(), TURN_MILLISECONDS);
      if (isMine || isLeft) await next();
      isLeft = false;
    } catch (error) {
      // The turn is taken, and others wait for theirs: what was left is this gateway's.
      isLeft = true;
      if (!closing.signal.aborted)
        logger.error({ err: error }, 'the log could not be gone through for flags; it is tried again');
    }
    return PAUSE_MILLISECONDS;
  });

  return {
    round: next,
    async close() {
      closing.abort();
      await repeated.close();
      await turn.catch(() => {});
    },
  };

  function next(): Promise<void> {
    turn = turn.catch(() => {}).then(() => goThrough(dependencies, closing.signal));
    return turn;
  }
}

async function goThrough({ engine, pseudonyms, clock }: DigestDependencies, signal: AbortSignal): Promise<void> {
  const pinned = engine();
  const { logReader: log, flagDigest, policy } = pinned;
  if (log === null) return;
  const now = clock.now();
  const apart = await setApart(pinned, pseudonyms, londonDay(now));
  const kept = await flagDigest.progress();
  const refs = [...apart.counted].sort();
  let from = kept?.next ?? 0;
  // Whoever stands apart since, or does no more, is counted anew.
  const moved = kept ? difference(kept.setApart, refs) : [];
  for (const lot of lotsOf(await daysAbout(log, moved))) {
    await digestDays(pinned, log, pseudonyms, apart, lot, now, signal);
  }
  for (;;) {
    const [days, next] = await daysFrom(log, from);
    for (const lot of lotsOf(days)) await digestDays(pinned, log, pseudonyms, apart, lot, now, signal);
    await flagDigest.keepProgress({ next, upTo: now, setApart: refs });
    if (next === from) break;
    from = next;
  }
  await flagDigest.forgetTallies(addDays(londonDay(now), -(policy.bundle.flags.baselineDays + KEPT_LONGER_DAYS)));
}

/** So long may an entry be late, and still find what it is measured by. */
const KEPT_LONGER_DAYS = 400;

/** Days of which the log has something new, a stretch at a time; a day of many stretches is told once. */
async function daysFrom(log: LogReader, from: number): Promise<[readonly DayOfLog[], number]> {
  const days = new Map<Day, DayOfLog>();
  let next = from;
  for (;;) {
    const found = await log.daysOnward(next, LOT);
    for (const each of found) {
      days.set(each.day, { ...each, entries: each.entries + (days.get(each.day)?.entries ?? 0) });
      next = Math.max(next, each.next);
    }
    const entries = found.reduce((sum, each) => sum + each.entries, 0);
    if (entries < LOT || days.size > 1) break;
  }
  return [[...days.values()].sort((one, other) => (one.day < other.day ? -1 : 1)), next];
}

/** Days on which these pseudonyms are spoken of. */
async function daysAbout(log: LogReader, subjects: readonly string[]): Promise<readonly DayOfLog[]> {
  const days = new Map<Day, DayOfLog>();
  for (let start = 0; start < subjects.length; start += LARGEST_LIST) {
    const some = subjects.slice(start, start + LARGEST_LIST);
    for (let before: number | null = null; ; ) {
      const rows = await log.page({ subjects: some, ...(before !== null && { before }) }, LARGEST_LIST);
      for (const { body } of rows) {
        const { at } = JSON.parse(body.toString()) as { at: string };
        const day = londonDay(new Date(at));
        days.set(day, { day, entries: 1 + (days.get(day)?.entries ?? 0), next: 0 });
      }
      before = rows.at(-1)?.index ?? null;
      if (before === null || rows.length < LARGEST_LIST) break;
    }
  }
  return [...days.values()].sort((one, other) => (one.day < other.day ? -1 : 1));
}

const LARGEST_LIST = 1_000;
/** Days that are gone through at once, at most: what is between the first and the last is read too. */
const MOST_DAYS = 31;

/** Neighbouring days together, as long as they are few and have few entries. */
function lotsOf(days: readonly DayOfLog[]): Day[][] {
  const lots: { days: Day[]; entries: number }[] = [];
  for (const { day, entries } of days) {
    const lot = lots.at(-1);
    const first = lot?.days[0] ?? '';
    if (lot && lot.entries + entries <= LOT && day < addDays(first, MOST_DAYS)) {
      lot.days.push(day);
      lot.entries += entries;
    } else {
      lots.push({ days: [day], entries });
    }
  }
  return lots.map((lot) => lot.days);
}

async function digestDays(
  engine: Engine,
  log: LogReader,
  pseudonyms: Pseudonyms,
  apart: SetApart,
  days: readonly Day[],
  now: Date,
  signal: AbortSignal,
): Promise<void> {
  const { flagDigest, figures, policy } = engine;
  const { flags: rules, agreements } = policy.bundle;
  const { classOf } = releasesOf(policy);
  const [first, last] = [days[0], days.at(-1)];
  if (first === undefined || last === undefined) return;
  const wanted = new Set(days);
  const isApart = (subject: string) => apart.counted.has(subject);
  const byReference = new Map(agreements.map((agreement) => [agreement.reference, agreement]));
  const count = startCount(isApart, { agreements: byReference, classOf });
  const accesses: Access[] = [];
  const epochs = new Map<string, number>();
  for await (const operation of operationsOf(log, first, last)) {
    signal.throwIfAborted();
    const [entry] = operation;
    if (!entry || !wanted.has(londonDay(new Date(entry.at)))) continue;
    count.operation(operation);
    for (const { subject } of operation) if (subject) epochs.set(subject.ref, subject.epoch);
    accesses.push(...accessesOf(operation.map(asTold)));
  }
  const people = await peopleBehind(engine, pseudonyms, new Set(accesses.map(({ subject }) => subject)));
  const tallies = talliesOn(accesses, isApart);
  const known = await readKnown(engine, pseudonyms, people, accesses, tallies, days);

  const byDay = Map.groupBy(accesses, ({ day }) => day);
  const found = days.flatMap((day) =>
    findFlags(day, byDay.get(day) ?? [], known, apart, rules, (subject) => epochs.get(subject) ?? 1),
  );
  for (const [day, looks] of byDay) {
    const { held } = known.around(day, false);
    for (const look of looks) {
      if (look.kind !== 'disclosure' || isApart(look.subject)) continue;
      count.explained(day, look.partner, explain(look, held(look), rules).kind);
    }
  }
  const span = spanOfDays(first, last);
  for (const request of await figures.answered(span.from, span.to)) {
    if (wanted.has(londonDay(request.answeredAt)) && !apart.people.has(request.person)) count.turnaround(request);
  }
  const gone = await flagDigest.keepDays(days, { flags: found, tallies, figures: count.figures() });
  const dueAt = endOfDay(new Date(`${addDays(londonDay(now), rules.cases.dueDays)}T12:00:00Z`));
  await regroup(flagDigest, [...found, ...gone], rules, now, dueAt);
}

function difference(one: readonly string[], other: readonly string[]): string[] {
  const [first, second] = [new Set(one), new Set(other)];
  return [...one.filter((each) => !second.has(each)), ...other.filter((each) => !first.has(each))];
}
