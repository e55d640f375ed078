-- Builds that read stored secrets, but do not record their claims, sign as this one does: their statements read
-- previous_secret. After a rollback to such a build no other would attempt the deliveries.
create or replace function refuse_derived_secret() returns trigger language plpgsql as $$
begin
  if position('previous_secret' in current_query()) = 0
    and exists (select from webhook_endpoints where id = new.endpoint_id and secret is not null)
  then return null; end if;
  return new;
end $$;
