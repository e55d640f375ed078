-- Trigrams find people by parts of their names. The extension is shared by every schema of the database, and two
-- services that start together must not both create it: hence the lock.
select pg_advisory_xact_lock(hashtextextended('create extension pg_trgm', 0));
create extension if not exists pg_trgm with schema public;

create table taxonomy_terms (
  id uuid primary key,
  category text not null,
  label text not null,
  slug text not null,
  is_active boolean not null default true,
  created_at timestamptz(3) not null default now(),
  constraint taxonomy_terms_category_known
    check (category in ('AUDIENCE', 'STYLE', 'GENRE', 'IMAGE_TAG', 'LOCATION', 'PROJECT_TYPE')),
  constraint taxonomy_terms_slug_form check (slug ~ '^[a-z0-9]+(-[a-z0-9]+)*$'),
  constraint taxonomy_terms_slug_unique unique (category, slug)
);

-- What is filed under terms holds arrays of their ids, each under an index that answers "any of" at once.
-- Arrays have no foreign keys, so a term is never deleted, only made inactive.
create function keep_taxonomy_term() returns trigger language plpgsql as
  $$ begin raise exception 'A taxonomy term is made inactive, never deleted.'; end $$;
create trigger taxonomy_terms_kept before delete on taxonomy_terms
  for each statement execute function keep_taxonomy_term();

create table freelancer_profiles (
  id uuid primary key,
  owner_id uuid not null,
  slug text not null,
  name text not null default '',
  pronouns text,
  summary text,
  statement text,
  website_links jsonb not null default '[]',
  current_locations text[] not null default '{}',
  past_locations text[] not null default '{}',
  audience_ids uuid[] not null default '{}',
  style_ids uuid[] not null default '{}',
  genre_ids uuid[] not null default '{}',
  image_tag_ids uuid[] not null default '{}',
  uses_ai boolean not null default false,
  ai_details text,
  books_excited_about text[] not null default '{}',
  rate_info text,
  avatar_id uuid,
  resume_id uuid,
  featured boolean not null default false,
  status text not null default 'DRAFT',
  email text,
  has_agent boolean not null default false,
  agent_details text,
  employer_details text,
  review_owner_id uuid,
  review_message text,
  last_reviewed_at timestamptz(3),
  -- The last submission; until there is one, the creation.
  submitted_at timestamptz(3) not null default now(),
  created_at timestamptz(3) not null default now(),
  updated_at timestamptz(3) not null default now(),
  -- Without accents and capitals; the service folds them, whatever the database's locale is.
  folded_name text collate "C" not null default '',
  folded_locations text collate "C" not null default '',
  search tsvector generated always as (
    setweight(to_tsvector('english', folded_name), 'A') ||
    setweight(to_tsvector('english', lower(coalesce(summary, '') collate "pg_c_utf8")), 'B') ||
    setweight(to_tsvector('english', folded_locations), 'C') ||
    setweight(to_tsvector('english', lower(coalesce(statement, '') collate "pg_c_utf8")), 'D')
  ) stored,
  constraint freelancer_profiles_owner_unique unique (owner_id),
  constraint freelancer_profiles_slug_unique unique (slug),
  constraint freelancer_profiles_slug_form check (slug ~ '^[a-z0-9]+(-[a-z0-9]+)*$'),
  constraint freelancer_profiles_status_known check (status in
    ('DRAFT', 'SUBMITTED', 'UNDER_REVIEW', 'CHANGES_REQUESTED', 'APPROVED', 'REJECTED', 'SUSPENDED', 'ARCHIVED'))
);

-- The public list holds APPROVED profiles alone. Ids are UUIDv7: their order is that of creation.
create index freelancer_profiles_newest on freelancer_profiles (id desc) where status = 'APPROVED';
create index freelancer_profiles_alphabetical on freelancer_profiles (folded_name, id) where status = 'APPROVED';
create index freelancer_profiles_featured on freelancer_profiles (featured desc, id desc) where status = 'APPROVED';
create index freelancer_profiles_search on freelancer_profiles using gin (search) where status = 'APPROVED';
create index freelancer_profiles_names on freelancer_profiles using gin (folded_name gin_trgm_ops)
  where status = 'APPROVED';
create index freelancer_profiles_places on freelancer_profiles using gin (folded_locations gin_trgm_ops)
  where status = 'APPROVED';
create index freelancer_profiles_audiences on freelancer_profiles using gin (audience_ids) where status = 'APPROVED';
create index freelancer_profiles_styles on freelancer_profiles using gin (style_ids) where status = 'APPROVED';
create index freelancer_profiles_genres on freelancer_profiles using gin (genre_ids) where status = 'APPROVED';
create index freelancer_profiles_image_tags on freelancer_profiles using gin (image_tag_ids) where status = 'APPROVED';
-- The review queue: oldest submission first, for one status.
create index freelancer_profiles_queue on freelancer_profiles (status, submitted_at, id);

create table portfolio_assets (
  id uuid primary key,
  profile_id uuid not null references freelancer_profiles,
  title text not null,
  description text,
  type text not null,
  media_id uuid,
  url text,
  visibility text not null default 'PUBLIC',
  review text not null default 'PENDING',
  tag_ids uuid[] not null default '{}',
  position integer not null,
  created_at timestamptz(3) not null default now(),
  -- Since when it waits for a review; what was changed waits again.
  pending_since timestamptz(3) not null default now(),
  removed_at timestamptz(3),
  constraint portfolio_assets_type_known check (type in ('IMAGE', 'PDF', 'VIDEO', 'LINK')),
  constraint portfolio_assets_visibility_known check (visibility in ('PUBLIC', 'INTERNAL', 'HIDDEN')),
  constraint portfolio_assets_review_known check (review in ('PENDING', 'APPROVED', 'REJECTED', 'HIDDEN')),
  constraint portfolio_assets_content check ((media_id is null) <> (url is null))
);

create index portfolio_assets_of_profile on portfolio_assets (profile_id, position, id) where removed_at is null;
create index portfolio_assets_queue on portfolio_assets (review, pending_since, id) where removed_at is null;

create table favorites (
  user_id uuid not null,
  profile_id uuid not null references freelancer_profiles,
  created_at timestamptz(3) not null default now(),
  primary key (user_id, profile_id)
);

create table folders (
  id uuid primary key,
  owner_id uuid not null,
  name text not null,
  description text,
  privacy text not null default 'PRIVATE',
  created_at timestamptz(3) not null default now(),
  constraint folders_privacy_known check (privacy in ('PRIVATE', 'SHARED_USERS', 'SHARED_TEAM'))
);

create index folders_of_owner on folders (owner_id, id desc);
create index folders_of_team on folders (id desc) where privacy = 'SHARED_TEAM';

create table folder_shares (
  user_id uuid not null,
  folder_id uuid not null references folders on delete cascade,
  primary key (user_id, folder_id)
);

create index folder_shares_of_folder on folder_shares (folder_id, user_id);

create table folder_members (
  folder_id uuid not null references folders on delete cascade,
  profile_id uuid not null references freelancer_profiles,
  -- The order of joining.
  ordinal bigint generated always as identity,
  primary key (folder_id, profile_id)
);

create index folder_members_of_folder on folder_members (folder_id, ordinal desc);

create table profile_notes (
  id uuid primary key,
  profile_id uuid not null references freelancer_profiles,
  kind text not null,
  author_id uuid,
  body text not null,
  created_at timestamptz(3) not null default now(),
  constraint profile_notes_kind_known
    check (kind in ('GENERAL', 'FIT', 'COMPLIANCE', 'PROJECT', 'EVALUATION', 'SYSTEM'))
);

create index profile_notes_of_profile on profile_notes (profile_id, id desc);

create table feedback (
  id uuid primary key,
  profile_id uuid not null references freelancer_profiles,
  author_id uuid not null,
  body text not null,
  project_context text,
  created_at timestamptz(3) not null default now()
);

create index feedback_of_profile on feedback (profile_id, id desc);
