-- The role of the latest change. A request that began before a poster lost the right to post must not open a job afterwards.
alter table person_changes add column role text;
