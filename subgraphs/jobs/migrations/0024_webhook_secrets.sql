-- The secrets of endpoints, encrypted; the first four bytes identify the key. Null until the service has stored the secret
-- that it derived before.
alter table webhook_endpoints
  add column secret bytea,
  -- Signs for a day after a rotation, too.
  add column previous_secret bytea;
