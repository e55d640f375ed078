-- When the owner of released media reported that they no longer exist: the row is forgotten some time later.
alter table released_media add column removed_at timestamptz;

create index released_media_removed on released_media (removed_at) where removed_at is not null;
