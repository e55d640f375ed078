-- Authors whose activities are hidden: deactivated ones, and deleted ones while their activities are erased. There are few, so
-- that every list can exclude them, and none of their activities changes.
create table hidden_authors (
  user_id uuid primary key references users
);

insert into hidden_authors select id from users where not is_active and deleted_at is null;

create function hide_deactivated_author() returns trigger language plpgsql as $$
begin
  if new.is_active then
    delete from hidden_authors where user_id = new.id;
  else
    insert into hidden_authors (user_id) values (new.id) on conflict do nothing;
  end if;
  return null;
end $$;

create trigger users_hidden_when_deactivated after update of is_active on users
  for each row when (new.is_active <> old.is_active and new.deleted_at is null)
  execute function hide_deactivated_author();
