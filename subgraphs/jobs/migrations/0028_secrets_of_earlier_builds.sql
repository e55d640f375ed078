-- Builds before the column `secret` rotate a secret by its version alone, while they run beside this one or after a rollback:
-- it is derived from the new version. The one before signs for a day, too.
create function derive_rotated_secret() returns trigger language plpgsql as $$
begin
  new.previous_secret := old.secret;
  new.secret := null;
  return new;
end $$;

create trigger webhook_endpoints_rotated before update of secret_version on webhook_endpoints for each row
  when (new.secret_version <> old.secret_version and new.secret is not distinct from old.secret)
  execute function derive_rotated_secret();
