create schema audit;

create table audit.entry (
  index bigint not null,
  id uuid not null,
  at timestamptz(6) not null,
  kind text not null,
  request_id uuid,
  partner text,
  practitioner text,
  subject text,
  body bytea not null,
  constraint entry_pkey primary key (index)
);
create unique index entry_id_key on audit.entry (id);
create index entry_request_id_idx on audit.entry (request_id);
create index entry_subject_index_idx on audit.entry (subject, index);
create index entry_partner_practitioner_index_idx on audit.entry (partner, practitioner, index);

create table audit.head (
  sole boolean not null default true check (sole),
  size bigint not null,
  constraint head_pkey primary key (sole)
);
insert into audit.head (size) values (0);

-- Appends a batch and returns the size of the log after it. The whole batch is appended, in its order, or nothing is.
-- An entry whose id is in the log already is passed over, so a batch can be sent again; with other bytes it is refused.
create function audit.append(batch jsonb) returns bigint
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  size_before bigint;
  added bigint;
begin
  -- No record, no data: whatever the session was told, this commit is on disk before it is reported.
  perform set_config('synchronous_commit', 'on', true);
  -- One writer at a time. The statements below see all that the last one committed.
  select head.size into strict size_before from audit.head for update;

  insert into audit.entry (index, id, at, kind, request_id, partner, practitioner, subject, body)
  select size_before + row_number() over (order by place) - 1,
    id, at, kind, request_id, partner, practitioner, subject, decode(body, 'base64')
  from (
    select distinct on (id) *
    from rows from (jsonb_to_recordset(batch) as (
      id uuid, at timestamptz, kind text, request_id uuid, partner text, practitioner text, subject text, body text
    )) with ordinality
      as given (id, at, kind, request_id, partner, practitioner, subject, body, place)
    order by id, place
  ) as offered
  where not exists (select from audit.entry as kept where kept.id = offered.id);
  get diagnostics added = row_count;

  if added < jsonb_array_length(batch) and exists (
    select from jsonb_to_recordset(batch) as offered (id uuid, body text)
    join audit.entry as kept on kept.id = offered.id
    where kept.body <> decode(offered.body, 'base64')
  ) then
    raise exception 'the log has an entry of this id with other bytes' using errcode = 'unique_violation';
  end if;

  update audit.head set size = size_before + added;
  return size_before + added;
end
$$;

do $$
begin
  if not exists (select from pg_roles where rolname = 'throughgate_audit_reader') then
    create role throughgate_audit_reader nologin;
  end if;
exception when duplicate_object or unique_violation then
  null;
end
$$;

revoke all on function audit.append(jsonb) from public;
grant usage on schema audit to throughgate_gateway, throughgate_audit_reader;
grant execute on function audit.append(jsonb) to throughgate_gateway;
grant select on audit.entry to throughgate_audit_reader;
