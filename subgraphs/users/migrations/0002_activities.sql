create table activities (
  id uuid primary key,
  author_id uuid not null references users,
  reply_to_id uuid references activities,
  message text not null,
  like_count integer not null default 0,
  reply_count integer not null default 0,
  created_at timestamptz(3) not null default now(),
  expires_at timestamptz(3) not null,
  deleted_at timestamptz(3),
  -- The collation lowers letters beyond ASCII whatever the database's own locale is.
  search tsvector generated always as (to_tsvector('english', lower(message collate "pg_c_utf8"))) stored,
  constraint activities_like_count_positive check (like_count >= 0),
  constraint activities_reply_count_positive check (reply_count >= 0)
) with (fillfactor = 90); -- room for counters to change in place: no index holds them

-- Ids are UUIDv7: their order is that of creation, so one column is the whole sort key of every list.
create index activities_feed on activities (id desc) where reply_to_id is null and deleted_at is null;
create index activities_by_author on activities (author_id, id desc) where deleted_at is null;
create index activities_replies on activities (reply_to_id, id desc) where deleted_at is null;
create index activities_search on activities using gin (search) where deleted_at is null;

create table likes (
  activity_id uuid not null references activities,
  user_id uuid not null references users,
  created_at timestamptz(3) not null default now(),
  primary key (activity_id, user_id)
);

create table notifications (
  id uuid primary key,
  user_id uuid not null references users,
  actor_id uuid not null references users,
  kind text not null,
  activity_id uuid not null references activities,
  created_at timestamptz(3) not null default now(),
  read_at timestamptz(3),
  constraint notifications_kind_known check (kind in ('REPLY', 'LIKE')),
  constraint notifications_once unique (activity_id, actor_id, kind)
);

create index notifications_of_user on notifications (user_id, id desc);
create index notifications_unread on notifications (user_id, id desc) where read_at is null;
