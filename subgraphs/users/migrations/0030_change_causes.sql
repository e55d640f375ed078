-- The W3C trace context of the request that runs this statement: the process sets it at the start of a transaction, and begins
-- a statement outside of one with a comment, if its trace is sampled (chassis/src/postgres/pooled-connection.ts).
create function request_traceparent() returns text language sql stable as $$
  select coalesce(
    nullif(current_setting('marquee.traceparent', true), ''),
    substring(current_query() from '^/\*traceparent=''([0-9a-f-]{55})''\*/')
  )
$$;

alter table event_outbox alter column traceparent set default request_traceparent();

-- The events of a change refer to the request that caused it, which only a sampled trace shows.
alter table change_log add column traceparent text
  default case when request_traceparent() ~ '-[0-9a-f][13579bdf]$' then request_traceparent() end;
