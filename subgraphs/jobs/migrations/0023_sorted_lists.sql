-- A title as it is sorted: without case and accents, of bounded length. Cursors contain the beginning of the title itself.
create function title_order(title text) returns text language sql immutable parallel safe
  return left(lower(regexp_replace(normalize(left(title, 150), NFKD), '[\u0300-\u036f]', '', 'g') collate "pg_c_utf8"), 200)
    collate "C";

-- The further orders of the public lists.
create index jobs_alphabetical on jobs (title_order(title), id) where status = 'PUBLISHED';
create index jobs_by_deadline on jobs (coalesce(closes_at, 'infinity'), id) where status = 'PUBLISHED';
create index book_covers_alphabetical on book_covers (title_order(title), id) where removed_at is null;
create index book_covers_by_publication on book_covers (coalesce(published_on, '-infinity') desc, id desc)
  where removed_at is null;
