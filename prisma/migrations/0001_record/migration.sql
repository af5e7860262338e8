create schema record;

create table record.person (
  id uuid not null,
  constraint person_pkey primary key (id)
);

create table record.link (
  type text not null,
  value text not null,
  holder text not null,
  person uuid not null,
  confidence double precision not null check (confidence between 0 and 1),
  current boolean not null,
  constraint link_pkey primary key (type, value, holder, person)
);
create index link_person_idx on record.link (person);

create table record.opaque_id (
  person uuid not null,
  partner text not null,
  id text not null,
  constraint opaque_id_pkey primary key (person, partner),
  constraint opaque_id_person_fkey foreign key (person) references record.person (id) on update cascade on delete cascade
);
create unique index opaque_id_id_key on record.opaque_id (id);

create table record.relationship (
  person uuid not null,
  partner text not null,
  type text not null,
  held_by text not null,
  held_by_team boolean not null,
  valid_from date not null,
  valid_until date,
  asserted_by text not null,
  evidence text not null,
  constraint relationship_pkey primary key (person, partner, type, held_by, held_by_team, valid_from),
  constraint asserted_by_somebody_else check (held_by_team or asserted_by <> held_by)
);
create index relationship_partner_held_by_held_by_team_type_idx
  on record.relationship (partner, held_by, held_by_team, type);

create table record.team_member (
  partner text not null,
  practitioner text not null,
  team text not null,
  valid_from date not null,
  valid_until date,
  constraint team_member_pkey primary key (partner, practitioner, team, valid_from)
);

create table record.duty (
  partner text not null,
  practitioner text not null,
  team text not null,
  valid_from date not null,
  valid_until date,
  constraint duty_pkey primary key (partner, practitioner, team, valid_from)
);

create table record.permission (
  person uuid not null,
  type text not null,
  holder text not null,
  recipient_type text not null,
  valid_from date not null,
  valid_until date,
  constraint permission_pkey primary key (person, type, holder, recipient_type, valid_from)
);

create table record.restriction (
  person uuid not null,
  type text not null check (type in ('RESTRICTION', 'EXCLUSION')),
  owner text not null,
  valid_from date not null,
  valid_until date,
  -- Prisma's lists are nullable in the database. Ours is not.
  accounts text[] check (accounts is not null),
  constraint restriction_pkey primary key (person, type, owner, valid_from)
);

-- Roles belong to the whole server, and another database there may have made this one. Logins are made its members.
do $$
begin
  if not exists (select from pg_roles where rolname = 'throughgate_gateway') then
    create role throughgate_gateway nologin;
  end if;
exception when duplicate_object or unique_violation then
  null;
end
$$;

grant usage on schema record to throughgate_gateway;
grant select on all tables in schema record to throughgate_gateway;
grant insert on record.opaque_id to throughgate_gateway;
-- So that a gateway without the owner's rights can tell that the schema is behind.
grant select on _prisma_migrations to throughgate_gateway;
