-- The services that have released a file need not refuse it for ever. A trigger, since the sweeper and erasures remove files.
create function emit_removed_media() returns trigger language plpgsql as $$
begin
  perform emit_event('MediaRemoved', 1, old.id::text, jsonb_build_object('mediaId', old.id));
  return null;
end $$;

create trigger media_emitted_when_removed after delete on media
  for each row when (old.is_released) execute function emit_removed_media();
