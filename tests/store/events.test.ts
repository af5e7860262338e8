import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { NewEvent } from '../../src/record/checks.ts';
import type { Events, Fingerprint } from '../../src/record/events.ts';
import { openStore, type Store } from '../../src/store/client.ts';
import { createEvents } from '../../src/store/events.ts';
import { createGapAcknowledgements } from '../../src/store/gap-acknowledgements.ts';
import { openSession } from '../../src/store/session.ts';
import { ASKER, event, later, NOON } from './check.ts';
import { migratedDatabase, query, type TestDatabase } from './database.ts';

const KINDS = ['CHECK_RETURNED', 'RECALLED'];

let database: TestDatabase;
let stores: Store[];
/** As in two gateways. */
let events: Events;
let others: Events;

beforeAll(async () => {
  database = await migratedDatabase();
  stores = [1, 2].map(() => openStore(database.gatewayUrl, { poolSize: 6 }));
  [events, others] = stores.map(({ db }) => createEvents(db)) as [Events, Events];
});

afterAll(async () => {
  await Promise.all(stores.map((store) => store.close()));
  await database.drop();
});

const reading = (people: readonly string[], sequence = 0n) => ({
  sequence,
  people,
  kinds: KINDS,
  partner: ASKER,
  since: later(-60),
  limit: 100,
});

describe('what happened', () => {
  it('is read once by whoever goes on from where they were, in its order', async () => {
    const people = [randomUUID(), randomUUID()] as const;
    const made = Array.from({ length: 7 }, (_, n) => event(people[n % 2] as string, { at: later(-n) }));
    await events.add(made, []);
    const read: string[] = [];
    let sequence = 0n;
    for (let more = true; more; ) {
      const page = await others.after({ ...reading(people, sequence), limit: 3 });
      expect(page.events.length).toBeLessThanOrEqual(3);
      read.push(...page.events.map(({ id }) => id));
      more = page.more;
      sequence = page.next;
    }
    expect(read).toEqual(made.map(({ id }) => id));
    const nothing = await others.after(reading(people, sequence));
    expect(nothing).toEqual({ events: [], more: false, next: sequence });
    const next = event(people[0]);
    await events.add([next], []);
    expect((await others.after(reading(people, sequence))).events).toEqual([
      { ...next, sequence: expect.any(BigInt) as bigint },
    ]);
  });

  it('is told of these people, kinds and partners, since an instant', async () => {
    const person = randomUUID();
    const told = [event(person), event(person, { partner: ASKER, kind: 'RECALLED', reference: 'a-reference' })];
    const untold = [
      event(randomUUID()),
      event(person, { kind: 'RELEASED' }),
      event(person, { partner: 'hmpps-prisons' }),
      event(person, { at: later(-61) }),
    ];
    await events.add([...untold, ...told], []);
    const page = await events.after(reading([person]));
    expect(page.events.map(({ sequence: _, ...each }) => each)).toEqual(told);
    expect(page.next).toBeGreaterThanOrEqual(page.events[1]?.sequence ?? 0n);
    expect((await events.after(reading([]))).events).toEqual([]);
  });

  it('goes on from where everybody is where nothing is theirs', async () => {
    await events.add([event(randomUUID())], []);
    const { next } = await events.after(reading([randomUUID()]));
    const [{ newest } = {}] = await query(database.ownerUrl, 'select max(sequence) as newest from record.event');
    expect(next).toBe(BigInt(String(newest)));
    expect((await events.after(reading([randomUUID()], next + 5n))).next).toBe(next + 5n);
  });

  it('is kept once by its id, with what was seen, all of it or nothing', async () => {
    const person = randomUUID();
    const [again, other] = [event(person), event(person)];
    const seen = print(person, 1);
    await events.add([again], [seen]);
    await events.add([again, other], [{ ...seen, hash: Buffer.of(2), seenAt: later(1) }]);
    const kept = (await events.after(reading([person]))).events.map(({ id }) => id);
    expect(kept).toEqual([again.id, other.id]);
    expect(await events.fingerprints(ASKER, [person])).toEqual([
      { ...seen, hash: new Uint8Array([2]), seenAt: later(1) },
    ]);
    expect(await events.fingerprints('hmpps-prisons', [person])).toEqual([]);

    const broken = { ...event(person), kind: null } as unknown as NewEvent;
    await expect(events.add([broken], [print(person, 3)])).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
    expect((await events.fingerprints(ASKER, [person]))[0]?.hash).toEqual(new Uint8Array([2]));
  });

  it('is never missed by a reader, whoever adds at the same time', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 2, maxLength: 12 }), async (batches) => {
        const person = randomUUID();
        const made = batches.map((size) => Array.from({ length: size }, () => event(person)));
        const read: string[] = [];
        let sequence = (await events.after(reading([person]))).next;
        let adding = true;
        const reader = (async () => {
          for (let last = false; !last; ) {
            last = !adding;
            const page = await others.after({ ...reading([person], sequence), limit: 3 });
            read.push(...page.events.map(({ id }) => id));
            sequence = page.next;
            if (page.more) last = false;
          }
        })();
        await Promise.all(made.map((batch, n) => (n % 2 ? events : others).add(batch, [])));
        adding = false;
        await reader;
        expect(read.toSorted()).toEqual(
          made
            .flat()
            .map(({ id }) => id)
            .toSorted(),
        );
      }),
      { numRuns: 10 },
    );
  });

  it('of a transaction that has not ended holds back what comes after it', async () => {
    const person = randomUUID();
    const [first, second] = [event(person), event(person)];
    await using session = await openSession(database.gatewayUrl);
    await session.client.query('begin');
    await session.client.query('select record.add_events($1)', [JSON.stringify([first])]);
    const added = events.add([second], []);
    await expect.poll(() => query(database.ownerUrl, WAITING), { timeout: 5_000, interval: 10 }).toHaveLength(1);
    expect((await others.after(reading([person]))).events).toEqual([]);
    await session.client.query('commit');
    await added;
    expect((await others.after(reading([person]))).events.map(({ id }) => id)).toEqual([first.id, second.id]);
  });

  it('is forgotten once it is old, unless somebody could not be told', async () => {
    const person = randomUUID();
    const at = new Date('2020-01-01T00:00:00Z');
    const [old, dead, young] = [event(person, { at }), event(person, { at }), event(person)];
    await events.add([old, dead, young], []);
    const both = [old, dead].map(({ id }) => ({ event: id, endpoint: 'an-endpoint' }));
    await events.route([old.id, dead.id], both, later(10_000));
    await events.settle({ event: dead.id, endpoint: 'an-endpoint' }, { deadAt: NOON, problem: 'gone' });
    expect(await events.forget(new Date('2021-01-01T00:00:00Z'), 10)).toBe(1);
    const kept = await events.after({ ...reading([person]), since: at });
    expect(kept.events.map(({ id }) => id)).toEqual([dead.id, young.id]);
    expect(await events.retryDead(null, later(10_000))).toBe(1);
    await events.settle({ event: dead.id, endpoint: 'an-endpoint' }, 'dropped');
  });
});

describe('what is sent', () => {
  const NAMES = ['a', 'b'];

  it('is every event once to each endpoint that it is routed to, by one gateway at a time', async () => {
    await unroutedAway();
    const made = Array.from({ length: 9 }, () => event(randomUUID()));
    await events.add(made, []);
    const unrouted = await events.unrouted(100);
    expect(unrouted.map(({ id }) => id)).toEqual(made.map(({ id }) => id));
    const ids = unrouted.map(({ id }) => id);
    const deliveries = ids.flatMap((id) => NAMES.map((endpoint) => ({ event: id, endpoint })));
    await Promise.all([events, others].map((each) => each.route(ids, deliveries, NOON)));
    expect(await events.unrouted(100)).toEqual([]);

    const claims = await Promise.all(
      [events, others, events, others].map((each) => each.claimDeliveries(NAMES, NOON, 6)),
    );
    const claimed = claims.flat();
    const names = claimed.map(({ event: { id }, endpoint }) => `${id} ${endpoint}`);
    expect(names.toSorted()).toEqual(deliveries.map((each) => `${each.event} ${each.endpoint}`).toSorted());
    expect(claimed[0]).toEqual({
      event: { ...made.find(({ id }) => id === claimed[0]?.event.id), sequence: expect.any(BigInt) as bigint },
      endpoint: expect.stringMatching(/^[ab]$/) as string,
      attempts: 0,
    });
    expect(await events.claimDeliveries(NAMES, NOON, 100)).toEqual([]);

    // A gateway that took some and died: they are due again.
    const [first, second, third, ...rest] = deliveries as [Sent, Sent, Sent, ...Sent[]];
    for (const each of rest) await events.settle(each, { deliveredAt: NOON });
    await events.settle(first, { retryAt: later(5), problem: 'status 500' });
    await events.settle(second, 'dropped');
    expect(await others.claimDeliveries(NAMES, later(1), 100)).toMatchObject([
      { event: { id: third.event }, attempts: 0 },
    ]);
    expect(await others.claimDeliveries(NAMES, later(5), 100)).toHaveLength(2);
    await events.settle(first, { deadAt: later(6), problem: 'status 410' });
    await events.settle(third, { deliveredAt: later(6) });
    expect(await events.claimDeliveries(NAMES, later(600), 100)).toEqual([]);

    expect(await events.deadCount()).toBe(1);
    expect(await events.deadLetters(10)).toMatchObject([
      { event: { id: first.event }, endpoint: first.endpoint, attempts: 2, deadAt: later(6), problem: 'status 410' },
    ]);
    expect(await events.retryDead('another', later(7))).toBe(0);
    expect(await events.retryDead(first.endpoint, later(7))).toBe(1);
    expect(await events.deadCount()).toBe(0);
    expect(await events.claimDeliveries(NAMES, later(7), 10)).toMatchObject([
      { event: { id: first.event }, attempts: 0 },
    ]);
    await events.settle(first, { deliveredAt: later(8) });
  });

  it('to one endpoint waits for nothing that another has left', async () => {
    await unroutedAway();
    const made = Array.from({ length: 9 }, () => event(randomUUID()));
    await events.add(made, []);
    await events.route(
      made.map(({ id }) => id),
      made.map(({ id }, place) => ({ event: id, endpoint: place < 8 ? 'a' : 'b' })),
      NOON,
    );
    const claimed = await events.claimDeliveries(NAMES, NOON, 4);
    expect(claimed.map(({ endpoint }) => endpoint).toSorted()).toEqual(['a', 'a', 'a', 'a', 'b']);
    // Nor is it lost on a gateway that does not know the endpoint yet.
    expect(await events.claimDeliveries(['c'], NOON, 100)).toEqual([]);
    expect(await events.claimDeliveries(['a'], NOON, 100)).toHaveLength(4);
    for (const { id } of made)
      for (const endpoint of NAMES) await events.settle({ event: id, endpoint }, { deliveredAt: NOON });
  });

  it('is routed though nobody is to have it', async () => {
    await unroutedAway();
    await events.add([event(randomUUID())], []);
    await unroutedAway();
    expect(await events.claimDeliveries(NAMES, later(600), 10)).toEqual([]);
  });
});

describe('claimWatch', () => {
  it('lets one look at a time, and the next when its time is over', async () => {
    const key = randomUUID();
    const claim = (at: Date) => Promise.all([events, others, events].map((each) => each.claimWatch(key, at, 60_000)));
    expect((await claim(NOON)).filter(Boolean)).toHaveLength(1);
    expect((await claim(new Date(later(1).getTime() - 1))).filter(Boolean)).toHaveLength(0);
    expect((await claim(later(1))).filter(Boolean)).toHaveLength(1);
    expect(await events.claimWatch(`${key} of another`, NOON, 60_000)).toBe(true);
  });

  it('does not wait for a clock that was put back', async () => {
    const key = randomUUID();
    await events.claimWatch(key, later(100_000), 60_000);
    expect(await events.claimWatch(key, NOON, 60_000)).toBe(true);
  });
});

it('an acknowledged gap is kept once, of its release', async () => {
  const { keep, of } = createGapAcknowledgements(stores[0]?.db as Store['db']);
  const gap = { person: randomUUID(), partner: ASKER, rule: 'ADDRESS', release: '2026-06-01', by: 'PRO-1', at: NOON };
  await keep(gap);
  await keep({ ...gap, by: 'PRO-2', at: later(1) });
  await keep({ ...gap, release: '2026-07-01', by: 'PRO-2' });
  await keep({ ...gap, partner: 'hmpps-prisons' });
  expect(await of(ASKER, [gap.person, randomUUID()])).toEqual([gap, { ...gap, release: '2026-07-01', by: 'PRO-2' }]);
  expect(await of(ASKER, [])).toEqual([]);
});

/** Sessions of this database that wait for their turn to add. */
const WAITING = `
  select from pg_locks join pg_database on pg_database.oid = database
  where datname = current_database() and locktype = 'advisory' and not granted`;

type Sent = Parameters<Events['settle']>[0];

function print(person: string, hash: number): Fingerprint {
  return { partner: ASKER, person, holder: 'a-holder', coordinate: 'A.b', hash: Buffer.of(hash), seenAt: NOON };
}

async function unroutedAway() {
  const ids = (await events.unrouted(1000)).map(({ id }) => id);
  await events.route(ids, [], NOON);
  expect(await events.unrouted(1)).toEqual([]);
}
