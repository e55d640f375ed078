-- The changes of each stream, from which subscriptions resume (chassis/src/postgres/postgres-change-log.ts).
create table change_streams (
  stream text primary key,
  last_sequence integer not null
);

create table change_log (
  stream text not null,
  sequence integer not null,
  subject text collate "C" not null,
  changed_at timestamptz not null default clock_timestamp(),
  primary key (stream, sequence)
);

create index change_log_age on change_log (changed_at);
create index change_log_subject on change_log (stream, subject);

-- Locks the row of the stream until the end of the transaction, so that sequences become visible in their order.
create function append_change(changed_stream text, changed_subject text) returns integer language sql volatile as $$
  with next as (
    insert into change_streams as known (stream, last_sequence) values (changed_stream, 1)
    on conflict (stream) do update set last_sequence = known.last_sequence + 1
    returning last_sequence
  )
  insert into change_log (stream, sequence, subject) select changed_stream, last_sequence, changed_subject from next
  returning sequence
$$;
