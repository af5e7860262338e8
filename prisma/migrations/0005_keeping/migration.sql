-- Keeping the log for years: its entries lie in one partition a month, so that old ones can be retired; witnesses'
-- signatures, changes of keys, legal holds and free text are kept beside it.

lock table audit.entry, audit.leaf, audit.head in access exclusive mode;

-- The month of an entry is that of its commit and never goes back, so a partition is one unbroken range of indexes.
alter table audit.head add period date not null default '0001-01-01';
alter table audit.head alter period drop default;

alter table audit.entry rename to entry_before;
create table audit.entry (
  index bigint not null,
  period date not null,
  id uuid not null,
  at timestamptz(6) not null,
  kind text not null,
  request_id uuid,
  partner text,
  practitioner text,
  subject text,
  body bytea not null
) partition by range (period);
create table audit.entry_default partition of audit.entry default;

-- For one month; false where it is there. Rows of the month that the default partition took are moved. Nobody appends
-- meanwhile: a row on its way into the default partition would be refused there. Nor does anybody wait for long, should
-- a long reading hold up the lock: then this fails, and is tried again another time.
create function audit.make_partition(month date) returns boolean
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  name text := 'entry_' || to_char(month, 'YYYY_MM');
begin
  if to_regclass('audit.' || name) is not null then
    return false;
  end if;
  perform set_config('lock_timeout', '1s', true);
  perform from audit.head for update;
  if to_regclass('audit.' || name) is not null then
    return false;
  end if;
  lock table audit.entry_default in access exclusive mode;
  execute format('create table audit.%I (like audit.entry)', name);
  execute format(
    'with moved as (delete from audit.entry_default where period = %L returning *) insert into audit.%I select * from moved',
    month, name);
  execute format('alter table audit.entry attach partition audit.%I for values from (%L) to (%L)',
    name, month, (month + interval '1 month')::date);
  return true;
end
$$;

-- For the month in which entries are appended now and the months that follow it. Returns how many were made.
create function audit.make_partitions(months int) returns int
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  current_month date;
  made int;
begin
  select greatest(head.period, date_trunc('month', now() at time zone 'UTC')::date) into strict current_month
  from audit.head;
  select count(*) filter (where audit.make_partition((current_month + make_interval(months => n))::date))
  into strict made
  from generate_series(0, least(months, 24)) as n;
  return made;
end
$$;

-- Entries from before: by the month that they say, which a clock that went back or ahead may not break the order of.
create temporary table kept on commit drop as
select index, max(date_trunc('month', least(at, now()) at time zone 'UTC')::date) over (order by index) as period
from audit.entry_before;
select audit.make_partition(period) from (select distinct period from kept order by period) as found;
insert into audit.entry (index, period, id, at, kind, request_id, partner, practitioner, subject, body)
select index, period, id, at, kind, request_id, partner, practitioner, subject, body
from audit.entry_before join kept using (index);
update audit.head set period = coalesce((select max(period) from kept), '0001-01-01');
drop table audit.entry_before;

alter table audit.entry add constraint entry_pkey primary key (index, period);
create index entry_request_id_idx on audit.entry (request_id);
create index entry_subject_index_idx on audit.entry (subject, index);
create index entry_partner_practitioner_index_idx on audit.entry (partner, practitioner, index);
create index entry_at_index_idx on audit.entry (at, index);
select audit.make_partitions(3);

-- A month that was exported and taken out. Its leaves and checkpoints stay: proofs of what came later need them.
create table audit.retired (
  period date not null,
  -- From the one index up to, and without, the other.
  first bigint not null,
  past bigint not null,
  -- Of the tree up to `past`.
  root bytea not null,
  -- Of the exported entries, in hexadecimal.
  sha256 text not null,
  retired_at timestamptz(3) not null default current_timestamp,
  constraint retired_pkey primary key (period),
  constraint not_empty check (first < past)
);

-- While a hold lasts, nothing of its months is retired or erased.
create table audit.hold (
  id uuid not null default gen_random_uuid(),
  reference text not null,
  from_month date not null,
  -- It included.
  until_month date not null,
  placed_at timestamptz(3) not null default current_timestamp,
  released_at timestamptz(3),
  constraint hold_pkey primary key (id),
  constraint in_order check (from_month <= until_month)
);
create unique index hold_reference_key on audit.hold (reference);

-- Entries of kind key-change once more, so that a start need not search the log for them.
create table audit.key_change (
  index bigint not null,
  body bytea not null,
  constraint key_change_pkey primary key (index)
);

-- As in 0004, with the month of each entry, and with changes of keys kept aside.
create or replace function audit.append(
  expected_size bigint, batch jsonb, new_root bytea,
  out appended boolean, out size bigint, out kept uuid[]
)
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  altered boolean;
  grown bytea;
  added bytea;
  current_month date;
begin
  -- No record, no data: whatever the session was told, this commit is on disk before it is reported.
  perform set_config('synchronous_commit', 'on', true);
  -- One writer at a time. The statements below see all that the last one committed.
  select head.size, head.frontier, greatest(head.period, date_trunc('month', now() at time zone 'UTC')::date)
  into strict size, grown, current_month from audit.head for update;

  -- One look-up an id, so that no plan can become a scan of the log.
  select
    coalesce(array_agg(found.id) filter (where found.hash is not null), '{}'),
    coalesce(bool_or(case when found.hash is not null
      then found.hash <> sha256('\x00'::bytea || decode(found.body, 'base64')) end), false)
  into strict kept, altered
  from (
    select offered.id, offered.body, (select leaf.hash from audit.leaf where leaf.entry_id = offered.id) as hash
    from jsonb_to_recordset(batch) as offered (id uuid, body text)
  ) as found;
  if altered then
    raise exception 'the log has an entry of this id with other bytes' using errcode = 'unique_violation';
  end if;
  appended := size = expected_size and kept = '{}';
  if not appended then
    return;
  end if;

  with offered as materialized (
    select expected_size + given.place - 1 as index, given.id, given.at, given.kind, given.request_id, given.partner,
      given.practitioner, given.subject, decode(given.body, 'base64') as body
    from rows from (jsonb_to_recordset(batch) as (
      id uuid, at timestamptz, kind text, request_id uuid, partner text, practitioner text, subject text, body text
    )) with ordinality
      as given (id, at, kind, request_id, partner, practitioner, subject, body, place)
  ), entries as (
    insert into audit.entry (index, period, id, at, kind, request_id, partner, practitioner, subject, body)
    select offered.index, current_month, offered.id, offered.at, offered.kind, offered.request_id, offered.partner,
      offered.practitioner, offered.subject, offered.body
    from offered
  ), changes as (
    insert into audit.key_change (index, body)
    select offered.index, offered.body from offered where offered.kind = 'key-change'
  ), leaves as (
    insert into audit.leaf (index, entry_id, hash)
    select offered.index, offered.id, sha256('\x00'::bytea || offered.body) from offered
    returning leaf.index, leaf.hash
  )
  select coalesce(string_agg(leaves.hash, ''::bytea order by leaves.index), '') into strict added from leaves;

  grown := audit.extend(size, grown, added);
  size := size + length(added) / 32;
  if new_root is distinct from audit.root_of(grown) then
    raise exception 'the root is not that of the tree with these entries' using errcode = 'check_violation';
  end if;
  update audit.head set size = append.size, root = new_root, frontier = grown, period = current_month;
end
$$;

create function audit.read_key_changes() returns table (index bigint, body bytea)
language sql stable
security definer
set search_path = pg_catalog, pg_temp
as $$ select key_change.index, key_change.body from audit.key_change order by key_change.index $$;

-- As in 0004; of a month that was retired, the hashes that its entries left.
create or replace function audit.read_leaves(first bigint, most int) returns table (index bigint, hash bytea)
language sql stable
security definer
set search_path = pg_catalog, pg_temp
as $$
  (
    select entry.index, sha256('\x00'::bytea || entry.body) from audit.entry
    where entry.index >= first order by entry.index limit most
  ) union all (
    select leaf.index, leaf.hash
    from audit.retired join audit.leaf on leaf.index >= greatest(retired.first, read_leaves.first) and leaf.index < past
    order by leaf.index limit most
  )
  order by 1 limit most
$$;

-- The hashes as they were kept when their entries were appended, from an index on: what proofs are made of.
create function audit.leaf_hashes(first bigint, most int) returns table (index bigint, hash bytea)
language sql stable
security definer
set search_path = pg_catalog, pg_temp
as $$ select leaf.index, leaf.hash from audit.leaf where leaf.index >= first order by leaf.index limit most $$;

create function audit.read_checkpoint_at(wanted bigint) returns table (size bigint, frontier bytea, note text)
language sql stable
security definer
set search_path = pg_catalog, pg_temp
as $$
  select checkpoint.size, checkpoint.frontier, checkpoint.note from audit.checkpoint where checkpoint.size = wanted
$$;

-- What a witness signed under a checkpoint, as a line of a signed note.
create table audit.cosignature (
  size bigint not null,
  -- The witness's, as a vkey.
  key text not null,
  line text not null,
  kept_at timestamptz(3) not null default current_timestamp,
  constraint cosignature_pkey primary key (size, key)
);

-- The first of a witness and size is kept.
create function audit.keep_cosignature(of_size bigint, of_key text, new_line text) returns void
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  if not exists (select from audit.checkpoint where checkpoint.size = of_size) then
    raise exception 'there is no checkpoint of this size' using errcode = 'check_violation';
  end if;
  insert into audit.cosignature (size, key, line) values (of_size, of_key, new_line) on conflict do nothing;
end
$$;

-- The newest checkpoint that a witness has signed, with all that did.
create function audit.read_witnessed() returns table (size bigint, frontier bytea, note text, lines text[])
language sql stable
security definer
set search_path = pg_catalog, pg_temp
as $$
  select checkpoint.size, checkpoint.frontier, checkpoint.note,
    (select array_agg(cosignature.line order by cosignature.key)
      from audit.cosignature where cosignature.size = checkpoint.size)
  from audit.checkpoint
  where checkpoint.size = (select max(cosignature.size) from audit.cosignature)
$$;

-- What people wrote in their own words, encrypted. The log's entry has a commitment to it, and stays when this goes.
create table audit.free_text (
  id uuid not null,
  epoch integer not null,
  sealed bytea not null,
  made_at timestamptz(3) not null default current_timestamp,
  constraint free_text_pkey primary key (id)
);

create function audit.keep_text(of_id uuid, of_epoch int, new_sealed bytea) returns void
language sql
security definer
set search_path = pg_catalog, pg_temp
as $$
  insert into audit.free_text (id, epoch, sealed) values (of_id, of_epoch, new_sealed) on conflict do nothing
$$;

create function audit.read_text(of_id uuid) returns table (epoch int, sealed bytea)
language sql stable
security definer
set search_path = pg_catalog, pg_temp
as $$ select free_text.epoch, free_text.sealed from audit.free_text where free_text.id = of_id $$;

-- What was written in the clear is gone: the key to encrypt it with is not here. Only development had any.
alter table record.break_glass drop column text, drop column review_text, add text_id uuid, add review_text_id uuid;
alter table record.cover drop column reason, add reason_id uuid;

-- What a controller decided about an entry: whether the person whom it is about is told of it.
create table record.telling (
  id uuid not null,
  entry_id uuid not null,
  controller text not null,
  decision text not null check (decision in ('TELL', 'WITHHOLD')),
  ground text,
  review_on date,
  decided_by text not null,
  decided_at timestamptz(3) not null,
  version integer not null default 1,
  constraint telling_pkey primary key (id),
  constraint withheld_on_a_ground_for_a_time
    check (decision = 'TELL' or (ground is not null and review_on is not null))
);
create unique index telling_entry_id_controller_key on record.telling (entry_id, controller);

-- The way back from pseudonyms to people: one asks, another agrees.
create table record.name_request (
  id uuid not null,
  idempotency_key text not null,
  partner text not null,
  asked_by text not null,
  agreed_by text,
  -- Prisma's lists are nullable in the database. Ours is not.
  subjects text[] check (subjects is not null),
  scope jsonb,
  reason text not null,
  asked_at timestamptz(3) not null,
  agreed_at timestamptz(3),
  until timestamptz(3),
  constraint name_request_pkey primary key (id),
  constraint agreed_by_somebody_else check (agreed_by <> asked_by),
  constraint open_only_when_agreed check ((agreed_by is null) = (agreed_at is null) and (agreed_by is null) = (until is null))
);
create unique index name_request_partner_asked_by_idempotency_key_key
  on record.name_request (partner, asked_by, idempotency_key);

-- Pseudonyms of people who are sealed, by every key: readers of the log may not know of them.
create table record.sealed_subject (
  pseudonym text not null,
  constraint sealed_subject_pkey primary key (pseudonym)
);

revoke all on all functions in schema audit from public;
grant execute on function
  audit.make_partitions(int),
  audit.read_key_changes(),
  audit.leaf_hashes(bigint, int),
  audit.read_checkpoint_at(bigint),
  audit.keep_cosignature(bigint, text, text),
  audit.read_witnessed(),
  audit.keep_text(uuid, int, bytea),
  audit.read_text(uuid)
to throughgate_gateway;
grant select on
  audit.entry, audit.leaf, audit.head, audit.checkpoint, audit.cosignature, audit.key_change, audit.hold, audit.retired
to throughgate_audit_reader;
grant select, insert on record.telling, record.name_request to throughgate_gateway;
grant update (decision, ground, review_on, decided_by, decided_at, version) on record.telling to throughgate_gateway;
grant update (agreed_by, agreed_at, until) on record.name_request to throughgate_gateway;
grant select on record.sealed_subject to throughgate_gateway;
grant update (review_text_id) on record.break_glass to throughgate_gateway;
