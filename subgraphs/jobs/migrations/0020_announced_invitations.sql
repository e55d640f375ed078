-- People are told of an invitation when the job is open to them: not of a draft, nor before its review. Existing
-- invitations have been announced.
alter table job_invitations add column is_announced boolean not null default true;
alter table job_invitations alter column is_announced set default false;

create function announce_invitations(announced_job uuid) returns void language sql volatile as $$
  with announced as (
    update job_invitations set is_announced = true
      where job_id = announced_job and not is_announced
      returning job_id, profile_id
  )
  select emit_event('FreelancerInvited', 1, job.id::text, jsonb_build_object(
      'jobId', job.id, 'profileId', profile.id, 'freelancerId', profile.owner_id, 'actorId', job.poster_id))
    from announced
    join jobs job on job.id = announced.job_id
    join freelancer_profiles profile on profile.id = announced.profile_id
$$;

create or replace function emit_invitation_event() returns trigger language plpgsql as $$
begin
  if exists (select from jobs where id = new.job_id and status in ('PUBLISHED', 'PRIVATE_OUTREACH')) then
    perform announce_invitations(new.job_id);
  end if;
  return null;
end $$;

create function announce_invitations_of_job() returns trigger language plpgsql as $$
begin
  perform announce_invitations(new.id);
  return null;
end $$;

-- In the order of their names, after the event of the job itself.
create trigger jobs_invitations_announced after update on jobs
  for each row when (new.status <> old.status and new.status in ('PUBLISHED', 'PRIVATE_OUTREACH'))
  execute function announce_invitations_of_job();
