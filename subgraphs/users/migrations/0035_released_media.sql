-- Whether no other service uses a file, and none can begin to: only then it is removed. Asked for by MediaUnused.
alter table media add column is_released boolean not null default false;
alter table media add column release_asked_at timestamptz not null default '-infinity';
