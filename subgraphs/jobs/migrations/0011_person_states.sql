-- A deletion is final.
alter table inactive_people add column is_deleted boolean not null default false;

-- When the last applied change of each kind happened to a person: an event that is delivered late is older.
create table person_changes (
  user_id uuid not null,
  kind text not null,
  changed_at timestamptz(3) not null,
  primary key (user_id, kind),
  constraint person_changes_kind_known check (kind in ('ACTIVATION', 'ROLE'))
);

-- People share 1,024 locks, since a transaction that writes for many of them must not fill the server's table of locks.
create function person_lock(person uuid) returns integer language sql immutable as $$
  select hashtext(person::text) & 1023
$$;

-- Waits for the writes of a person that are in flight, and keeps others waiting, until the transaction ends.
create function lock_person(person uuid) returns void language sql volatile as $$
  select pg_advisory_xact_lock(hashtext(current_schema() || ' person'), person_lock(person))
$$;

-- ACTIVE, INACTIVE or DELETED, and so until the transaction ends. Waits for a transaction that has locked the person.
create function hold_person_state(person uuid) returns text language plpgsql volatile as $$
declare
  state text;
begin
  perform pg_advisory_xact_lock_shared(hashtext(current_schema() || ' person'), person_lock(person));
  select case when is_deleted then 'DELETED' else 'INACTIVE' end into state
    from inactive_people where user_id = person;
  return coalesce(state, 'ACTIVE');
end $$;

create or replace function set_owner_is_active() returns trigger language plpgsql as $$
begin
  new.owner_is_active := hold_person_state(new.owner_id) = 'ACTIVE';
  return new;
end $$;

create or replace function set_poster_is_active() returns trigger language plpgsql as $$
begin
  new.poster_is_active := hold_person_state(new.poster_id) = 'ACTIVE';
  return new;
end $$;
