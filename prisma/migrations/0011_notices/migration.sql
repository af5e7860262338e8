-- Incidents with their clock, who was told of what, and the register of interests that practitioners declare.

create table record.incident (
  id uuid not null,
  partner text not null,
  practitioner text not null,
  started_at timestamptz(3) not null,
  ended_at timestamptz(3) not null,
  aware_at timestamptz(3) not null,
  kept_by text not null,
  kept_at timestamptz(3) not null,
  version integer not null default 1,
  constraint incident_pkey primary key (id),
  constraint in_order check (started_at < ended_at)
);
create unique index incident_partner_practitioner_started_at_ended_at_key
  on record.incident (partner, practitioner, started_at, ended_at);
create index incident_kept_at_idx on record.incident (kept_at);

create table record.notice (
  id uuid not null,
  idempotency_key text not null,
  partner text not null,
  recorded_by text not null,
  recorded_at timestamptz(3) not null,
  incident_id uuid,
  entries uuid[],
  holders text[],
  told_to text not null,
  told_at timestamptz(3) not null,
  how text not null,
  -- False until the log has its entry.
  active boolean not null default false,
  constraint notice_pkey primary key (id),
  constraint about_one_or_the_other check ((incident_id is null) = (coalesce(cardinality(entries), 0) > 0))
);
create unique index notice_partner_recorded_by_idempotency_key_key
  on record.notice (partner, recorded_by, idempotency_key);
create index notice_incident_id_idx on record.notice (incident_id);
create index notice_entries_idx on record.notice using gin (entries);

create table record.declared_interest (
  id uuid not null,
  idempotency_key text not null,
  partner text not null,
  practitioner text not null,
  person uuid,
  sent text not null,
  type text not null check (type in ('OWN_RECORD', 'DECLARED_INTEREST')),
  valid_from date not null,
  valid_until date,
  declared_at timestamptz(3) not null,
  active boolean not null default false,
  confirmed boolean,
  decided_by text,
  decided_at timestamptz(3),
  version integer not null default 1,
  constraint declared_interest_pkey primary key (id),
  constraint confirmed_by_somebody_else check (decided_by <> practitioner)
);
create unique index declared_interest_partner_practitioner_idempotency_key_key
  on record.declared_interest (partner, practitioner, idempotency_key);
create index declared_interest_partner_declared_at_idx on record.declared_interest (partner, declared_at);
create index declared_interest_person_idx on record.declared_interest (person);

-- Where an interest came from: a facts file, or a declaration. Both may say the same, and neither ends the other.
alter table record.interest add column source text not null default 'file';
alter table record.interest drop constraint interest_pkey;
alter table record.interest
  add constraint interest_pkey primary key (person, partner, practitioner, type, valid_from, source);

-- What was declared closes from now on. Nobody's own word opens anything (SHARE-10): of interests the gateway may bring in
-- force what was declared, end what an employer refused, and touch nothing that came from a file.
create function record.put_interest_in_force(declared uuid) returns void
language sql
security definer
set search_path = pg_catalog, pg_temp
as $$
  with put as (
    update record.declared_interest set active = true where id = declared and confirmed is not false
    returning id, person, partner, practitioner, type, valid_from, valid_until
  )
  insert into record.interest (person, partner, practitioner, type, valid_from, valid_until, source)
  select person, partner, practitioner, type, valid_from, valid_until, id::text from put where person is not null
  on conflict do nothing
$$;

-- False where somebody decided meanwhile.
create function record.decide_interest(declared uuid, expected int, is_one boolean, decider text, decided timestamptz)
returns boolean
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  update record.declared_interest
  set confirmed = is_one, decided_by = decider, decided_at = decided, version = version + 1
  where id = declared and version = expected and confirmed is null and active;
  if not found then
    return false;
  end if;
  if not is_one then
    delete from record.interest where source = declared::text;
  end if;
  return true;
end
$$;

revoke all on function record.put_interest_in_force(uuid) from public;
revoke all on function record.decide_interest(uuid, int, boolean, text, timestamptz) from public;
grant execute on function
  record.put_interest_in_force(uuid),
  record.decide_interest(uuid, int, boolean, text, timestamptz)
to throughgate_gateway;
grant select, insert on record.incident, record.notice, record.declared_interest to throughgate_gateway;
grant update (aware_at, kept_by, kept_at, version) on record.incident to throughgate_gateway;
grant update (active) on record.notice to throughgate_gateway;
