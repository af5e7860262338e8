-- What the console keeps of its own: who is signed in, and what must not stand in a URL. Nothing of anybody's record.

create schema console;
grant usage on schema console to throughgate_gateway;

-- `id` is the SHA-256 of what the browser has; `token` the sealed access token.
create table console.session (
  id bytea not null,
  partner text not null,
  practitioner text not null,
  role text not null,
  epoch integer not null,
  sealed_as uuid not null,
  token bytea not null,
  log_use text,
  reference text,
  started_at timestamptz(3) not null,
  seen_at timestamptz(3) not null,
  ends_at timestamptz(3) not null,
  constraint session_pkey primary key (id)
);
create index session_ends_at_idx on console.session (ends_at);

create table console.kept (
  id uuid not null,
  session bytea not null,
  epoch integer not null,
  sealed bytea not null,
  constraint kept_pkey primary key (id),
  constraint kept_session_fkey foreign key (session) references console.session (id) on update cascade on delete cascade
);
create index kept_session_idx on console.kept (session);

-- What was typed into a form when a session was over.
create table console.draft (
  partner text not null,
  practitioner text not null,
  role text not null,
  path text not null,
  id uuid not null,
  epoch integer not null,
  sealed bytea not null,
  kept_at timestamptz(3) not null,
  constraint draft_pkey primary key (partner, practitioner, role, path)
);
create index draft_kept_at_idx on console.draft (kept_at);

grant select, insert, update, delete on console.session, console.kept, console.draft to throughgate_gateway;
