-- The addresses at which machine clients receive events. Secrets are derived from the id and the version, not stored.
create table webhook_endpoints (
  id uuid primary key,
  client_id text not null,
  url text not null,
  event_types text[] not null,
  status text not null default 'ENABLED',
  disabled_because text,
  -- When deliveries began to fail without one that succeeded.
  failing_since timestamptz(3),
  secret_version integer not null default 1,
  secret_rotated_at timestamptz(3),
  created_at timestamptz(3) not null default now(),
  constraint webhook_endpoints_status_known check (status in ('ENABLED', 'DISABLED'))
);

create index webhook_endpoints_of_client on webhook_endpoints (client_id, id desc);

create table webhook_deliveries (
  id uuid primary key,
  endpoint_id uuid not null references webhook_endpoints on delete cascade,
  event_id uuid not null,
  type text not null,
  -- The slug of the show, or the id of the job.
  subject text not null,
  occurred_at timestamptz(3) not null,
  state text not null default 'PENDING',
  attempts smallint not null default 0,
  last_status smallint,
  last_error text,
  created_at timestamptz(3) not null default now(),
  -- While an attempt is in progress: when another process may repeat it.
  next_attempt_at timestamptz(3) not null default now(),
  -- No attempt begins later.
  attempts_until timestamptz(3) not null default now() + interval '1 day',
  delivered_at timestamptz(3),
  constraint webhook_deliveries_once unique (endpoint_id, event_id),
  constraint webhook_deliveries_state_known check (state in ('PENDING', 'DELIVERED', 'FAILED'))
);

create index webhook_deliveries_due on webhook_deliveries (endpoint_id, next_attempt_at) where state = 'PENDING';
create index webhook_deliveries_of_endpoint on webhook_deliveries (endpoint_id, id desc);
create index webhook_deliveries_age on webhook_deliveries (created_at);
