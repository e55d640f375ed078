-- Each use of media in this service, so that media without any use can be removed.
create function emit_media_uses(place text, holder uuid, before uuid[], after uuid[])
returns void language plpgsql as $$
begin
  perform emit_event(event_type, 1, media_id::text,
      jsonb_build_object('mediaId', media_id, 'place', place, 'holderId', holder))
    from (
      (select 'MediaAttached' as event_type, unnest(after) as media_id except select 'MediaAttached', unnest(before))
      union all
      (select 'MediaDetached', unnest(before) except select 'MediaDetached', unnest(after))
    ) as changed
    where media_id is not null;
end $$;

create function emit_profile_media() returns trigger language plpgsql as $$
begin
  perform emit_media_uses('PROFILE_AVATAR', coalesce(new.id, old.id), array[old.avatar_id], array[new.avatar_id]);
  perform emit_media_uses('PROFILE_RESUME', coalesce(new.id, old.id), array[old.resume_id], array[new.resume_id]);
  return null;
end $$;

create trigger freelancer_profiles_media_when_added after insert on freelancer_profiles
  for each row when (new.avatar_id is not null or new.resume_id is not null) execute function emit_profile_media();
create trigger freelancer_profiles_media_when_changed after update on freelancer_profiles
  for each row when ((new.avatar_id, new.resume_id) is distinct from (old.avatar_id, old.resume_id))
  execute function emit_profile_media();

-- A removed asset keeps its row, but no longer uses its media.
create function emit_asset_media() returns trigger language plpgsql as $$
begin
  perform emit_media_uses('PORTFOLIO_ASSET', coalesce(new.id, old.id),
    array[case when old.removed_at is null then old.media_id end],
    array[case when new.removed_at is null then new.media_id end]);
  return null;
end $$;

create trigger portfolio_assets_media_when_added after insert on portfolio_assets
  for each row when (new.media_id is not null) execute function emit_asset_media();
create trigger portfolio_assets_media_when_changed after update on portfolio_assets
  for each row when ((new.media_id, new.removed_at) is distinct from (old.media_id, old.removed_at))
  execute function emit_asset_media();
create trigger portfolio_assets_media_when_removed after delete on portfolio_assets
  for each row when (old.media_id is not null) execute function emit_asset_media();

create function emit_job_media() returns trigger language plpgsql as $$
begin
  perform emit_media_uses('JOB_ATTACHMENT', new.id, old.attachment_ids, new.attachment_ids);
  return null;
end $$;

create trigger jobs_media_when_added after insert on jobs
  for each row when (new.attachment_ids <> '{}') execute function emit_job_media();
create trigger jobs_media_when_changed after update on jobs
  for each row when (new.attachment_ids <> old.attachment_ids) execute function emit_job_media();

create function emit_cover_media() returns trigger language plpgsql as $$
begin
  perform emit_media_uses('BOOK_COVER', new.id,
    array[case when old.removed_at is null then old.image_id end],
    array[case when new.removed_at is null then new.image_id end]);
  return null;
end $$;

create trigger book_covers_media_when_added after insert on book_covers
  for each row execute function emit_cover_media();
create trigger book_covers_media_when_changed after update on book_covers
  for each row when ((new.image_id, new.removed_at) is distinct from (old.image_id, old.removed_at))
  execute function emit_cover_media();

-- Uses that began before they emitted events.
select emit_media_uses('PROFILE_AVATAR', id, null, array[avatar_id]) from freelancer_profiles where avatar_id is not null;
select emit_media_uses('PROFILE_RESUME', id, null, array[resume_id]) from freelancer_profiles where resume_id is not null;
select emit_media_uses('PORTFOLIO_ASSET', id, null, array[media_id]) from portfolio_assets
  where media_id is not null and removed_at is null;
select emit_media_uses('JOB_ATTACHMENT', id, null, attachment_ids) from jobs where attachment_ids <> '{}';
select emit_media_uses('BOOK_COVER', id, null, array[image_id]) from book_covers where removed_at is null;
