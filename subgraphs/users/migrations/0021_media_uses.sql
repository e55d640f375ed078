-- The uses of media by other services, as their events report them. Those by profiles are columns of `users`.
create table media_uses (
  media_id uuid not null references media on delete cascade,
  place text not null,
  holder_id uuid not null,
  -- A use that has ended keeps its row, so that an event that comes late does not begin it again.
  is_used boolean not null,
  changed_at timestamptz not null,
  primary key (media_id, place, holder_id)
);

-- Since when nothing uses a file. The uses of older files are not known, so that each is kept until one of its uses ends.
alter table media add column unused_since timestamptz not null default 'infinity';
alter table media alter column unused_since set default now();

create index media_by_unused_since on media (unused_since) where status = 'READY' and unused_since < 'infinity';

create function picture_use_ended() returns trigger language plpgsql as $$
begin
  update media set unused_since = now()
  where id in (old.avatar_id, old.cover_id)
    and id is distinct from new.avatar_id and id is distinct from new.cover_id;
  return null;
end
$$;

create trigger users_picture_use_ended after update of avatar_id, cover_id on users for each row
  when (old.avatar_id is distinct from new.avatar_id or old.cover_id is distinct from new.cover_id)
  execute function picture_use_ended();
