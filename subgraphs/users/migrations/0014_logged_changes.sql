-- The streams of activityAdded and notificationAdded. Existing notifications are logged, so that their ids stay cursors.
create function log_activity() returns trigger language plpgsql as $$
begin
  perform append_change('activities', new.id::text);
  return null;
end $$;

create trigger activities_logged after insert on activities
  for each row when (new.reply_to_id is null) execute function log_activity();

insert into change_log (stream, sequence, subject, changed_at)
  select 'notifications of ' || user_id, row_number() over (partition by user_id order by id), id::text, created_at
  from notifications;
insert into change_streams (stream, last_sequence) select stream, max(sequence) from change_log group by stream;

create function log_notification() returns trigger language plpgsql as $$
begin
  perform append_change('notifications of ' || new.user_id, new.id::text);
  return null;
end $$;

create trigger notifications_logged after insert on notifications
  for each row execute function log_notification();
