-- Why a proposal was declined. Null for those that an earlier build has declined.
alter table proposals add column declined_because text,
  add constraint proposals_declined_because_known
    check (declined_because in ('POSTER', 'JOB_FILLED', 'JOB_ARCHIVED', 'POSTER_LEFT')) not valid;
