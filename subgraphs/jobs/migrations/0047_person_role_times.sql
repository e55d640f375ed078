-- The change to which the role belongs. A build that records no roles, beside this one or after a rollback, sets changed_at
-- alone: then the role is outdated.
alter table person_changes add column role_changed_at timestamptz(3);
