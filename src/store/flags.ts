import type {
  CaseHead,
  CaseReader,
  CaseStep,
  CountedFlag,
  FlagCases,
  FlagDigest,
  KeptFlag,
  KeptTally,
  OpenCase,
  Touched,
} from '../record/flags.ts';
import type { Database } from './client.ts';
import { Prisma } from './generated/client.ts';

/** Keeps what the digest of the log found, in the schema `record`. */
export function createFlagDigest(db: Database): FlagDigest {
  return {
    async progress() {
      const kept = await db.digest.findFirst();
      return kept && { next: Number(kept.next), upTo: kept.upTo, setApart: kept.setApart };
    },

    async keepProgress({ next, upTo, setApart }) {
      const data = { next, upTo, setApart: [...setApart] };
      await db.digest.upsert({ where: { sole: true }, create: data, update: data });
    },

    tallies: (partner, from, until) => db.$queryRaw<KeptTally[]>`
      select day::text, partner, practitioner, role, accesses, people, refused, break_glass as "breakGlass"
      from record.tally where partner = ${partner} and day between ${from}::date and ${until}::date
      order by day, practitioner, role`,

    async keepDays(days, { flags, tallies, figures }) {
      const ids = flags.map(({ id }) => id);
      return db.$transaction(async (transaction) => {
        const gone = await transaction.$queryRaw<KeptFlag[]>`
          delete from record.flag where day = any(${days}::date[]) and not id = any(${ids}::uuid[]) and ${isFree}
          returning ${FLAG}`;
        await transaction.$executeRaw`
          insert into record.flag (id, scope, reader, rule, day, partner, practitioner, relationship, subject, epoch, subjects,
            weight, sentence, evidence, considered, entries)
          select id, scope, reader, rule, day, partner, practitioner, relationship, subject->>'ref',
            (subject->>'epoch')::int, subjects, weight, sentence, evidence, considered, entries
          from jsonb_to_recordset(${JSON.stringify(flags)}::jsonb) as given (
            id uuid, scope text, reader text, rule text, day date, partner text, practitioner text, relationship text,
            subject jsonb, subjects text[], weight int, sentence text, evidence text[], considered text[], entries uuid[]
          )
          on conflict (id) do update set subjects = excluded.subjects, weight = excluded.weight, sentence = excluded.sentence,
            evidence = excluded.evidence, considered = excluded.considered, entries = excluded.entries
          where ${isFree}`;
        await transaction.$executeRaw`delete from record.tally where day = any(${days}::date[])`;
        await transaction.$executeRaw`
          insert into record.tally (day, partner, practitioner, role, accesses, people, refused, break_glass)
          select day, partner, practitioner, role, accesses, people, refused, "breakGlass"
          from jsonb_to_recordset(${JSON.stringify(tallies)}::jsonb) as given (
            day date, partner text, practitioner text, role text, accesses int, people int, refused int, "breakGlass" int
          )`;
        await transaction.$executeRaw`delete from record.figure where day = any(${days}::date[])`;
        await transaction.$executeRaw`
          insert into record.figure (day, measure, partner, key, data_class, count)
          select day, measure, partner, key, coalesce("dataClass", ''), count
          from jsonb_to_recordset(${JSON.stringify(figures)}::jsonb) as given (
            day date, measure text, partner text, key text, "dataClass" text, count int
          )`;
        return gone;
      });
    },

    flagsAbout: (of, touched) => db.$queryRaw<CountedFlag[]>`
      select ${FLAG}, coalesce((
        select jsonb_agg(distinct case scope when 'BOARD' then 'BOARD' else about end)
        from record.flag_of_case join record.flag_case on flag_case.id = "case"
        where flag_of_case.flag = flag.id and state = 'CLOSED'
      ), '[]') as "closedAs"
      from record.flag
      where ${of.scope === 'BOARD' ? Prisma.sql`scope = 'PARTNER'` : Prisma.sql`scope = ${of.scope} and reader = ${of.reader}`}
        and ${isTouched(touched)}
      order by day, rule, id`,

    openCases: (of, touched) => db.$queryRaw<OpenCase[]>`
      select id::text, about, array(select flag::text from record.flag_of_case where "case" = flag_case.id) as flags
      from record.flag_case
      where scope = ${of.scope} and reader is not distinct from ${of.reader} and state <> 'CLOSED'
        and ${isTouched(touched)}
      order by opened_at, id`,

    async saveCases(found, at, dueAt) {
      if (found.length === 0) return;
      const given = JSON.stringify(found);
      const instant = at.toISOString();
      await db.$transaction(async (transaction) => {
        await transaction.$executeRaw`
          with opened as (
            insert into record.flag_case (id, scope, reader, about, partner, practitioner, relationship, subject, epoch,
              opened_at, due_at, weight)
            select id, scope, reader, about, partner, practitioner, relationship, subject->>'ref',
              (subject->>'epoch')::int, ${instant}::timestamptz, ${dueAt.toISOString()}::timestamptz, weight
            from ${cases(given)}
            on conflict (id) do nothing
            returning id
          )
          insert into record.flag_case_step ("case", place, at, step) select id, 1, ${instant}::timestamptz, 'OPENED' from opened`;
        // One that has more to it than whoever has it has read is another version.
        await transaction.$executeRaw`
          with grown as (
            update record.flag_case set version = version + 1
            from ${cases(given)}
            where flag_case.id = given.id and state <> 'CLOSED'
              and exists (select from record.flag_of_case where "case" = given.id)
              and exists (
                select from unnest(given.flags) as flag (id)
                where not exists (select from record.flag_of_case where "case" = given.id and flag = flag.id)
              )
            returning flag_case.id
          )
          insert into record.flag_case_step ("case", place, at, step)
          select id, ${nextPlace(Prisma.sql`grown.id`)}, ${instant}::timestamptz, 'GREW' from grown`;
        await transaction.$executeRaw`
          delete from record.flag_of_case using ${cases(given)}, record.flag_case
          where "case" = given.id and flag_case.id = given.id and state <> 'CLOSED' and not flag = any(given.flags)`;
        await transaction.$executeRaw`
          insert into record.flag_of_case ("case", flag)
          select given.id, flag.id from ${cases(given)} cross join lateral unnest(given.flags) as flag (id)
          where exists (select from record.flag_case where id = given.id and state <> 'CLOSED')
          on conflict do nothing`;
        await transaction.$executeRaw`
          update record.flag_case set weight = given.weight from ${cases(given)}
          where flag_case.id = given.id and state <> 'CLOSED'`;
      });
    },

    async dropCases(ids) {
      if (ids.length === 0) return;
      await db.$executeRaw`
        delete from record.flag_case where id = any(${ids}::uuid[]) and state = 'OPEN' and not exists (
          select from record.flag_case_step where "case" = flag_case.id and by is not null
        )`;
    },

    async forgetTallies(before) {
      await db.$executeRaw`delete from record.tally where day < ${before}::date`;
    },
  };
}

/** Reads and changes what officers make of flags. */
export function createFlagCases(db: Database): FlagCases {
  return {
    async list(reader, { closed, about, assignedTo }, limit) {
      const rows = await db.$queryRaw<CaseRow[]>`
        ${SELECT_CASES}
        where ${mayRead(reader)} and (state = 'CLOSED') = ${closed}
          and (${about}::text is null or about = ${about}) and (${assignedTo}::text is null or assigned_to = ${assignedTo})
        order by ${closed ? Prisma.sql`closed_at desc` : Prisma.sql`weight desc, opened_at`}, id
        limit ${limit}`;
      return rows.map(toHead);
    },

    async find(reader, id) {
      const rows = await db.$queryRaw<CaseRow[]>`${SELECT_CASES} where ${mayRead(reader)} and id = ${id}::uuid`;
      return rows.map(toHead)[0] ?? null;
    },

    async change({ case: id, version, at, by, step, detail, text, idempotencyKey }) {
      const instant = Prisma.sql`${at.toISOString()}::timestamptz`;
      const [done] = await db.$queryRaw<{ cases: number }[]>`
        with changed as (
          update record.flag_case set version = version + 1 ${WHAT_CHANGES[step](by, detail, instant)}
          where id = ${id}::uuid and version = ${version} and state <> 'CLOSED'
          returning id
        ), kept as materialized (
          select ${text === null ? Prisma.sql`true` : Prisma.sql`audit.keep_text(${text.id}::uuid, ${text.epoch}::int, ${text.sealed}::bytea)::text`}
          from changed
        ), stepped as (
          insert into record.flag_case_step ("case", place, at, by, step, detail, text_id, idempotency_key)
          select id, ${nextPlace(Prisma.sql`changed.id`)}, ${instant}, ${by}, ${step}, ${detail}, ${text?.id ?? null}::uuid,
            ${idempotencyKey}
          from changed
        )
        select count(*)::int as cases from kept`;
      return done?.cases === 1;
    },
  };
}

const WHAT_CHANGES: Readonly<
  Record<
    'ASSIGNED' | 'NOTED' | 'PROPOSED' | 'CLOSED',
    (by: string, detail: string | null, at: Prisma.Sql) => Prisma.Sql
  >
> = {
  ASSIGNED: (_, to) => Prisma.sql`, assigned_to = ${to}`,
  NOTED: () => Prisma.empty,
  PROPOSED: (by, outcome) => Prisma.sql`, state = 'CONFIRMING', proposed_by = ${by}, outcome = ${outcome}`,
  CLOSED: (by, outcome, at) =>
    Prisma.sql`, state = 'CLOSED', closed_by = ${by}, closed_at = ${at}, outcome = ${outcome}`,
};

const FLAG = Prisma.sql`
  flag.id::text as id, flag.scope, flag.reader, rule, day::text, flag.partner, flag.practitioner, flag.relationship,
  case when flag.subject is not null then jsonb_build_object('ref', flag.subject, 'epoch', flag.epoch) end as subject,
  subjects, flag.weight, sentence, evidence, considered, entries::text[] as entries`;

const SELECT_CASES = Prisma.sql`
  select id::text, scope, reader, about, partner, practitioner, relationship, weight, state,
    case when subject is not null then jsonb_build_object('ref', subject, 'epoch', epoch) end as subject,
    opened_at as "openedAt", due_at as "dueAt", assigned_to as "assignedTo", outcome, proposed_by as "proposedBy",
    closed_by as "closedBy", closed_at as "closedAt", version,
    (select coalesce(jsonb_agg(to_jsonb(found) order by found.weight desc, found.day, found.id), '[]') from (
      select ${FLAG} from record.flag_of_case join record.flag on flag.id = flag_of_case.flag
      where flag_of_case."case" = flag_case.id
    ) as found) as flags,
    (select coalesce(jsonb_agg(jsonb_build_object('at', at, 'by', by, 'step', step, 'detail', detail, 'textId', text_id,
      'idempotencyKey', idempotency_key) order by place), '[]')
      from record.flag_case_step where "case" = flag_case.id) as steps
  from record.flag_case`;

type CaseRow = Omit<CaseHead, 'steps' | 'flags'> & {
  readonly flags: readonly KeptFlag[];
  readonly steps: readonly (Omit<CaseStep, 'at'> & { readonly at: string })[];
};

function toHead({ steps, ...row }: CaseRow): CaseHead {
  return { ...row, steps: steps.map((step) => ({ ...step, at: new Date(step.at) })) };
}

/** The lead reads all but what only the owner of a restriction may know. */
function mayRead({ partner, isLead }: CaseReader): Prisma.Sql {
  return isLead ? Prisma.sql`scope in ('PARTNER', 'BOARD')` : Prisma.sql`reader = ${partner}`;
}

/** In no closed case. */
const isFree = Prisma.sql`
  not exists (
    select from record.flag_of_case join record.flag_case on flag_case.id = "case"
    where flag_of_case.flag = flag.id and state = 'CLOSED'
  )`;

function isTouched({ practitioners, relationships, subjects }: Touched): Prisma.Sql {
  return Prisma.sql`
    (practitioner = any(${practitioners}::text[]) or relationship = any(${relationships}::text[])
      or subject = any(${subjects}::text[]))`;
}

function cases(given: string): Prisma.Sql {
  return Prisma.sql`
    jsonb_to_recordset(${given}::jsonb) as given (
      id uuid, scope text, reader text, about text, partner text, practitioner text, relationship text, subject jsonb,
      weight int, flags uuid[]
    )`;
}

function nextPlace(id: Prisma.Sql): Prisma.Sql {
  return Prisma.sql`(select coalesce(max(place), 0) + 1 from record.flag_case_step where "case" = ${id})`;
}
