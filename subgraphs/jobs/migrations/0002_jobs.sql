create table jobs (
  id uuid primary key,
  poster_id uuid not null,
  title text not null,
  project_type_id uuid not null references taxonomy_terms,
  company_or_author text,
  show_slug text,
  summary text not null,
  creative_direction text,
  comp_titles text[] not null default '{}',
  likes text,
  dislikes text,
  audience_ids uuid[] not null default '{}',
  genre_ids uuid[] not null default '{}',
  budget text,
  timeline text,
  -- Media ids, in the order to show.
  attachment_ids uuid[] not null default '{}',
  distribution text not null default 'PUBLIC',
  status text not null default 'DRAFT',
  review_notes text,
  -- A proposal was accepted.
  is_filled boolean not null default false,
  -- Since when it waits for a review; at first, since when it is there.
  submitted_at timestamptz(3) not null default now(),
  published_at timestamptz(3),
  closes_at timestamptz(3),
  created_at timestamptz(3) not null default now(),
  updated_at timestamptz(3) not null default now(),
  search tsvector generated always as (
    setweight(to_tsvector('english', lower(title collate "pg_c_utf8")), 'A') ||
    setweight(to_tsvector('english', lower(coalesce(company_or_author, '') collate "pg_c_utf8")), 'B') ||
    setweight(to_tsvector('english', lower(summary collate "pg_c_utf8")), 'C') ||
    setweight(to_tsvector('english', lower(coalesce(creative_direction, '') collate "pg_c_utf8")), 'D')
  ) stored,
  constraint jobs_distribution_known check (distribution in ('PUBLIC', 'PRIVATE_OUTREACH')),
  constraint jobs_status_known check (status in ('DRAFT', 'QUEUED_FOR_REVIEW', 'CHANGES_REQUESTED', 'REJECTED',
    'PUBLISHED', 'PRIVATE_OUTREACH', 'CLOSED', 'ARCHIVED'))
);

-- The public list holds PUBLISHED jobs alone, the last published first.
create index jobs_newest on jobs (published_at desc, id desc) where status = 'PUBLISHED';
create index jobs_search on jobs using gin (search) where status = 'PUBLISHED';
create index jobs_project_types on jobs (project_type_id, published_at desc, id desc) where status = 'PUBLISHED';
create index jobs_audiences on jobs using gin (audience_ids) where status = 'PUBLISHED';
create index jobs_genres on jobs using gin (genre_ids) where status = 'PUBLISHED';
create index jobs_of_show on jobs (show_slug, published_at desc, id desc) where status = 'PUBLISHED';
create index jobs_of_poster_published on jobs (poster_id, published_at desc, id desc) where status = 'PUBLISHED';
create index jobs_of_poster on jobs (poster_id, id desc);
-- The review queue: what waits longest first, for one status.
create index jobs_queue on jobs (status, submitted_at, id);

create table job_invitations (
  job_id uuid not null references jobs,
  profile_id uuid not null references freelancer_profiles,
  created_at timestamptz(3) not null default now(),
  primary key (job_id, profile_id)
);

create index job_invitations_of_profile on job_invitations (profile_id, job_id);

create table proposals (
  id uuid primary key,
  job_id uuid not null references jobs,
  profile_id uuid not null references freelancer_profiles,
  pitch text not null,
  quote text,
  estimated_days integer,
  status text not null default 'DRAFT',
  created_at timestamptz(3) not null default now(),
  updated_at timestamptz(3) not null default now(),
  constraint proposals_once unique (job_id, profile_id),
  constraint proposals_estimated_days_positive check (estimated_days > 0),
  constraint proposals_status_known
    check (status in ('DRAFT', 'SUBMITTED', 'SHORTLISTED', 'DECLINED', 'WITHDRAWN', 'ACCEPTED'))
);

-- Whatever the code does, nobody accepts twice.
create unique index proposals_one_accepted on proposals (job_id) where status = 'ACCEPTED';
create index proposals_of_job on proposals (job_id, id desc);
create index proposals_of_job_by_status on proposals (job_id, status, id desc);
create index proposals_of_profile on proposals (profile_id, id desc);
