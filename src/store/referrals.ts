import type { ReferralChange, ReferralPack, Referrals } from '../record/referrals.ts';
import { type Changes, createCommands } from './check-commands.ts';
import { inSnakeCase } from './check-rows.ts';
import type { Database } from './client.ts';
import { Prisma } from './generated/client.ts';
import { createSealedContents } from './sealed-contents.ts';

/** @param keys of the pseudonyms, oldest first: the last one seals */
export function createReferrals(db: Database, keys: readonly Uint8Array[]): Referrals {
  const { save, command, activate } = createCommands(db);
  return {
    command,
    activate,
    contents: createSealedContents(db, keys),

    async byIds(ids, byCommand) {
      // First what waits: what is put in force between the two reads is found by the second.
      const made = byCommand === undefined ? [] : await madeBy(byCommand);
      const inForce = await read(Prisma.sql`where version > 0 and id = any(${ids}::uuid[])`);
      const wanted = new Set(ids);
      const byVersion = [...made, ...inForce].sort((one, other) => one.version - other.version);
      const newest = new Map(byVersion.map((pack) => [pack.id, pack]));
      return [...newest.values()].filter(({ id }) => wanted.has(id));
    },

    async page({ list, partner, people, from, after, limit }) {
      const listed = Prisma.sql`
        version > 0 and person = any(${people}::uuid[]) and ${
          list === 'SENT_TO'
            ? Prisma.sql`provider = ${partner} and open`
            : Prisma.sql`partner = ${partner} and state <> 'ENDED' and arrives_at >= ${at(from)}`
        }`;
      const next = after
        ? Prisma.sql`(arrives_at, id) > (${at(after.arrivesAt)}, ${after.id}::uuid)`
        : Prisma.sql`true`;
      const [packs, counted] = await Promise.all([
        read(Prisma.sql`where ${listed} and ${next} order by arrives_at, id limit ${limit}`),
        db.$queryRaw<{ total: number }[]>`
          select count(*)::int as total from record.referral_pack where ${listed}`,
      ]);
      return { packs, total: counted[0]?.total ?? 0 };
    },

    async peopleSentTo(provider, limit) {
      const rows = await db.$queryRaw<{ person: string }[]>`
        select person::text from record.referral_pack where provider = ${provider} and open and version > 0
        order by arrives_at, id limit ${limit}`;
      return rows.map(({ person }) => person);
    },

    async overdue(arriveBefore, now, limit) {
      const rows = await db.$queryRaw<{ id: string }[]>`
        update record.referral_pack set look_at = ${at(now)} + interval '1 minute'
        where id in (
          select id from record.referral_pack
          where open and version > 0 and pending is null and arrives_at < ${at(arriveBefore)} and look_at <= ${at(now)}
          order by look_at limit ${limit} for update skip locked
        )
        returning id::text`;
      return read(Prisma.sql`where id = any(${rows.map(({ id }) => id)}::uuid[]) order by arrives_at, id`);
    },

    async save(changes, by, instant) {
      return save(toChanges(changes), by, instant);
    },
  };

  async function read(condition: Prisma.Sql) {
    return db.$queryRaw<ReferralPack[]>`select ${COLUMNS} from record.referral_pack as pack ${condition}`;
  }

  async function madeBy(byCommand: string) {
    return db.$queryRaw<ReferralPack[]>`
      select ${COLUMNS}
      from record.check_command as command, jsonb_populate_recordset(null::record.referral_pack, changes->'packs') as pack
      where command.id = ${byCommand}::uuid and waiting`;
  }
}

const COLUMNS = Prisma.sql`
  pack.id::text, pack.person::text, pack.partner, pack.provider, pack.team, pack.state, pack.sent_by as "sentBy",
  pack.sent_at as "sentAt", pack.arrives_at as "arrivesAt", pack.brought_by as "broughtBy",
  pack.contacts_id::text as "contactsId", pack.answered_by as "answeredBy", pack.answered_at as "answeredAt",
  pack.reason, pack.text_id::text as "textId", pack.ended_at as "endedAt", pack.version`;

function toChanges(changes: readonly ReferralChange[]): Changes {
  for (const { before, after } of changes) {
    if (after.version !== (before?.version ?? 0) + 1) throw new RangeError('versions grow by one');
  }
  return {
    checks: [],
    packs: changes.map(({ before, after }) => ({
      ...inSnakeCase(after),
      before: before?.version ?? null,
      look_at: after.state === 'SENT' ? after.arrivesAt : null,
      // Nobody needs to ring about an arrival that is past.
      empty_from: after.arrivesAt,
    })),
    events: changes.flatMap(({ events }) => events),
    contents: changes.flatMap(({ after, contents }) => contents.map((content) => ({ ...content, about: after.id }))),
    texts: changes.flatMap(({ texts }) => texts),
  };
}

function at(instant: Date): Prisma.Sql {
  return Prisma.sql`${instant.toISOString()}::timestamptz`;
}
