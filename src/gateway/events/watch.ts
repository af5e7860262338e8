import { randomUUID } from 'node:crypto';
import type { Logger } from 'pino';
import { type OperationFacts, type StoredEntry, watchEntry } from '../../audit/entry.ts';
import type { AuditLog } from '../../audit/log.ts';
import type { Pseudonyms } from '../../audit/pseudonym.ts';
import type { Clock } from '../../clock.ts';
import type { View } from '../../policy/view.ts';
import type { NewEvent } from '../../record/checks.ts';
import { londonDay } from '../../record/london.ts';
import type { Standing } from '../../record/standings.ts';
import { createLoaders } from '../../sources/loaders.ts';
import type { Engine } from '../engine.ts';
import type { Metrics } from '../metrics.ts';
import { outcomeOf } from '../subject-outcome.ts';
import { judge } from './judge.ts';
import { type KindInView, kindsInView } from './kinds.ts';
import { createLook } from './look.ts';
import { decideOnBehalf, standingsIn, systemActor } from './on-behalf.ts';
import type { Prints } from './prints.ts';

export interface WatchDependencies {
  readonly engine: () => Engine;
  readonly log: Pick<AuditLog, 'append'>;
  readonly pseudonyms: Pseudonyms;
  readonly prints: Prints;
  readonly clock: Clock;
  readonly metrics: Pick<Metrics, 'asked' | 'watched'>;
  readonly logger: Logger;
  readonly node: string;
}

/** People that are read and asked about at once. */
const BATCH = 500;
/** All holders together have this long for one batch. */
const DEADLINE_MILLISECONDS = 8_000;

/**
 * One round for one partner: looks, on behalf of those who have relationships there, at what the policy lets its roles
 * know of, and keeps what happened. Nothing that was read is kept but keyed prints of it. What is found is in the log
 * before it is an event; a round that ends halfway is gone on with by the next, and tells nothing twice.
 * @throws GatewayError where store or log cannot be reached
 */
export async function watchPartner(
  dependencies: WatchDependencies,
  partner: string,
  signal: AbortSignal,
): Promise<void> {
  const { clock } = dependencies;
  const engine = dependencies.engine();
  const day = londonDay(clock.now());
  const audiences = [...engine.policy.bundle.events.values()].flatMap(({ audience }) => audience);
  const views = new Set(
    audiences.flatMap(({ role, purpose }) => engine.policy.viewOf({ role, partner }, purpose, day) ?? []),
  );
  /** Whom nothing more is to be looked at for: several roles know the same of the same people. */
  const done = new Map<string, Set<string>>();
  for (const view of views) {
    const kinds = kindsInView(engine.policy, view).filter(({ watches }) => watches.size > 0);
    if (kinds.length === 0) continue;
    const standings = await standingsIn(engine, view, null);
    for (let start = 0; start < standings.length; start += BATCH) {
      if (signal.aborted) return;
      await watchSome(dependencies, engine, view, kinds, standings.slice(start, start + BATCH), done, signal);
    }
  }
}

async function watchSome(
  { log, pseudonyms, prints, clock, metrics, logger, node }: WatchDependencies,
  engine: Engine,
  view: View,
  kinds: readonly KindInView[],
  standings: readonly Standing[],
  done: Map<string, Set<string>>,
  signal: AbortSignal,
): Promise<void> {
  const { bundle } = engine.policy;
  const now = clock.now();
  const left = (person: string) => kinds.filter(({ policy }) => !done.get(person)?.has(policy.kind));
  const wanted = standings.filter(({ person }) => left(person).length > 0);
  const considered = await decideOnBehalf(engine, { view, now }, wanted);
  const permitted = considered.filter(({ decision }) => decision.permitted);
  if (permitted.length === 0) return;

  const requestId = randomUUID();
  const loaders = createLoaders(engine.holders, engine.keyField, {
    requestId,
    signal: AbortSignal.any([signal, AbortSignal.timeout(DEADLINE_MILLISECONDS)]),
  });
  const look = createLook(engine, { view, now, loaders });
  const keys = permitted.map(({ facts }) => facts?.person ?? '');
  const [kept, looks] = await Promise.all([
    engine.events.fingerprints(view.partner, keys),
    Promise.all(permitted.map((subject) => look(subject, left(subject.facts?.person ?? '')))),
  ]);
  // Nobody was asked about anybody: of these people the view may know nothing that is watched.
  if (loaders.asked().size === 0) return;
  for (const [holder, faults] of loaders.asked()) {
    metrics.asked(holder, faults.length);
    if (faults.length > 0) logger.warn({ requestId, holder, faults }, 'holder not heard');
  }

  const keptOf = Map.groupBy(kept, ({ person }) => person);
  const noticeDays = bundle.gaps.get('ADDRESS_NOTIFICATION')?.sinceDays ?? 0;
  const found = looks.map((each) => {
    const person = each.subject.facts?.person ?? '';
    const judged = [...each.heard].map(([{ policy }, heard]) => {
      const { event, prints: toKeep } = judge(policy, heard, keptOf.get(person) ?? [], { prints, now, noticeDays });
      return { kind: policy.kind, event, prints: toKeep };
    });
    done.set(person, new Set([...(done.get(person) ?? []), ...each.asked.map(({ policy }) => policy.kind)]));
    return { ...each, person, judged, seen: judged.flatMap((it) => it.prints) };
  });
  const events = found.flatMap(({ person, judged }) =>
    judged.flatMap(({ kind, event }): NewEvent[] =>
      event === null ? [] : [{ id: event, kind, at: now, person, partner: view.partner, reference: null }],
    ),
  );

  const operation: OperationFacts = {
    requestId,
    trace: null,
    network: null,
    node,
    actor: systemActor(view),
    purpose: view.purpose.code,
    policy: bundle.hash,
    operation: { name: null, hash: null },
  };
  // A person has an entry when they are first looked at, in each month after, and when something changed: of each look
  // there would be thousands that say the same. Every round says how many it looked at, and whom it asked (ADR 0016).
  const told = found.filter(({ seen, read }) => seen.length > 0 && read.length > 0);
  const entries: StoredEntry[] = [
    watchEntry(now, operation, {
      outcome: 'answered',
      status: 200,
      reasons: [],
      sources: [...loaders.asked().keys()].sort(),
      counts: { subjects: found.length, shown: told.length, considered: considered.length },
    }),
    ...told.map(({ node: place, read }) =>
      watchEntry(now, operation, outcomeOf(place, read, { view, agreements: bundle.agreements, pseudonyms })),
    ),
  ];
  await log.append(entries);
  await engine.events.add(
    events,
    found.flatMap(({ seen }) => seen),
  );
  metrics.watched(events.length);
}
