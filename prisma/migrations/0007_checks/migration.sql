-- One question about one person. `check` is a word of SQL: it needs an alias wherever a column of it is named.
create table record.check (
  id uuid not null,
  person uuid not null,
  partner text not null,
  type text not null check (type in ('DOMESTIC_ABUSE', 'CHILDRENS_SERVICES')),
  asked_by text not null,
  asked_at timestamptz(3) not null,
  release date,
  state text not null check (state in ('ASKED', 'RETURNED', 'CONSIDERED', 'DONE', 'WITHDRAWN', 'HELD')),
  decision jsonb,
  countersignature jsonb,
  decided_first timestamptz(3),
  high_risk boolean,
  child_plan boolean,
  held text check (held in ('PERSON_MERGED', 'PERSON_SPLIT')),
  closed_at timestamptz(3),
  version integer not null,
  -- True or null, so that one of a type is open about a person and any number may be closed.
  open boolean default true check (open),
  -- The command whose change of it waits for its entry in the log. Of a check that is new by it, the version is 0.
  pending uuid,
  -- When the sweep must look at it, or who has taken it may be taken to have died.
  look_at timestamptz(3),
  -- When it was closed; null again once what it told and was told is deleted.
  empty_from timestamptz(3),
  -- Hashes of the person's current links when it was asked. The links themselves lie beside, in the clear.
  links bytea[] default array[]::bytea[] check (links is not null),
  -- Why its person is no longer the one it was asked about, as the import found.
  moved text check (moved in ('PERSON_MERGED', 'PERSON_SPLIT')),
  constraint check_pkey primary key (id),
  constraint closed_when_over check ((closed_at is not null) = (state in ('DONE', 'WITHDRAWN'))),
  constraint open_until_closed check (open is not null or closed_at is not null or version = 0),
  constraint held_for_a_reason check ((held is not null) = (state = 'HELD'))
);
create unique index check_person_partner_type_open_key on record.check (person, partner, type, open);
create index check_look_at_idx on record.check (look_at);
create index check_empty_from_idx on record.check (empty_from);
create index check_moved_idx on record.check (moved);

-- What one holder is asked.
create table record.check_request (
  id uuid not null,
  check_id uuid not null,
  -- Its place among those of the check, from 0.
  place integer not null,
  responder text not null,
  team text not null,
  state text not null
    check (state in (
      'REQUESTED', 'ACKNOWLEDGED', 'CHASED', 'RETURNED', 'WITHDRAWN', 'SUPERSEDED', 'EXPIRED', 'NOT_ASKED'
    )),
  requested_at timestamptz(3) not null,
  content_id uuid,
  question text not null,
  acknowledged jsonb,
  chased integer not null,
  chased_at timestamptz(3),
  target_at timestamptz(3) not null,
  breach_at timestamptz(3) not null,
  next_at timestamptz(3),
  answer jsonb,
  accepted jsonb,
  withdrawn jsonb,
  recalled jsonb,
  superseded_by uuid,
  version integer not null,
  -- From when it is late, while an answer can come.
  waiting_at timestamptz(3),
  constraint check_request_pkey primary key (id),
  constraint check_request_check_id_fkey foreign key (check_id) references record.check (id)
    on update cascade on delete cascade,
  constraint answered_when_returned check (state <> 'RETURNED' or answer is not null)
);
create index check_request_check_id_idx on record.check_request (check_id);
create index check_request_responder_team_waiting_at_check_id_idx
  on record.check_request (responder, team, waiting_at, check_id);

-- How many requests wait for a team. Counted as they come and go: a queue page tells how many, however many there are.
create table record.check_count (
  responder text not null,
  team text not null,
  type text not null,
  waiting integer not null,
  constraint check_count_pkey primary key (responder, team, type)
);

-- What was done under an idempotency key. Its changes wait here until the log has its entry.
create table record.check_command (
  id uuid not null,
  partner text not null,
  practitioner text not null,
  field text not null,
  idempotency_key text not null,
  input text not null,
  result jsonb not null,
  done_at timestamptz(3) not null,
  changes jsonb,
  -- True or null, once the changes are in force.
  waiting boolean default true check (waiting),
  claimed_until timestamptz(3),
  constraint check_command_pkey primary key (id),
  constraint applied_or_waiting check ((changes is null) = (waiting is null))
);
create unique index check_command_partner_practitioner_idempotency_key_key
  on record.check_command (partner, practitioner, idempotency_key);
create index check_command_waiting_done_at_idx on record.check_command (waiting, done_at);

-- What checks and referrals told and were told, encrypted.
create table record.sealed_content (
  id uuid not null,
  -- Of a check or a referral pack.
  about uuid not null,
  epoch integer not null,
  sealed bytea not null,
  made_at timestamptz(3) not null,
  constraint sealed_content_pkey primary key (id)
);
create index sealed_content_about_idx on record.sealed_content (about);

-- That something happened, to whom, and never what it became.
create table record.event (
  -- In the order in which transactions ended: `record.add_events` lets one in at a time.
  sequence bigserial not null,
  id uuid not null,
  kind text not null,
  at timestamptz(3) not null,
  person uuid not null,
  partner text,
  reference text,
  -- True or null, once it is known whom to send it to.
  unrouted boolean default true check (unrouted),
  constraint event_pkey primary key (sequence)
);
create unique index event_id_key on record.event (id);
create index event_person_sequence_idx on record.event (person, sequence);
create index event_unrouted_sequence_idx on record.event (unrouted, sequence);
create index event_at_idx on record.event (at);

create table record.delivery (
  event_id uuid not null,
  endpoint text not null,
  attempts integer not null default 0,
  -- Null once it is over.
  next_at timestamptz(3),
  delivered_at timestamptz(3),
  dead_at timestamptz(3),
  last_problem text,
  constraint delivery_pkey primary key (event_id, endpoint),
  constraint delivery_event_id_fkey foreign key (event_id) references record.event (id)
    on update cascade on delete cascade,
  constraint one_end check (num_nonnulls(next_at, delivered_at, dead_at) = 1)
);
create index delivery_endpoint_next_at_idx on record.delivery (endpoint, next_at);
create index delivery_dead_at_idx on record.delivery (dead_at);

-- A watched field as it was seen last, as a keyed hash.
create table record.fingerprint (
  partner text not null,
  person uuid not null,
  holder text not null,
  coordinate text not null,
  hash bytea not null,
  seen_at timestamptz(3) not null,
  constraint fingerprint_pkey primary key (partner, person, holder, coordinate)
);

-- Whose turn it is to watch, and until when nobody else has one.
create table record.watch (
  key text not null,
  at timestamptz(3) not null,
  claimed_until timestamptz(3) not null,
  constraint watch_pkey primary key (key)
);

create table record.gap_acknowledgement (
  person uuid not null,
  partner text not null,
  rule text not null,
  release date not null,
  by text not null,
  at timestamptz(3) not null,
  constraint gap_acknowledgement_pkey primary key (person, partner, rule, release)
);

create table record.referral_pack (
  id uuid not null,
  person uuid not null,
  partner text not null,
  provider text not null,
  team text not null,
  state text not null check (state in ('SENT', 'ACCEPTED', 'REFUSED', 'ENDED')),
  sent_by text not null,
  sent_at timestamptz(3) not null,
  arrives_at timestamptz(3) not null,
  brought_by text not null,
  contacts_id uuid,
  answered_by text,
  answered_at timestamptz(3),
  reason text,
  text_id uuid,
  ended_at timestamptz(3),
  version integer not null,
  -- True or null: one about a person waits for a provider's answer.
  open boolean default true check (open),
  pending uuid,
  look_at timestamptz(3),
  empty_from timestamptz(3),
  constraint referral_pack_pkey primary key (id),
  constraint answered_by_somebody check ((answered_by is null) = (answered_at is null)),
  constraint open_while_sent check ((open is not null) = (state = 'SENT') or pending is not null)
);
create unique index referral_pack_person_provider_open_key on record.referral_pack (person, provider, open);
create index referral_pack_provider_open_arrives_at_idx on record.referral_pack (provider, open, arrives_at);
create index referral_pack_look_at_idx on record.referral_pack (look_at);
create index referral_pack_empty_from_idx on record.referral_pack (empty_from);

create function record.links_of(of_person uuid) returns bytea[]
language sql stable
set search_path = pg_catalog, pg_temp
as $$
  select coalesce(array_agg(sha256(convert_to(concat_ws('|', link.type, link.holder, link.value), 'UTF8'))), '{}')
  from record.link where link.person = of_person and link.current
$$;

-- Marks open checks whose person lost a current link, or gained one that was another person's or is a second at one
-- holder. A first link at a holder is no other person. What an import ends with; run by the owner.
create function record.note_moved_people() returns void
language sql
set search_path = pg_catalog, pg_temp
as $$
  with asked as materialized (
    select c.id, c.person, c.moved, c.links as links_then, record.links_of(c.person) as links_now
    from record.check as c where c.open and c.version > 0
  ), found as materialized (
    select asked.id,
      case when lost and not joined and links_now <> '{}' then 'PERSON_SPLIT' when lost or joined then 'PERSON_MERGED' end
        as why
    from asked, lateral (
      select not links_then <@ links_now as lost, exists (
        select from record.link as gained join record.link as other using (type, holder)
        where not links_now <@ links_then and gained.person = asked.person and gained.current
          and sha256(convert_to(concat_ws('|', gained.type, gained.holder, gained.value), 'UTF8')) <> all(links_then)
          and (other.person = gained.person) <> (other.value = gained.value)
      ) as joined
    ) as change
    where not (links_then <@ links_now and links_now <@ links_then) or asked.moved is not null
  ), locked as materialized (
    -- In one order everywhere: a command that is put in force meanwhile would wait for us, and we for it.
    select c.id from record.check as c where c.id in (select id from found) order by c.id for update
  )
  update record.check as c set moved = found.why from found join locked using (id)
  where c.id = found.id and c.moved is distinct from found.why
$$;

-- Lets one transaction in at a time, until it ends: whoever has read up to a sequence misses none before it.
create function record.add_events(events jsonb) returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
  if jsonb_array_length(events) = 0 then
    return;
  end if;
  perform pg_advisory_xact_lock(4101866);
  insert into record.event (id, kind, at, person, partner, reference)
  select given.id, given.kind, given.at, given.person, given.partner, given.reference
  from rows from (jsonb_to_recordset(events) as (
    id uuid, kind text, at timestamptz, person uuid, partner text, reference text
  )) with ordinality as given (id, kind, at, person, partner, reference, place)
  order by given.place
  on conflict (id) do nothing;
end
$$;

-- Adds the waiting requests of these checks to the counts, or, with -1, takes them off.
create function record.count_waiting(checks uuid[], sign int) returns void
language sql
set search_path = pg_catalog, pg_temp
as $$
  insert into record.check_count as kept (responder, team, type, waiting)
  select r.responder, r.team, c.type, sign * count(*)
  from record.check_request as r join record.check as c on c.id = r.check_id
  where r.check_id = any(checks) and r.waiting_at is not null
  group by r.responder, r.team, c.type
  -- In one order everywhere: two that count would wait for each other.
  order by r.responder, r.team, c.type
  on conflict (responder, team, type) do update set waiting = kept.waiting + excluded.waiting
$$;

-- Where the requests of these checks go: by person and team, all requests that were ever made there, and one that waits.
create function record.asked_teams(checks uuid[])
returns table (person uuid, responder text, team text, requests text[], live text, asserted_by text)
language sql stable
set search_path = pg_catalog, pg_temp
as $$
  select touched.person, touched.responder, touched.team, array_agg(r.id::text),
    (array_agg(r.id::text order by r.requested_at desc, r.id) filter (where r.waiting_at is not null))[1],
    (array_agg(c.partner || '/' || c.asked_by order by r.requested_at desc, r.id)
      filter (where r.waiting_at is not null))[1]
  from (
    select distinct given.person, asked.responder, asked.team
    from record.check as given join record.check_request as asked on asked.check_id = given.id
    where given.id = any(checks)
  ) as touched
  join record.check as c on c.person = touched.person
  join record.check_request as r
    on r.check_id = c.id and r.responder = touched.responder and r.team = touched.team
  group by touched.person, touched.responder, touched.team
$$;

-- A team has an OPEN_CHECK relationship with a person while a request to it waits. What was asserted otherwise is left
-- alone. One that was answered, or given up, is over with the day; any other at once.
create function record.follow_checks(checks uuid[], day date) returns void
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  update record.relationship as held
  set valid_until = day - case when exists (
    select from record.check_request as r join record.check as c on c.id = r.check_id
    where r.id::text = held.evidence and r.state in ('RETURNED', 'EXPIRED') and c.state <> 'HELD'
  ) then 0 else 1 end
  from record.asked_teams(checks) as asked
  where held.person = asked.person and held.partner = asked.responder and held.type = 'OPEN_CHECK'
    and held.held_by = asked.team and held.held_by_team and held.valid_until is null
    and held.evidence = any(asked.requests) and asked.live is null;
  -- Another request took the place of the one that it began with.
  update record.relationship as held
  set evidence = asked.live, asserted_by = asked.asserted_by
  from record.asked_teams(checks) as asked
  where held.person = asked.person and held.partner = asked.responder and held.type = 'OPEN_CHECK'
    and held.held_by = asked.team and held.held_by_team and held.valid_until is null
    and held.evidence = any(asked.requests) and held.evidence <> asked.live;
  insert into record.relationship
    (person, partner, type, held_by, held_by_team, valid_from, asserted_by, evidence)
  select asked.person, asked.responder, 'OPEN_CHECK', asked.team, true, day, asked.asserted_by, asked.live
  from record.asked_teams(checks) as asked
  where asked.live is not null and not exists (
    select from record.relationship as held
    where held.person = asked.person and held.partner = asked.responder and held.type = 'OPEN_CHECK'
      and held.held_by = asked.team and held.held_by_team and held.valid_until is null
      and held.evidence = any(asked.requests)
  )
  on conflict (person, partner, type, held_by, held_by_team, valid_from)
  do update set valid_until = null, asserted_by = excluded.asserted_by, evidence = excluded.evidence;
end
$$;

-- A provider's team has a PLACEMENT_OFFER relationship while a pack waits for its answer, and a PLACEMENT_REFERRAL once it
-- takes the person.
create function record.follow_referrals(packs uuid[], day date) returns void
language sql
security definer
set search_path = pg_catalog, pg_temp
as $$
  update record.relationship as held set valid_until = day - 1
  from record.referral_pack as pack
  where pack.id = any(packs) and held.person = pack.person and held.partner = pack.provider
    and held.evidence = pack.id::text and held.valid_until is null
    and held.type in ('PLACEMENT_OFFER', 'PLACEMENT_REFERRAL')
    and held.type is distinct from case pack.state
      when 'SENT' then 'PLACEMENT_OFFER' when 'ACCEPTED' then 'PLACEMENT_REFERRAL' end;
  insert into record.relationship
    (person, partner, type, held_by, held_by_team, valid_from, asserted_by, evidence)
  select pack.person, pack.provider,
    case pack.state when 'SENT' then 'PLACEMENT_OFFER' else 'PLACEMENT_REFERRAL' end, pack.team, true, day,
    pack.partner || '/' || pack.sent_by, pack.id::text
  from record.referral_pack as pack
  where pack.id = any(packs) and pack.state in ('SENT', 'ACCEPTED') and not exists (
    select from record.relationship as held
    where held.person = pack.person and held.partner = pack.provider and held.evidence = pack.id::text
      and held.valid_until is null
  )
  on conflict (person, partner, type, held_by, held_by_team, valid_from)
  do update set valid_until = null, asserted_by = excluded.asserted_by, evidence = excluded.evidence;
$$;

-- Puts in force what a command made: `{checks: [row with requests: [row]], packs: [row], events: [...]}`.
create function record.apply_changes(changes jsonb, day date) returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  checks uuid[];
  packs uuid[];
  people uuid[];
  closing boolean;
begin
  -- In one order everywhere. Those of people who were sealed meanwhile are gone.
  checks := array(
    select c.id from record.check as c
    where c.id in (select (given->>'id')::uuid from jsonb_array_elements(changes->'checks') as given)
    order by c.id for update
  );
  packs := array(
    select pack.id from record.referral_pack as pack
    where pack.id in (select (given->>'id')::uuid from jsonb_array_elements(changes->'packs') as given)
    order by pack.id for update
  );

  perform record.count_waiting(checks, -1);
  -- What closes makes room for what opens.
  foreach closing in array array[true, false] loop
    update record.check as c
    set person = given.person, release = given.release, state = given.state, decision = given.decision,
      countersignature = given.countersignature, decided_first = given.decided_first,
      high_risk = given.high_risk, child_plan = given.child_plan, held = given.held, closed_at = given.closed_at, version = given.version, open = case when not closing then true end,
      pending = null, look_at = given.look_at, empty_from = given.closed_at,
      links = case when c.version = 0 or c.state = 'HELD' and given.state <> 'HELD'
        then record.links_of(given.person) else c.links end,
      moved = case when c.state = 'HELD' and given.state <> 'HELD' then null else c.moved end
    from jsonb_populate_recordset(null::record.check, changes->'checks') as given
    where c.id = given.id and (given.closed_at is not null) = closing;

    update record.referral_pack as pack
    set state = given.state, answered_by = given.answered_by, answered_at = given.answered_at, reason = given.reason,
      text_id = given.text_id, ended_at = given.ended_at, contacts_id = given.contacts_id, version = given.version,
      open = case when not closing then true end, pending = null, look_at = given.look_at,
      empty_from = given.empty_from
    from jsonb_populate_recordset(null::record.referral_pack, changes->'packs') as given
    where pack.id = given.id and (given.state <> 'SENT') = closing;
  end loop;

  insert into record.check_request (id, check_id, place, responder, team, state, requested_at, content_id, question,
    acknowledged, chased, chased_at, target_at, breach_at, next_at, answer, accepted, withdrawn, recalled, superseded_by,
    version, waiting_at)
  select asked.id, asked.check_id, asked.place, asked.responder, asked.team, asked.state, asked.requested_at,
    asked.content_id, asked.question, asked.acknowledged, asked.chased, asked.chased_at, asked.target_at,
    asked.breach_at, asked.next_at, asked.answer, asked.accepted, asked.withdrawn, asked.recalled,
    asked.superseded_by, asked.version, asked.waiting_at
  from jsonb_array_elements(changes->'checks') as given,
    jsonb_populate_recordset(null::record.check_request, given->'requests') as asked
  where asked.check_id = any(checks)
  on conflict (id) do update
  set place = excluded.place, state = excluded.state, content_id = excluded.content_id,
    acknowledged = excluded.acknowledged, chased = excluded.chased, chased_at = excluded.chased_at,
    requested_at = excluded.requested_at, target_at = excluded.target_at, breach_at = excluded.breach_at,
    next_at = excluded.next_at, answer = excluded.answer, accepted = excluded.accepted, withdrawn = excluded.withdrawn,
    recalled = excluded.recalled, superseded_by = excluded.superseded_by, version = excluded.version,
    waiting_at = excluded.waiting_at;
  perform record.count_waiting(checks, 1);
  perform record.follow_checks(checks, day);
  perform record.follow_referrals(packs, day);

  -- Of an answer that was taken back nothing stays.
  delete from record.sealed_content as content
  where content.about = any(checks) and not exists (
    select from record.check_request as r
    where r.check_id = content.about and content.id in (r.content_id, (r.answer->>'contentId')::uuid)
  );

  people := array(
    select c.person from record.check as c where c.id = any(checks)
    union select pack.person from record.referral_pack as pack where pack.id = any(packs)
  );
  perform record.add_events((
    select coalesce(jsonb_agg(event order by place), '[]')
    from jsonb_array_elements(changes->'events') with ordinality as given (event, place)
    where (event->>'person')::uuid = any(people)
  ));
end
$$;

create function record.activate_command(of_command uuid) returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  kept record;
begin
  select command.changes, (command.done_at at time zone 'Europe/London')::date as day into kept
  from record.check_command as command where command.id = of_command and command.waiting for update;
  if found then
    perform record.apply_changes(kept.changes, kept.day);
    -- What was told, and of whom, is in the log by now, and stays nowhere else.
    update record.check_command
    set changes = null, waiting = null, result = case jsonb_typeof(result) when 'object' then result - 'messages' else result end
    where id = of_command;
  end if;
end
$$;

-- `saved`, `repeated` where the key of the command was used, `conflict` where a version is not the one that is kept:
-- then nothing is. Each check and pack says as `before` which version it changes; null where it is new.
create function record.save_changes(
  command jsonb, changes jsonb, contents jsonb, texts jsonb, done_at timestamptz
) returns text
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  by_command uuid := coalesce((command->>'id')::uuid, gen_random_uuid());
  taken int := 0;
  counted int;
begin
  if command is not null then
    insert into record.check_command
      (id, partner, practitioner, field, idempotency_key, input, result, done_at, changes)
    select by_command, command->>'partner', command->>'practitioner', command->>'field', command->>'idempotencyKey',
      command->>'input', command->'result', save_changes.done_at, save_changes.changes
    on conflict (partner, practitioner, idempotency_key) do nothing;
    if not found then
      return 'repeated';
    end if;
  end if;

  -- In one order everywhere: two that save the same would wait for each other.
  perform from record.check as c
  where c.id in (select (given->>'id')::uuid from jsonb_array_elements(changes->'checks') as given)
  order by c.id for update;
  update record.check as c
  set pending = by_command, open = case when given.closed_at is null then true else c.open end
  from jsonb_to_recordset(changes->'checks') as given (id uuid, before int, closed_at timestamptz)
  where c.id = given.id and c.version = given.before and c.version > 0 and c.pending is null;
  get diagnostics counted = row_count;
  taken := taken + counted;
  insert into record.check (id, person, partner, type, asked_by, asked_at, release, state, version, open, pending)
  select given.id, given.person, given.partner, given.type, given.asked_by, given.asked_at, given.release, 'ASKED', 0,
    -- Another's place, which is closed with it, is taken when it is.
    case when not exists (
      select from jsonb_populate_recordset(null::record.check, changes->'checks') as other
      where other.id <> given.id and other.closed_at is not null
        and (other.person, other.partner, other.type) = (given.person, given.partner, given.type)
    ) then true end,
    by_command
  from jsonb_array_elements(changes->'checks') as row, jsonb_populate_record(null::record.check, row) as given
  where row->>'before' is null
  order by given.person, given.type, given.id
  on conflict do nothing;
  get diagnostics counted = row_count;
  taken := taken + counted;

  perform from record.referral_pack as pack
  where pack.id in (select (given->>'id')::uuid from jsonb_array_elements(changes->'packs') as given)
  order by pack.id for update;
  update record.referral_pack as pack set pending = by_command
  from jsonb_to_recordset(changes->'packs') as given (id uuid, before int)
  where pack.id = given.id and pack.version = given.before and pack.version > 0 and pack.pending is null;
  get diagnostics counted = row_count;
  taken := taken + counted;
  insert into record.referral_pack (id, person, partner, provider, team, state, sent_by, sent_at, arrives_at, brought_by,
    version, open, pending)
  select given.id, given.person, given.partner, given.provider, given.team, 'SENT', given.sent_by, given.sent_at,
    given.arrives_at, given.brought_by, 0,
    case when not exists (
      select from jsonb_populate_recordset(null::record.referral_pack, changes->'packs') as other
      where other.id <> given.id and other.state <> 'SENT'
        and (other.person, other.provider) = (given.person, given.provider)
    ) then true end,
    by_command
  from jsonb_array_elements(changes->'packs') as row, jsonb_populate_record(null::record.referral_pack, row) as given
  where row->>'before' is null
  order by given.person, given.provider, given.id
  on conflict do nothing;
  get diagnostics counted = row_count;
  taken := taken + counted;

  if taken <> jsonb_array_length(changes->'checks') + jsonb_array_length(changes->'packs') then
    raise exception 'something changed meanwhile' using errcode = 'TG001';
  end if;
  insert into record.sealed_content (id, about, epoch, sealed, made_at)
  select given.id, given.about, given.epoch, decode(given.sealed, 'base64'), save_changes.done_at
  from jsonb_to_recordset(contents) as given (id uuid, about uuid, epoch int, sealed text);
  perform audit.keep_text(given.id, given.epoch, decode(given.sealed, 'base64'))
  from jsonb_to_recordset(texts) as given (id uuid, epoch int, sealed text);
  if command is null then
    perform record.apply_changes(changes, (save_changes.done_at at time zone 'Europe/London')::date);
  end if;
  return 'saved';
-- All that was done above is undone.
exception when unique_violation or sqlstate 'TG001' then
  return 'conflict';
end
$$;

-- Everything of people who are sealed. Run by the owner.
create function record.forget_people(people uuid[]) returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
  perform record.count_waiting(array(select c.id from record.check as c where c.person = any(people)), -1);
  delete from record.sealed_content where about in (
    select c.id from record.check as c where c.person = any(people)
    union all select pack.id from record.referral_pack as pack where pack.person = any(people)
  );
  delete from record.check as c where c.person = any(people);
  delete from record.referral_pack where person = any(people);
  delete from record.event where person = any(people);
  delete from record.fingerprint where person = any(people);
  delete from record.gap_acknowledgement where person = any(people);
end
$$;

revoke all on all functions in schema record from public;
grant execute on function
  record.links_of(uuid),
  record.add_events(jsonb),
  record.count_waiting(uuid[], int),
  record.follow_checks(uuid[], date),
  record.follow_referrals(uuid[], date),
  record.apply_changes(jsonb, date),
  record.activate_command(uuid),
  record.save_changes(jsonb, jsonb, jsonb, jsonb, timestamptz)
to throughgate_gateway;
grant select, insert, update on record.check, record.check_request, record.check_count, record.referral_pack
  to throughgate_gateway;
grant select, insert, update (result, changes, waiting, claimed_until) on record.check_command to throughgate_gateway;
grant select, insert, delete on record.sealed_content to throughgate_gateway;
grant select, insert, update (unrouted), delete on record.event to throughgate_gateway;
grant usage on sequence record.event_sequence_seq to throughgate_gateway;
grant select, insert, update, delete on record.delivery to throughgate_gateway;
grant select, insert, update on record.fingerprint, record.watch to throughgate_gateway;
grant select, insert on record.gap_acknowledgement to throughgate_gateway;
