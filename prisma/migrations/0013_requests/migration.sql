-- Requests of people about their own information, with the clock of the law. The person stands in none: a name made with
-- a key that is not in the database tells one request from another.
create table record.subject_request (
  id uuid not null,
  idempotency_key text not null,
  partner text not null,
  kind text not null check (kind in ('ACCESS', 'RECTIFICATION', 'ERASURE', 'OBJECTION')),
  subject text not null,
  received_on date not null,
  due_on date not null,
  extended text check (extended in ('COMPLEX', 'NUMBER_OF_REQUESTS')),
  opened_by text not null,
  outcome text check (outcome in ('GRANTED', 'PARTLY_GRANTED', 'REFUSED', 'WITHDRAWN')),
  closed_by text,
  closed_on date,
  -- 0 until the log has its entry.
  version integer not null default 0,
  constraint subject_request_pkey primary key (id),
  constraint due_later check (due_on > received_on),
  constraint closed_whole check ((outcome is null) = (closed_by is null) and (outcome is null) = (closed_on is null))
);
create unique index subject_request_partner_opened_by_idempotency_key_key
  on record.subject_request (partner, opened_by, idempotency_key);
create index subject_request_due_on_idx on record.subject_request (due_on);

grant select, insert on record.subject_request to throughgate_gateway;
grant update (due_on, extended, outcome, closed_by, closed_on, version) on record.subject_request to throughgate_gateway;
