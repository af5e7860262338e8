-- An export of the log that an officer asked for. What it holds of the log is not here: only which entries were found, and
-- what is given out is read from the log when it is.
create table record.log_export (
  id uuid not null,
  idempotency_key text not null,
  partner text not null,
  practitioner text not null,
  format text not null,
  from_at timestamptz(3) not null,
  to_at timestamptz(3) not null,
  filters text[] check (filters is not null),
  state text not null default 'RUNNING' check (state in ('RUNNING', 'READY', 'INTERRUPTED', 'TOO_MANY', 'FAILED')),
  entries integer not null default 0,
  -- Everything at or after it was looked through.
  reached_at timestamptz(3) not null,
  started_at timestamptz(3) not null,
  -- By the clock of the database. One that was not heard of for some time is not under way any more.
  beat_at timestamptz(3) not null default current_timestamp,
  constraint log_export_pkey primary key (id)
);
create unique index log_export_partner_practitioner_idempotency_key_key
  on record.log_export (partner, practitioner, idempotency_key);
create index log_export_started_at_idx on record.log_export (started_at);

create table record.log_export_part (
  export_id uuid not null,
  part integer not null,
  -- Ids of the log's entries.
  entries uuid[] check (entries is not null),
  -- Of what was last given out of a signed export.
  given_sha256 text,
  given_entries integer,
  constraint log_export_part_pkey primary key (export_id, part),
  constraint log_export_part_export_id_fkey
    foreign key (export_id) references record.log_export (id) on update cascade on delete cascade
);

-- How an officer asks the log again and again: by nobody's name.
create table record.saved_search (
  id uuid not null,
  partner text not null,
  practitioner text not null,
  name text not null,
  days integer not null check (days between 1 and 366),
  filter jsonb not null,
  constraint saved_search_pkey primary key (id)
);
create unique index saved_search_partner_practitioner_name_key on record.saved_search (partner, practitioner, name);

-- Null for what the operator did.
alter table audit.hold add placed_by text, add release_asked_by text, add released_by text,
  add constraint released_by_somebody_else check (released_by <> release_asked_by);

create function audit.read_holds() returns table (
  reference text, from_month date, until_month date, placed_at timestamptz, placed_by text, release_asked_by text,
  released_at timestamptz, released_by text
)
language sql stable
security definer
set search_path = pg_catalog, pg_temp
as $$
  select hold.reference, hold.from_month, hold.until_month, hold.placed_at, hold.placed_by, hold.release_asked_by,
    hold.released_at, hold.released_by
  from audit.hold order by hold.placed_at desc, hold.reference
$$;

-- False where the reference was used before.
create function audit.place_hold(of_reference text, first date, last date, by_whom text) returns boolean
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  -- Whoever retires a month meanwhile holds this lock: it is gone before the hold is there, or stays.
  perform from audit.head for update;
  insert into audit.hold (reference, from_month, until_month, placed_by)
  values (of_reference, first, last, by_whom) on conflict do nothing;
  return found;
end
$$;

-- The first who asks is kept; a second person releases it. True once it is released.
create function audit.release_hold(of_reference text, by_whom text) returns boolean
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  update audit.hold set release_asked_by = by_whom
  where hold.reference = of_reference and released_at is null and release_asked_by is null;
  if found then
    return false;
  end if;
  update audit.hold set released_at = now(), released_by = by_whom
  where hold.reference = of_reference and released_at is null and release_asked_by <> by_whom;
  return found;
end
$$;

revoke all on function
  audit.read_holds(), audit.place_hold(text, date, date, text), audit.release_hold(text, text)
from public;
grant execute on function
  audit.read_holds(), audit.place_hold(text, date, date, text), audit.release_hold(text, text)
to throughgate_gateway;
grant select, insert, delete on record.log_export, record.log_export_part, record.saved_search to throughgate_gateway;
grant update (state, entries, reached_at, beat_at) on record.log_export to throughgate_gateway;
grant update (given_sha256, given_entries) on record.log_export_part to throughgate_gateway;
grant update (days, filter) on record.saved_search to throughgate_gateway;
