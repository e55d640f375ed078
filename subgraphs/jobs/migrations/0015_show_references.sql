-- Since when a job refers to its show: the deletion of a show ends older references, so that another show with the same
-- slug does not get them.
alter table jobs add column show_referenced_at timestamptz(3);
update jobs set show_referenced_at = updated_at where show_slug is not null;

create index jobs_of_any_show on jobs (show_slug) where show_slug is not null;

create function set_show_referenced_at() returns trigger language plpgsql as $$
begin
  new.show_referenced_at := case when new.show_slug is not null then clock_timestamp() end;
  return new;
end $$;

create trigger jobs_show_when_added before insert on jobs
  for each row when (new.show_slug is not null) execute function set_show_referenced_at();
create trigger jobs_show_when_changed before update on jobs
  for each row when (new.show_slug is distinct from old.show_slug) execute function set_show_referenced_at();
