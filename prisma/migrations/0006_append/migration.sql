-- A batch of entries comes as columns and bytes, which nobody has to parse.

drop function audit.append(bigint, jsonb, bytea);

-- As in 0005. A batch is one array a column, and the entries' bytes one after the other with the length of each.
create function audit.append(
  expected_size bigint, new_root bytea,
  ids uuid[], ats timestamptz[], kinds text[], request_ids uuid[], partners text[], practitioners text[], subjects text[],
  lengths int[], bodies bytea,
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
  select coalesce(array_agg(offered.id), '{}') into strict kept
  from unnest(ids) as offered (id)
  where (select leaf.index from audit.leaf where leaf.entry_id = offered.id) is not null;
  if kept <> '{}' then
    select coalesce(bool_or(
      (select leaf.hash from audit.leaf where leaf.entry_id = offered.id)
        <> sha256('\x00'::bytea || substring(bodies from offered.past - offered.length + 1 for offered.length))), false)
    into strict altered
    from (
      select given.id, given.length, (sum(given.length) over (order by given.place))::int as past
      from unnest(ids, lengths) with ordinality as given (id, length, place)
    ) as offered
    where offered.id = any(kept);
    if altered then
      raise exception 'the log has an entry of this id with other bytes' using errcode = 'unique_violation';
    end if;
  end if;
  appended := size = expected_size and kept = '{}';
  if not appended then
    return;
  end if;

  with offered as materialized (
    select expected_size + given.place - 1 as index, given.id, given.at, given.kind, given.request_id, given.partner,
      given.practitioner, given.subject,
      substring(bodies from (sum(given.length) over (order by given.place))::int - given.length + 1 for given.length) as body
    from unnest(ids, ats, kinds, request_ids, partners, practitioners, subjects, lengths) with ordinality
      as given (id, at, kind, request_id, partner, practitioner, subject, length, place)
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

revoke all on function audit.append(
  bigint, bytea, uuid[], timestamptz[], text[], uuid[], text[], text[], text[], int[], bytea
) from public;
grant execute on function audit.append(
  bigint, bytea, uuid[], timestamptz[], text[], uuid[], text[], text[], text[], int[], bytea
) to throughgate_gateway;
