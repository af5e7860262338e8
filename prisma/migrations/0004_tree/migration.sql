-- Every entry becomes a leaf of a Merkle tree as in RFC 6962: a leaf is SHA-256(0x00 || body), a node
-- SHA-256(0x01 || left || right). A frontier is the roots of the tree's perfect subtrees, largest first, 32 bytes each.

lock table audit.entry, audit.head in access exclusive mode;

create table audit.leaf (
  index bigint not null,
  entry_id uuid not null,
  hash bytea not null,
  constraint leaf_pkey primary key (index)
);
insert into audit.leaf (index, entry_id, hash)
select index, id, sha256('\x00'::bytea || body) from audit.entry order by index;
create unique index leaf_entry_id_key on audit.leaf (entry_id);
-- The leaf keeps an id from being used twice.
drop index audit.entry_id_key;

create table audit.checkpoint (
  size bigint not null,
  frontier bytea not null,
  note text not null,
  constraint checkpoint_pkey primary key (size)
);

-- The frontier of a tree of so many leaves after more were added. Level by level: what is odd stays, pairs go up.
create function audit.extend(size bigint, frontier bytea, leaves bytea) returns bytea
language plpgsql immutable strict
set search_path = pg_catalog, pg_temp
as $$
declare
  level bytea := leaves;
  height int := 0;
  untouched int := length(frontier);
  added bytea := '';
begin
  while length(level) > 0 loop
    if (size >> height) & 1 = 1 then
      level := substring(frontier from untouched - 31 for 32) || level;
      untouched := untouched - 32;
    end if;
    if length(level) % 64 = 32 then
      added := substring(level from length(level) - 31) || added;
    end if;
    select coalesce(string_agg(sha256('\x01'::bytea || substring(level from 64 * n + 1 for 64)), ''::bytea order by n), '')
    into strict level
    from generate_series(0, length(level) / 64 - 1) as n;
    height := height + 1;
  end loop;
  return substring(frontier for untouched) || added;
end
$$;

create function audit.root_of(frontier bytea) returns bytea
language plpgsql immutable strict
set search_path = pg_catalog, pg_temp
as $$
declare
  root bytea := substring(frontier from length(frontier) - 31);
begin
  if frontier = '' then
    return sha256('');
  end if;
  for n in reverse length(frontier) / 32 - 2 .. 0 loop
    root := sha256('\x01'::bytea || substring(frontier from 32 * n + 1 for 32) || root);
  end loop;
  return root;
end
$$;

alter table audit.head add root bytea, add frontier bytea;

-- The tree of the entries that are there already.
do $$
declare
  grown bigint := 0;
  top bytea := '';
  leaves bytea;
begin
  loop
    select string_agg(hash, ''::bytea order by index) into leaves
    from audit.leaf where index >= grown and index < grown + 1000000;
    exit when leaves is null;
    top := audit.extend(grown, top, leaves);
    grown := grown + length(leaves) / 32;
  end loop;
  if exists (
    select from audit.head
    where size <> grown or size <> (select coalesce(max(index), -1) + 1 from audit.leaf)
  ) then
    raise exception 'the entries of the audit log are not numbered from 0 to its size without a gap';
  end if;
  update audit.head set root = audit.root_of(top), frontier = top;
end
$$;
alter table audit.head alter root set not null, alter frontier set not null;

drop function audit.append(jsonb);

-- Appends a batch to the tree of the size that the caller knows, or does nothing and says how large the tree is. The
-- whole batch is appended, in its order, or nothing is. `kept` are the ids that the log has already, with these very
-- bytes: a caller who never heard that they were appended leaves them out and is done. The caller says what the root
-- becomes; one who counts otherwise than we do is refused.
create function audit.append(
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
begin
  -- No record, no data: whatever the session was told, this commit is on disk before it is reported.
  perform set_config('synchronous_commit', 'on', true);
  -- One writer at a time. The statements below see all that the last one committed.
  select head.size, head.frontier into strict size, grown from audit.head for update;

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
    insert into audit.entry (index, id, at, kind, request_id, partner, practitioner, subject, body)
    select offered.* from offered
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
  update audit.head set size = append.size, root = new_root, frontier = grown;
end
$$;

create function audit.read_head(out size bigint, out root bytea, out frontier bytea)
language sql stable
security definer
set search_path = pg_catalog, pg_temp
as $$ select head.size, head.root, head.frontier from audit.head $$;

-- For a caller who lost the race too often: until its transaction ends nobody else appends. Should it fall asleep, not
-- for long.
create function audit.lock_head(out size bigint)
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  perform set_config('idle_in_transaction_session_timeout', '2s', true);
  select head.size into strict size from audit.head for update;
end
$$;

-- Hashes of the entries as they lie there now, from an index on: what a tree is checked against. No entry is shown.
create function audit.read_leaves(first bigint, most int) returns table (index bigint, hash bytea)
language sql stable
security definer
set search_path = pg_catalog, pg_temp
as $$
  select entry.index, sha256('\x00'::bytea || entry.body) from audit.entry
  where entry.index >= first order by entry.index limit most
$$;

-- The newest.
create function audit.read_checkpoint() returns table (size bigint, frontier bytea, note text)
language sql stable
security definer
set search_path = pg_catalog, pg_temp
as $$
  select checkpoint.size, checkpoint.frontier, checkpoint.note from audit.checkpoint
  order by checkpoint.size desc limit 1
$$;

-- Two gateways may sign one size: the first is kept. None can promise more than there is.
create function audit.keep_checkpoint(new_size bigint, new_frontier bytea, new_note text) returns void
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  perform set_config('synchronous_commit', 'on', true);
  if exists (
    select from audit.head
    where new_size > head.size or new_size = head.size and new_frontier <> head.frontier
  ) then
    raise exception 'the checkpoint is not of this log' using errcode = 'check_violation';
  end if;
  insert into audit.checkpoint (size, frontier, note) values (new_size, new_frontier, new_note)
  on conflict (size) do nothing;
end
$$;

revoke all on all functions in schema audit from public;
grant execute on function
  audit.append(bigint, jsonb, bytea),
  audit.read_head(),
  audit.lock_head(),
  audit.read_leaves(bigint, int),
  audit.read_checkpoint(),
  audit.keep_checkpoint(bigint, bytea, text)
to throughgate_gateway;
grant select on audit.checkpoint to throughgate_audit_reader;
