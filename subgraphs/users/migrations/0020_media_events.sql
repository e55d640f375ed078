-- A trigger, so that every result of an upload emits its event.
create function emit_media_event() returns trigger language plpgsql as $$
begin
  perform emit_event(case new.status when 'READY' then 'MediaReady' else 'MediaRejected' end, 1, new.id::text,
    jsonb_build_object('mediaId', new.id, 'ownerId', new.owner_id, 'purpose', new.purpose));
  return null;
end $$;

create trigger media_emitted_when_added after insert on media
  for each row when (new.status in ('READY', 'REJECTED')) execute function emit_media_event();
create trigger media_emitted_when_changed after update on media
  for each row when (new.status <> old.status and new.status in ('READY', 'REJECTED'))
  execute function emit_media_event();
