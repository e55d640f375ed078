-- Notifications of other kinds refer to entities of other services, by key.
alter table notifications
  alter column actor_id drop not null,
  alter column activity_id drop not null,
  add column subject_type text,
  add column subject_id uuid,
  -- The job that a proposal or an invitation is for.
  add column about_job uuid,
  -- The occasion of a notification of the kind SYSTEM.
  add column occasion text,
  -- The people whose likes the notification collects.
  add column actor_count integer not null default 1,
  -- False if the recipient receives the kind by email only.
  add column in_app boolean not null default true,
  add column email text not null default 'NEVER',
  drop constraint notifications_once,
  add constraint notifications_once unique (activity_id, user_id, actor_id, kind),
  drop constraint notifications_kind_known,
  add constraint notifications_kind_known check (kind in ('REPLY', 'LIKE', 'MENTION', 'INVITED_TO_JOB',
    'PROPOSAL_RECEIVED', 'PROPOSAL_SHORTLISTED', 'PROPOSAL_ACCEPTED', 'PROPOSAL_DECLINED', 'PROFILE_APPROVED',
    'CHANGES_REQUESTED', 'JOB_APPROVED', 'JOB_CLOSED', 'MESSAGE_REQUEST', 'SYSTEM')),
  add constraint notifications_email_known check (email in ('NEVER', 'DAILY', 'IMMEDIATE'));

create index notifications_of_subject on notifications (subject_id, kind) where subject_id is not null;
create index notifications_about_job on notifications (about_job) where about_job is not null;

-- The people whose likes a notification collects. A like that was read once notifies nobody again.
create table notification_actors (
  activity_id uuid not null references activities,
  actor_id uuid not null references users,
  notification_id uuid not null references notifications on delete cascade,
  added_at timestamptz(3) not null default clock_timestamp(),
  primary key (activity_id, actor_id)
);

create index notification_actors_of_notification on notification_actors (notification_id, added_at desc);
create index notification_actors_of_actor on notification_actors (actor_id);

-- The unread likes of one activity become one notification: the latest, with all of their people.
insert into notification_actors (activity_id, actor_id, notification_id, added_at)
  select liked.activity_id, liked.actor_id, coalesce(latest.id, liked.id), liked.created_at
  from notifications liked left join lateral (
    select id from notifications other
    where other.kind = 'LIKE' and other.activity_id = liked.activity_id and other.read_at is null
      and liked.read_at is null
    order by id desc limit 1
  ) as latest on true
  where liked.kind = 'LIKE'
  on conflict do nothing;
delete from notifications liked where kind = 'LIKE'
  and not exists (select from notification_actors where notification_id = liked.id);
update notifications set actor_count = collected.count from (
  select notification_id, cast(count(*) as integer) as count from notification_actors
  group by notification_id having count(*) > 1
) as collected where id = collected.notification_id;

create unique index notifications_collecting_likes on notifications (activity_id)
  where kind = 'LIKE' and read_at is null;

create function forget_notification() returns trigger language plpgsql as $$
begin
  delete from notifications where id = new.id;
  return null;
end $$;

create trigger notifications_without_actors after update of actor_count on notifications
  for each row when (new.actor_count <= 0) execute function forget_notification();

drop trigger notifications_logged on notifications;
create trigger notifications_logged after insert on notifications
  for each row when (new.in_app) execute function log_notification();

-- A change without a subject: the number of unread notifications has changed, and no notification was added.
create function log_read_notifications() returns trigger language plpgsql as $$
begin
  perform append_change('notifications of ' || user_id, '') from (
    select distinct before.user_id from old_rows as before join new_rows as after using (id)
    where before.in_app and before.read_at is null and after.read_at is not null
    order by before.user_id
  ) as readers;
  return null;
end $$;

create function log_forgotten_notifications() returns trigger language plpgsql as $$
begin
  perform append_change('notifications of ' || user_id, '') from (
    select distinct user_id from old_rows where in_app and read_at is null order by user_id
  ) as readers;
  return null;
end $$;

create trigger notifications_read after update on notifications
  referencing old table as old_rows new table as new_rows
  for each statement execute function log_read_notifications();
create trigger notifications_forgotten after delete on notifications
  referencing old table as old_rows
  for each statement execute function log_forgotten_notifications();

create table notification_preferences (
  user_id uuid not null references users,
  kind text not null,
  in_app boolean not null,
  email text not null,
  primary key (user_id, kind),
  constraint notification_preferences_email_known check (email in ('NEVER', 'DAILY', 'IMMEDIATE'))
);
