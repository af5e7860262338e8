create table record.objection (
  person uuid not null,
  holder text not null,
  recipient_type text not null,
  data_class text not null,
  decided_by text not null,
  valid_from date not null,
  valid_until date,
  constraint objection_pkey primary key (person, holder, recipient_type, data_class, valid_from)
);

create table record.interest (
  person uuid not null,
  partner text not null,
  practitioner text not null,
  type text not null check (type in ('OWN_RECORD', 'DECLARED_INTEREST')),
  valid_from date not null,
  valid_until date,
  constraint interest_pkey primary key (person, partner, practitioner, type, valid_from)
);

create table record.manager (
  partner text not null,
  practitioner text not null,
  team text not null,
  valid_from date not null,
  valid_until date,
  constraint manager_pkey primary key (partner, practitioner, team, valid_from)
);

create table record.cover (
  id uuid not null default gen_random_uuid(),
  partner text not null,
  practitioner text not null,
  covered_by text not null,
  recorded_by text not null,
  reference text not null,
  reason text not null,
  valid_from date not null,
  valid_until date not null,
  idempotency_key text,
  active boolean not null default false,
  constraint cover_pkey primary key (id),
  constraint covered_by_somebody_else check (covered_by <> practitioner),
  -- Nobody opens a record to themselves.
  constraint recorded_by_somebody_else check (recorded_by <> covered_by)
);
create unique index cover_partner_reference_key on record.cover (partner, reference);
create unique index cover_partner_recorded_by_idempotency_key_key
  on record.cover (partner, recorded_by, idempotency_key);
create index cover_partner_covered_by_idx on record.cover (partner, covered_by);

-- No accounts means that the owner's list could not be read: the person is closed to everybody.
alter table record.restriction drop constraint restriction_accounts_check;
alter table record.restriction
  add column desks text[] default array[]::text[] check (desks is not null),
  add column unresolved text[] default array[]::text[] check (unresolved is not null),
  add column reference text default gen_random_uuid()::text;
-- As an import names a restriction whose owner gave it no reference.
update record.restriction set reference = 'R-' || left(encode(sha256(
  convert_to(concat_ws('|', person, type, owner, valid_from), 'UTF8')), 'hex'), 16);
alter table record.restriction alter column reference set not null;
create index restriction_owner_idx on record.restriction (owner);

create table record.restriction_list (
  owner text not null,
  received_at timestamptz(3),
  as_of timestamptz(3),
  entries integer not null default 0,
  sha256 text,
  problem text,
  problem_at timestamptz(3),
  constraint restriction_list_pkey primary key (owner)
);

create table record.sealed (
  tombstone bytea not null,
  constraint sealed_pkey primary key (tombstone)
);

create table record.break_glass (
  id uuid not null,
  idempotency_key text not null,
  request_id uuid not null,
  partner text not null,
  practitioner text not null,
  role text not null,
  purpose text not null,
  person uuid,
  sent text not null,
  reason text not null,
  text text not null,
  opened_at timestamptz(3) not null,
  until timestamptz(3),
  active boolean not null default false,
  version integer not null default 1,
  due_at timestamptz(3) not null,
  closed_at timestamptz(3),
  reviewer text,
  outcome text check (outcome in ('JUSTIFIED', 'NOT_JUSTIFIED', 'MISTAKE')),
  review_text text,
  constraint break_glass_pkey primary key (id),
  constraint refused_is_never_in_force check (not active or (until is not null and person is not null)),
  constraint reviewed_by_somebody_else check (reviewer <> practitioner)
);
create unique index break_glass_partner_practitioner_idempotency_key_key
  on record.break_glass (partner, practitioner, idempotency_key);
create index break_glass_person_idx on record.break_glass (person);

create table record.work_item (
  id uuid not null default gen_random_uuid(),
  kind text not null,
  partner text not null,
  reference text not null,
  person uuid,
  opened_at timestamptz(3) not null,
  due_at timestamptz(3) not null,
  open boolean default true check (open),
  constraint work_item_pkey primary key (id)
);
create unique index work_item_kind_partner_reference_open_key on record.work_item (kind, partner, reference, open);
create index work_item_partner_due_at_idx on record.work_item (partner, due_at);

create table record.asked (
  partner text not null,
  practitioner text not null,
  day date not null,
  reference bytea not null,
  constraint asked_pkey primary key (partner, practitioner, day, reference)
);
create index asked_day_idx on record.asked (day);

grant select on all tables in schema record to throughgate_gateway;
-- Whether somebody is sealed is only for an import to know.
revoke select on record.sealed from throughgate_gateway;
grant insert on record.break_glass, record.work_item, record.cover, record.asked to throughgate_gateway;
grant update (active, version, closed_at, reviewer, outcome, review_text) on record.break_glass to throughgate_gateway;
grant update (active) on record.cover to throughgate_gateway;
grant update (open) on record.work_item to throughgate_gateway;
grant delete on record.asked to throughgate_gateway;
