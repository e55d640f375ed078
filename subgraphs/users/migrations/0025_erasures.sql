-- The erasure of each deleted account, for the report. Neither table contains personal data.
create table erasures (
  id uuid primary key,
  user_id uuid not null references users,
  requested_at timestamptz(3) not null default now(),
  completed_at timestamptz(3),
  constraint erasures_user_unique unique (user_id)
);

create index erasures_open on erasures (requested_at) where completed_at is null;

-- What was erased, by the place where it was stored: the number of items of each kind.
create table erasure_parts (
  erasure_id uuid not null references erasures,
  part text not null,
  counts jsonb not null default '{}',
  erased_at timestamptz(3),
  -- An attempt that fails, or whose process ends, is repeated at this time.
  attempts smallint not null default 0,
  next_attempt_at timestamptz not null default now(),
  primary key (erasure_id, part),
  constraint erasure_parts_known check (part in ('ACCOUNT', 'SIGN_IN', 'UPLOADS', 'JOBS', 'MESSAGING'))
);

create index erasure_parts_open on erasure_parts (next_attempt_at) where erased_at is null;

-- The sign-ins of accounts that were deleted before remain, and some of their uploads may.
insert into erasures (id, user_id, requested_at) select id, id, deleted_at from users where deleted_at is not null;
insert into erasure_parts (erasure_id, part) select id, unnest(array['SIGN_IN', 'UPLOADS']) from erasures;
