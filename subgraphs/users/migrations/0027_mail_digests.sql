-- Emails with notifications. A row is claimed before its email is sent, so that no email is sent twice.
create table mail_digests (
  id uuid primary key default gen_random_uuid(),
  user_id uuid not null references users,
  frequency text not null,
  created_at timestamptz not null default now(),
  state text not null default 'PENDING',
  attempts integer not null default 0,
  -- While it is being sent: when the outcome is considered unknown.
  next_attempt_at timestamptz not null default now(),
  -- UNKNOWN: the process or the connection ended before the mail service answered. It is not sent again.
  constraint mail_digests_state_known check (state in ('PENDING', 'SENDING', 'SENT', 'EMPTY', 'FAILED', 'UNKNOWN'))
);

create index mail_digests_due on mail_digests (next_attempt_at) where state in ('PENDING', 'SENDING');
create index mail_digests_of_user on mail_digests (user_id, frequency, created_at desc);
create index mail_digests_age on mail_digests (created_at);

alter table notifications
  add column added_at timestamptz(3) not null default now(),
  add column digest_id uuid references mail_digests on delete set null;

create index notifications_to_mail on notifications (email, added_at) where email <> 'NEVER' and digest_id is null;
create index notifications_of_digest on notifications (digest_id) where digest_id is not null;
