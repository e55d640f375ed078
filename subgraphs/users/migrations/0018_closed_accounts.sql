-- The deletion of an account finds what it erases. Meanwhile it locks the rows of all admins.
create index activities_deleted_of_author on activities (author_id) where deleted_at is not null;
create index likes_of_user on likes (user_id);
create index notifications_of_actor on notifications (actor_id);

-- Accounts that were closed before their changes emitted events.
select emit_event(case when deleted_at is null then 'UserDeactivated' else 'UserDeleted' end, 1, id::text,
    jsonb_build_object('userId', id))
  from users where deleted_at is not null or not is_active;
