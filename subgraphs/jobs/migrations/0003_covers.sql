create table book_covers (
  id uuid primary key,
  slug text not null,
  title text not null,
  subtitle text,
  author text not null,
  publisher text,
  imprint text,
  published_on date,
  image_id uuid not null,
  external_url text,
  genre_ids uuid[] not null default '{}',
  audience_ids uuid[] not null default '{}',
  visual_tag_ids uuid[] not null default '{}',
  created_at timestamptz(3) not null default now(),
  removed_at timestamptz(3),
  search tsvector generated always as (
    setweight(to_tsvector('english', lower(title collate "pg_c_utf8")), 'A') ||
    setweight(to_tsvector('english', lower(coalesce(subtitle, '') collate "pg_c_utf8")), 'B') ||
    setweight(to_tsvector('english', lower(author collate "pg_c_utf8")), 'A') ||
    setweight(to_tsvector('english', lower(coalesce(publisher, '') collate "pg_c_utf8")), 'C') ||
    setweight(to_tsvector('english', lower(coalesce(imprint, '') collate "pg_c_utf8")), 'C')
  ) stored,
  constraint book_covers_slug_unique unique (slug),
  constraint book_covers_slug_form check (slug ~ '^[a-z0-9]+(-[a-z0-9]+)*$')
);

create index book_covers_newest on book_covers (id desc) where removed_at is null;
create index book_covers_search on book_covers using gin (search) where removed_at is null;
create index book_covers_genres on book_covers using gin (genre_ids) where removed_at is null;
create index book_covers_audiences on book_covers using gin (audience_ids) where removed_at is null;
create index book_covers_visual_tags on book_covers using gin (visual_tag_ids) where removed_at is null;

create table cover_contributors (
  cover_id uuid not null references book_covers on delete cascade,
  position integer not null,
  name text not null,
  kind text not null,
  profile_id uuid references freelancer_profiles,
  primary key (cover_id, position),
  constraint cover_contributors_kind_known
    check (kind in ('DESIGNER', 'ILLUSTRATOR', 'PHOTOGRAPHER', 'LETTERING_ARTIST', 'ANIMATOR', 'OTHER'))
);
