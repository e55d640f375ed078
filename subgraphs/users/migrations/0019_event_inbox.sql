-- The events of other services that were applied (chassis/src/postgres/postgres-inbox.ts).
create table event_inbox (
  event_id uuid primary key,
  applied_at timestamptz not null default now()
);

create index event_inbox_age on event_inbox (applied_at);
