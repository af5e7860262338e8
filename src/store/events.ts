import type { SavedEvent } from '../record/checks.ts';
import type { Events, Fingerprint } from '../record/events.ts';
import type { Database } from './client.ts';
import { createDeliveries, EVENT } from './event-deliveries.ts';

/** Keeps what happened, what was seen by watching, and to whom it is told, in the schema `record`. */
export function createEvents(db: Database): Events {
  return {
    ...createDeliveries(db),

    async add(events, seen) {
      // In one order everywhere: two that look at the same people would wait for each other.
      const prints = [...seen].sort((one, other) => (keyOf(one) < keyOf(other) ? -1 : 1));
      await db.$queryRaw`
        with kept as (
          insert into record.fingerprint (partner, person, holder, coordinate, hash, seen_at)
          select partner, person, holder, coordinate, decode(hash, 'hex'), "seenAt"
          from jsonb_to_recordset(${JSON.stringify(prints.map(inHex))}::jsonb) as print (
            partner text, person uuid, holder text, coordinate text, hash text, "seenAt" timestamptz
          )
          on conflict (partner, person, holder, coordinate) do update set hash = excluded.hash, seen_at = excluded.seen_at
          returning 1
        )
        select record.add_events(${JSON.stringify(events)}::jsonb)::text from (select count(*) from kept) as all_kept`;
    },

    async after({ sequence, people, kinds, partner, since, limit }) {
      const rows = await db.$queryRaw<(SavedEvent & { newest: bigint })[]>`
        select ${EVENT}, newest.sequence as newest
        from (select coalesce(max(sequence), 0) as sequence from record.event) as newest
        left join lateral (
          select event.* from unnest(${people}::uuid[]) as wanted (person)
          cross join lateral (
            select * from record.event
            where event.person = wanted.person and event.sequence > ${sequence} and kind = any(${kinds})
              and (partner is null or partner = ${partner}) and at >= ${since.toISOString()}::timestamptz
            order by event.sequence limit ${limit + 1}
          ) as event
          order by event.sequence limit ${limit + 1}
        ) as event on true
        order by event.sequence`;
      const found = rows.flatMap(({ newest: _, ...event }) => (event.id === null ? [] : [event]));
      const events = found.slice(0, limit);
      const more = found.length > limit;
      const newest = rows[0]?.newest ?? 0n;
      const last = events.at(-1)?.sequence ?? sequence;
      return { events, more, next: more ? last : newest > sequence ? newest : sequence };
    },

    async forget(before, limit) {
      return db.$executeRaw`
        delete from record.event where sequence in (
          select sequence from record.event
          where at < ${before.toISOString()}::timestamptz
            and not exists (select from record.delivery where event_id = event.id and dead_at is not null)
          order by at limit ${limit}
        )`;
    },

    async fingerprints(partner, people) {
      return db.$queryRaw<Fingerprint[]>`
        select partner, person::text, holder, coordinate, hash, seen_at as "seenAt" from record.fingerprint
        where partner = ${partner} and person = any(${people}::uuid[])
        order by person, holder, coordinate`;
    },

    async claimWatch(key, now, milliseconds) {
      const until = new Date(now.getTime() + milliseconds).toISOString();
      const claimed = await db.$executeRaw`
        insert into record.watch as kept (key, at, claimed_until)
        values (${key}, ${now.toISOString()}::timestamptz, ${until}::timestamptz)
        on conflict (key) do update set at = excluded.at, claimed_until = excluded.claimed_until
        where kept.claimed_until <= excluded.at
          -- The clock was put back: nobody waits until it is that late again.
          or kept.at > excluded.at`;
      return claimed === 1;
    },
  };
}

function keyOf({ partner, person, holder, coordinate }: Fingerprint): string {
  return [partner, person, holder, coordinate].join('|');
}

function inHex({ hash, ...print }: Fingerprint): object {
  return { ...print, hash: Buffer.from(hash).toString('hex') };
}
