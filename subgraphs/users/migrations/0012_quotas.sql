-- Until when a user has used their quota of an action (chassis/quotas). A row whose time has passed is the same as none.
create table action_quotas (
  user_id uuid not null,
  action text not null,
  used_until timestamptz not null,
  primary key (user_id, action)
);

create index action_quotas_expired on action_quotas (used_until);
