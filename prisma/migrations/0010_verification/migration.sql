-- Checks of the whole log that officers started, and those that somebody outside made.

create table record.verification (
  id uuid not null,
  idempotency_key text not null,
  partner text not null,
  started_by text not null,
  state text not null check (state in ('RUNNING', 'GOOD', 'TAMPERED', 'KEY', 'FAILED', 'INTERRUPTED')),
  -- True or null, so that one at a time runs.
  running boolean default true check (running),
  checked bigint not null default 0,
  size bigint not null default 0,
  problem text,
  entry bigint,
  started_at timestamptz(3) not null,
  finished_at timestamptz(3),
  -- By the clock of the database: one that was not heard of for some time is not under way any more.
  beat_at timestamptz(3) not null default current_timestamp,
  constraint verification_pkey primary key (id),
  constraint running_until_finished check ((running is not null) = (state = 'RUNNING'))
);
create unique index verification_running_key on record.verification (running);
create unique index verification_partner_started_by_idempotency_key_key
  on record.verification (partner, started_by, idempotency_key);
create index verification_started_at_idx on record.verification (started_at);

create table record.outside_verification (
  id uuid not null,
  idempotency_key text not null,
  partner text not null,
  recorded_by text not null,
  who text not null,
  -- A signed note, as it was brought.
  checkpoint text not null,
  size bigint not null,
  agrees boolean not null,
  recorded_at timestamptz(3) not null,
  constraint outside_verification_pkey primary key (id)
);
create unique index outside_verification_partner_recorded_by_idempotency_key_key
  on record.outside_verification (partner, recorded_by, idempotency_key);
create index outside_verification_recorded_at_idx on record.outside_verification (recorded_at);

grant select, insert on record.verification, record.outside_verification to throughgate_gateway;
grant update (state, running, checked, size, problem, entry, finished_at, beat_at) on record.verification
  to throughgate_gateway;
