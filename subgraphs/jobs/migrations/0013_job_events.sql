-- Triggers, so that every change emits its event, whoever makes it. The transaction holds the lock of the changed row.

create function emit_profile_event() returns trigger language plpgsql as $$
declare
  event_type constant text := case new.status
    when 'APPROVED' then 'ProfileApproved'
    when 'CHANGES_REQUESTED' then 'ProfileChangesRequested'
    when 'SUSPENDED' then 'ProfileSuspended' end;
begin
  if event_type is not null then
    perform emit_event(event_type, 1, new.id::text, jsonb_build_object('profileId', new.id, 'userId', new.owner_id));
  end if;
  return null;
end $$;

create trigger freelancer_profiles_emitted_when_added after insert on freelancer_profiles
  for each row execute function emit_profile_event();
create trigger freelancer_profiles_emitted_when_changed after update on freelancer_profiles
  for each row when (new.status <> old.status) execute function emit_profile_event();

create function emit_job_event() returns trigger language plpgsql as $$
declare
  subject constant text := new.id;
  identity constant jsonb := jsonb_build_object('jobId', new.id, 'ownerId', new.poster_id);
  old_status constant text := case when tg_op = 'UPDATE' then old.status else '' end;
begin
  if old_status = 'QUEUED_FOR_REVIEW' and new.status in ('PUBLISHED', 'PRIVATE_OUTREACH') then
    perform emit_event('JobApproved', 1, subject, identity || jsonb_build_object('distribution', new.distribution));
  end if;
  if new.status = 'PUBLISHED' then
    perform emit_event('JobPublished', 1, subject, identity);
  elsif new.status = 'CHANGES_REQUESTED' then
    perform emit_event('JobChangesRequested', 1, subject, identity);
  elsif old_status in ('PUBLISHED', 'PRIVATE_OUTREACH') and new.status in ('CLOSED', 'ARCHIVED') then
    perform emit_event('JobClosed', 1, subject, identity || jsonb_build_object('reason', case
      when new.is_filled then 'FILLED'
      when current_setting('marquee.poster_left', true) = 'true' then 'POSTER_LEFT'
      else new.status end));
  end if;
  return null;
end $$;

create trigger jobs_emitted_when_added after insert on jobs
  for each row execute function emit_job_event();
create trigger jobs_emitted_when_changed after update on jobs
  for each row when (new.status <> old.status) execute function emit_job_event();

create function emit_invitation_event() returns trigger language plpgsql as $$
begin
  perform emit_event('FreelancerInvited', 1, new.job_id::text, jsonb_build_object(
      'jobId', new.job_id, 'profileId', new.profile_id, 'freelancerId', profile.owner_id, 'actorId', job.poster_id))
    from jobs job, freelancer_profiles profile
    where job.id = new.job_id and profile.id = new.profile_id;
  return null;
end $$;

create trigger job_invitations_emitted after insert on job_invitations
  for each row execute function emit_invitation_event();

create function emit_proposal_event() returns trigger language plpgsql as $$
declare
  event_type constant text := case new.status
    when 'SUBMITTED' then 'ProposalSubmitted'
    when 'SHORTLISTED' then 'ProposalShortlisted'
    when 'ACCEPTED' then 'ProposalDecided'
    when 'DECLINED' then 'ProposalDecided' end;
  decision constant jsonb := case when event_type = 'ProposalDecided'
    then jsonb_build_object('decision', new.status) else '{}' end;
begin
  if event_type is not null then
    perform emit_event(event_type, 1, new.id::text, decision || jsonb_build_object(
        'proposalId', new.id, 'jobId', new.job_id, 'posterId', job.poster_id, 'freelancerId', profile.owner_id))
      from jobs job, freelancer_profiles profile
      where job.id = new.job_id and profile.id = new.profile_id;
  end if;
  return null;
end $$;

create trigger proposals_emitted_when_added after insert on proposals
  for each row execute function emit_proposal_event();
create trigger proposals_emitted_when_changed after update on proposals
  for each row when (new.status <> old.status) execute function emit_proposal_event();
