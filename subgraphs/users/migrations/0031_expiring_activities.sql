-- The activities that have just expired, for the subscribers of changes. It contains no counter, so that these still change
-- in place.
create index activities_expiring on activities (expires_at, id) where deleted_at is null;
