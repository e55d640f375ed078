-- A trigger, so that every change of an account emits its event, whoever makes it.
create function emit_user_event() returns trigger language plpgsql as $$
declare
  subject constant text := new.id;
  identity constant jsonb := jsonb_build_object('userId', new.id);
begin
  if tg_op = 'INSERT' then
    perform emit_event('UserRegistered', 1, subject, identity || jsonb_build_object('role', new.role));
  elsif new.deleted_at is not null then
    if old.deleted_at is null then
      perform emit_event('UserDeleted', 1, subject, identity);
    end if;
  else
    if new.is_active and not old.is_active then
      perform emit_event('UserReactivated', 1, subject, identity);
    elsif old.is_active and not new.is_active then
      perform emit_event('UserDeactivated', 1, subject, identity);
    end if;
    if new.role <> old.role then
      perform emit_event('UserRoleChanged', 1, subject,
        identity || jsonb_build_object('role', new.role, 'previousRole', old.role));
    end if;
    if (new.handle, new.display_name) is distinct from (old.handle, old.display_name) then
      perform emit_event('UserRenamed', 1, subject, identity);
    end if;
  end if;
  return null;
end $$;

create trigger users_emitted_when_added after insert on users
  for each row execute function emit_user_event();

create trigger users_emitted_when_changed after update on users
  for each row when ((new.deleted_at, new.is_active, new.role, new.handle, new.display_name)
    is distinct from (old.deleted_at, old.is_active, old.role, old.handle, old.display_name))
  execute function emit_user_event();
