-- A build without erasures may delete accounts while this one is deployed. Their erasure then begins here. This build
-- begins it before, in the same transaction, with the numbers of erased items.
create function begin_erasure() returns trigger language plpgsql as $$
begin
  insert into erasures (id, user_id) values (new.id, new.id) on conflict (user_id) do nothing;
  if found then
    insert into erasure_parts (erasure_id, part) select new.id, unnest(array['SIGN_IN', 'UPLOADS']);
  end if;
  return null;
end $$;

create trigger users_erasure_begun after update of deleted_at on users
  for each row when (old.deleted_at is null and new.deleted_at is not null) execute function begin_erasure();

with begun as (
  insert into erasures (id, user_id, requested_at) select id, id, deleted_at from users where deleted_at is not null
  on conflict (user_id) do nothing returning id
)
insert into erasure_parts (erasure_id, part) select id, unnest(array['SIGN_IN', 'UPLOADS']) from begun;
