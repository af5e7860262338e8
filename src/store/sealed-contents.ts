import { randomUUID } from 'node:crypto';
import { openText, sealText } from '../audit/free-text.ts';
import type { SealedContents } from '../record/checks.ts';
import type { Database } from './client.ts';

/** @param keys of the pseudonyms, oldest first: the last one seals */
export function createSealedContents(db: Database, keys: readonly Uint8Array[]): SealedContents {
  return {
    seal(text) {
      const [id, epoch, key] = [randomUUID(), keys.length, keys.at(-1)];
      if (!key) throw new RangeError('there is no key to seal with');
      return { id, epoch, ...sealText(key, epoch, id, text) };
    },

    async read(id) {
      const row = await db.sealedContent.findUnique({ where: { id }, select: { epoch: true, sealed: true } });
      return row && openText(keys, id, row.epoch, row.sealed);
    },

    async hasOld(closedBefore) {
      // The least of each is one look at its index, whatever the planner thinks of the instant.
      const [found] = await db.$queryRaw<{ old: boolean }[]>`
        select coalesce(least(
          (select min(c.empty_from) from record.check as c where c.pending is null),
          (select min(pack.empty_from) from record.referral_pack as pack where pack.pending is null)
        ) < ${closedBefore.toISOString()}::timestamptz, false) as old`;
      return found?.old ?? false;
    },

    async deleteOld(closedBefore, limit) {
      const [done] = await db.$queryRaw<{ deleted: number }[]>`
        with old as materialized (
          select c.id from record.check as c
          where c.empty_from < ${closedBefore.toISOString()}::timestamptz and c.pending is null
          order by c.empty_from limit ${limit} for update skip locked
        ), old_pack as materialized (
          select id from record.referral_pack
          where empty_from < ${closedBefore.toISOString()}::timestamptz and pending is null
          order by empty_from limit ${limit} for update skip locked
        ), emptied as (
          update record.check as c set empty_from = null where c.id in (select id from old)
        ), emptied_request as (
          update record.check_request
          set content_id = null, answer = answer || '{"contentId": null}' where check_id in (select id from old)
        ), emptied_pack as (
          update record.referral_pack set empty_from = null, contacts_id = null where id in (select id from old_pack)
        ), deleted as (
          delete from record.sealed_content
          where about in (select id from old union all select id from old_pack)
          returning 1
        )
        select count(*)::int as deleted from deleted`;
      return done?.deleted ?? 0;
    },
  };
}
