create table media (
  id uuid primary key,
  owner_id uuid not null references users,
  purpose text not null,
  status text not null default 'PENDING',
  content_type text not null,
  -- As declared until the picture is made anew, then as it is kept.
  bytes integer not null,
  width integer,
  height integer,
  has_thumbnail boolean not null default false,
  rejected_because text,
  -- Counted before the work begins: a file that kills the process is not tried for ever.
  attempts smallint not null default 0,
  created_at timestamptz(3) not null default now(),
  constraint media_purpose_known check (purpose in ('AVATAR', 'COVER', 'PORTFOLIO', 'JOB_ATTACHMENT', 'BOOK_COVER')),
  constraint media_status_known check (status in ('PENDING', 'PROCESSING', 'READY', 'REJECTED')),
  constraint media_rejected_for_a_reason check ((status = 'REJECTED') = (rejected_because is not null)),
  constraint media_bytes_positive check (bytes > 0)
);

create index media_of_owner on media (owner_id);

-- What could not be processed though nothing seemed wrong with it, for people to look at.
create table media_dead_letters (
  media_id uuid primary key references media on delete cascade,
  attempts smallint not null,
  failure text not null,
  failed_at timestamptz(3) not null default now()
);

alter table users
  add column avatar_id uuid references media on delete set null,
  add column cover_id uuid references media on delete set null;

create index users_avatar on users (avatar_id) where avatar_id is not null;
create index users_cover on users (cover_id) where cover_id is not null;
