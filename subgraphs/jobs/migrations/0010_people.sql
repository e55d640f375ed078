-- The users whose account is deactivated or deleted. What they have published is hidden.
create table inactive_people (
  user_id uuid primary key
);

alter table freelancer_profiles add column owner_is_active boolean not null default true;
alter table jobs add column poster_is_active boolean not null default true;

create index profile_notes_of_author on profile_notes (author_id) where author_id is not null;
create index feedback_of_author on feedback (author_id);
create index cover_contributors_of_profile on cover_contributors (profile_id) where profile_id is not null;
create index favorites_of_profile on favorites (profile_id);
create index folder_members_of_profile on folder_members (profile_id);

-- A request that began before the account was closed may still add a row.
create function set_owner_is_active() returns trigger language plpgsql as $$
begin
  new.owner_is_active := not exists (select from inactive_people where user_id = new.owner_id);
  return new;
end $$;

create trigger freelancer_profiles_owner before insert on freelancer_profiles
  for each row execute function set_owner_is_active();

create function set_poster_is_active() returns trigger language plpgsql as $$
begin
  new.poster_is_active := not exists (select from inactive_people where user_id = new.poster_id);
  return new;
end $$;

create trigger jobs_poster before insert on jobs
  for each row execute function set_poster_is_active();
