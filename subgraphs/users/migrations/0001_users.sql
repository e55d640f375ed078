-- Trigrams find people by parts of their names. The extension is shared by every schema of the database, and two
-- services that start together must not both create it: hence the lock.
select pg_advisory_xact_lock(hashtextextended('create extension pg_trgm', 0));
create extension if not exists pg_trgm with schema public;

create table users (
  id uuid primary key,
  sub text not null,
  email text,
  handle text not null,
  display_name text not null,
  bio text,
  pronouns text,
  location text,
  links jsonb not null default '[]',
  verified boolean not null default false,
  role text not null default 'FREELANCER',
  is_active boolean not null default true,
  -- The display name without accents and capitals; the service folds it, whatever the database's locale is.
  folded_name text not null,
  -- What a search looks at.
  search_name text generated always as (folded_name || ' ' || handle) stored,
  created_at timestamptz(3) not null default now(),
  last_seen_at timestamptz(3),
  deleted_at timestamptz(3),
  constraint users_sub_unique unique (sub),
  constraint users_handle_unique unique (handle),
  -- Lower case by form, so that a plain unique constraint is one without regard to case.
  constraint users_handle_form check (handle ~ '^[a-z0-9_]{3,30}$'),
  constraint users_role_known check (role in ('ADMIN', 'REVIEWER', 'HIRING_USER', 'FREELANCER')),
  constraint users_deleted_inactive check (deleted_at is null or not is_active)
);

create index users_search on users using gin (search_name gin_trgm_ops);
create index users_handle_prefix on users (handle text_pattern_ops);
create index users_name_prefix on users (search_name text_pattern_ops);
create index users_role on users (role, id desc);
create index users_email on users (lower(email));
