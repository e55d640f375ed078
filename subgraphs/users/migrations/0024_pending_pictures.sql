-- The pictures that a user has chosen and that are not processed yet. The previous ones are shown until then.
alter table users
  add column pending_avatar_id uuid references media on delete set null,
  add column pending_cover_id uuid references media on delete set null;

create index users_pending_avatar on users (pending_avatar_id) where pending_avatar_id is not null;
create index users_pending_cover on users (pending_cover_id) where pending_cover_id is not null;

-- A trigger, so that the picture is shown in the transaction that makes it available.
create function show_processed_picture() returns trigger language plpgsql as $$
begin
  update users set
    avatar_id = case when pending_avatar_id = new.id and new.status = 'READY' then new.id else avatar_id end,
    cover_id = case when pending_cover_id = new.id and new.status = 'READY' then new.id else cover_id end,
    pending_avatar_id = nullif(pending_avatar_id, new.id),
    pending_cover_id = nullif(pending_cover_id, new.id)
  where id = new.owner_id and new.id in (pending_avatar_id, pending_cover_id);
  return null;
end
$$;

create trigger media_shown_when_processed after update of status on media for each row
  when (new.status <> old.status and new.status in ('READY', 'REJECTED'))
  execute function show_processed_picture();
