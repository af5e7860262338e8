-- What rules found in the log, and what officers made of it. People stand here by the log's pseudonyms only.

-- How far the log has been gone through.
create table record.digest (
  sole boolean not null default true check (sole),
  -- Entries before this place.
  next bigint not null,
  up_to timestamptz(3) not null,
  -- Pseudonyms of those who were in no figure.
  set_apart text[] default array[]::text[] check (set_apart is not null),
  constraint digest_pkey primary key (sole)
);

create table record.flag (
  id uuid not null,
  scope text not null check (scope in ('PARTNER', 'OWNER')),
  reader text not null,
  rule text not null,
  day date not null,
  partner text not null,
  practitioner text,
  relationship text,
  subject text,
  epoch integer,
  subjects text[] default array[]::text[] check (subjects is not null),
  weight integer not null,
  sentence text not null,
  evidence text[] default array[]::text[] check (evidence is not null),
  considered text[] default array[]::text[] check (considered is not null),
  entries uuid[] default array[]::uuid[] check (entries is not null),
  constraint flag_pkey primary key (id),
  constraint flag_is_about_one check ((practitioner is null) <> (relationship is null)),
  constraint flag_has_an_epoch check ((subject is null) = (epoch is null))
);
create index flag_day_idx on record.flag (day);
create index flag_scope_reader_practitioner_idx on record.flag (scope, reader, practitioner);
create index flag_subject_idx on record.flag (subject);

create table record.flag_case (
  id uuid not null,
  scope text not null check (scope in ('PARTNER', 'BOARD', 'OWNER')),
  reader text,
  about text not null check (about in ('PRACTITIONER', 'SUBJECT', 'FEED')),
  partner text,
  practitioner text,
  relationship text,
  subject text,
  epoch integer,
  opened_at timestamptz(3) not null,
  due_at timestamptz(3) not null,
  weight integer not null,
  state text not null default 'OPEN' check (state in ('OPEN', 'CONFIRMING', 'CLOSED')),
  assigned_to text,
  outcome text check (outcome in ('NO_CONCERN', 'EXPLAINED', 'LEARNING', 'MISCONDUCT_REFERRED', 'FEED_FAULT')),
  proposed_by text,
  closed_by text,
  closed_at timestamptz(3),
  version integer not null default 1,
  constraint flag_case_pkey primary key (id),
  constraint the_board_reads_for_itself check ((scope = 'BOARD') = (reader is null)),
  constraint closed_by_somebody check ((state = 'CLOSED') = (closed_at is not null)),
  constraint misconduct_takes_two check (closed_by <> proposed_by or outcome <> 'MISCONDUCT_REFERRED')
);
create index flag_case_state_weight_opened_at_idx on record.flag_case (state, weight, opened_at);
create index flag_case_closed_at_idx on record.flag_case (closed_at);

create table record.flag_of_case (
  "case" uuid not null,
  flag uuid not null,
  constraint flag_of_case_pkey primary key ("case", flag),
  constraint flag_of_case_case_fkey foreign key ("case") references record.flag_case (id) on update cascade on delete cascade,
  constraint flag_of_case_flag_fkey foreign key (flag) references record.flag (id) on update cascade on delete cascade
);
create index flag_of_case_flag_idx on record.flag_of_case (flag);

-- A note is a step with a text. What officers write is encrypted, and kept with the log's free texts.
create table record.flag_case_step (
  "case" uuid not null,
  place integer not null,
  at timestamptz(3) not null,
  by text,
  step text not null check (step in ('OPENED', 'GREW', 'ASSIGNED', 'NOTED', 'PROPOSED', 'CLOSED')),
  detail text,
  text_id uuid,
  idempotency_key text,
  constraint flag_case_step_pkey primary key ("case", place),
  constraint flag_case_step_case_fkey foreign key ("case") references record.flag_case (id) on update cascade on delete cascade
);
create unique index flag_case_step_case_by_idempotency_key_key
  on record.flag_case_step ("case", by, idempotency_key);

-- What practitioners did on a day: what a baseline is made of.
create table record.tally (
  day date not null,
  partner text not null,
  practitioner text not null,
  role text not null,
  accesses integer not null,
  people integer not null,
  refused integer not null,
  break_glass integer not null,
  constraint tally_pkey primary key (day, partner, practitioner, role)
);
create index tally_partner_day_idx on record.tally (partner, day);

create table record.figure (
  day date not null,
  measure text not null,
  partner text not null,
  key text not null,
  data_class text not null default '',
  count integer not null,
  constraint figure_pkey primary key (day, measure, partner, key, data_class)
);

grant select, insert, update on record.digest to throughgate_gateway;
grant select, insert, update, delete on record.flag, record.flag_case, record.flag_of_case, record.flag_case_step,
  record.tally, record.figure to throughgate_gateway;
