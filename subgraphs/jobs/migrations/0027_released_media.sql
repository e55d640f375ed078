-- Media that nothing in this service uses. Their owner removes them, so that nothing may begin to use them.
create table released_media (
  media_id uuid primary key,
  released_at timestamptz not null default now()
);

-- The uses of a file change, or it is released: never both at the same time. A transaction that begins to use a released
-- file is refused like one that could not get a lock in time: its client tries again, and reads that the file is gone.
create function hold_media(before uuid[], after uuid[]) returns void language plpgsql volatile as $$
begin
  perform pg_advisory_xact_lock_shared(hashtext(current_schema() || ' media'), hashtext(media_id::text) & 1023)
    from (select distinct unnest(before || after) as media_id order by 1) as held where media_id is not null;
  if exists (select from released_media where media_id = any(after) and media_id <> all(coalesce(before, '{}'))) then
    raise exception 'The media are being removed.' using errcode = 'lock_not_available';
  end if;
end $$;

create or replace function emit_media_uses(place text, holder uuid, before uuid[], after uuid[])
returns void language plpgsql as $$
begin
  perform hold_media(array_remove(before, null), array_remove(after, null));
  perform emit_event(event_type, 1, media_id::text,
      jsonb_build_object('mediaId', media_id, 'place', place, 'holderId', holder))
    from (
      (select 'MediaAttached' as event_type, unnest(after) as media_id except select 'MediaAttached', unnest(before))
      union all
      (select 'MediaDetached', unnest(before) except select 'MediaDetached', unnest(after))
    ) as changed
    where media_id is not null;
end $$;

create function media_uses_of(file uuid) returns table (place text, holder_id uuid) language sql stable as $$
  select 'PROFILE_AVATAR', id from freelancer_profiles where avatar_id = file
  union all select 'PROFILE_RESUME', id from freelancer_profiles where resume_id = file
  union all select 'PORTFOLIO_ASSET', id from portfolio_assets where media_id = file and removed_at is null
  union all select 'JOB_ATTACHMENT', id from jobs where attachment_ids @> array[file] and attachment_ids <> '{}'
  union all select 'BOOK_COVER', id from book_covers where image_id = file and removed_at is null
$$;

-- The uses of one file are found without reading a whole table.
create index freelancer_profiles_by_avatar on freelancer_profiles (avatar_id) where avatar_id is not null;
create index freelancer_profiles_by_resume on freelancer_profiles (resume_id) where resume_id is not null;
create index portfolio_assets_by_media on portfolio_assets (media_id) where media_id is not null and removed_at is null;
create index jobs_by_attachment on jobs using gin (attachment_ids) where attachment_ids <> '{}';
create index book_covers_by_image on book_covers (image_id) where removed_at is null;

-- Emits each use of a file again, or releases it: its owner has not learnt of a use for a day.
create function answer_unused_media(file uuid) returns void language plpgsql volatile as $$
begin
  perform pg_advisory_xact_lock(hashtext(current_schema() || ' media'), hashtext(file::text) & 1023);
  perform emit_event('MediaAttached', 1, file::text,
      jsonb_build_object('mediaId', file, 'place', place, 'holderId', holder_id))
    from media_uses_of(file);
  if found then return; end if;
  insert into released_media (media_id) values (file) on conflict do nothing;
  perform emit_event('MediaReleased', 1, file::text, jsonb_build_object('mediaId', file));
end $$;
