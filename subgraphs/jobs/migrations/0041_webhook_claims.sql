-- A build without stored secrets derives the secret of every endpoint. While it runs beside this one, it must not attempt the
-- deliveries of an endpoint whose secret is stored: this build records each attempt that begins with its claim, and an attempt
-- without one is refused.
alter table webhook_deliveries add column claimed_at timestamptz;

create function refuse_derived_secret() returns trigger language plpgsql as $$
begin
  if exists (select from webhook_endpoints where id = new.endpoint_id and secret is not null) then return null; end if;
  return new;
end $$;

create trigger webhook_deliveries_claimed before update of attempts on webhook_deliveries for each row
  when (new.attempts > old.attempts and new.claimed_at is not distinct from old.claimed_at)
  execute function refuse_derived_secret();
