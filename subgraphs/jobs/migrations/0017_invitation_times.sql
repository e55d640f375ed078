-- The invitations of a freelancer, the latest first.
create index job_invitations_by_time on job_invitations (profile_id, created_at, job_id);
