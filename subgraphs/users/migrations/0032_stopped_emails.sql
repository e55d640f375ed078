-- Whether the user has ended emails of all kinds, those that are added later included. A preference that the user sets
-- afterwards has precedence.
alter table users add column emails_stopped boolean not null default false;
