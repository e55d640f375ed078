-- The events for other services, in the order in which they are published (chassis/src/postgres/postgres-outbox.ts).
create table event_outbox (
  position bigint generated always as identity primary key,
  id uuid not null default gen_random_uuid(),
  type text not null,
  version smallint not null,
  subject text not null,
  data jsonb not null,
  -- The trace of the request, which the chassis sets for each transaction.
  traceparent text default nullif(current_setting('marquee.traceparent', true), ''),
  occurred_at timestamptz(3) not null default clock_timestamp(),
  sent_at timestamptz
);

create index event_outbox_unsent on event_outbox (position) where sent_at is null;
create index event_outbox_age on event_outbox (sent_at) where sent_at is not null;

-- The replica that publishes them, and for how long.
create table event_relay (
  holder text not null,
  held_until timestamptz not null
);
insert into event_relay (holder, held_until) values ('', '-infinity');

create function emit_event(event_type text, event_version integer, event_subject text, event_data jsonb)
returns void language sql volatile as $$
  insert into event_outbox (type, version, subject, data)
  values (event_type, event_version, event_subject, event_data)
$$;
