-- A job that has closed because closes_at passed. A later closes_at opens it again, unlike one that its poster has closed.
alter table jobs add column closed_by_deadline boolean not null default false;

-- The event of a closed job names those who learn of it by no other event: the freelancers who were invited and have sent no
-- proposal, and if the open proposals stay open, also those who made them. Invited freelancers do not see the job of a poster
-- whose account is deactivated. An event is limited in size: further recipients follow in pages.
create or replace function emit_job_closed(closed_job uuid, closed_data jsonb) returns void language plpgsql as $$
declare
  pages constant jsonb[] := array(
    select jsonb_agg(owner_id order by owner_id) from (
      select owner_id, (row_number() over (order by owner_id) - 1) / 500 as page from (
        select profile.owner_id
          from job_invitations invitation
          join jobs job on job.id = invitation.job_id and job.poster_is_active
          join freelancer_profiles profile on profile.id = invitation.profile_id
          where invitation.job_id = closed_job and invitation.is_announced and not exists (
            select from proposals
            where proposals.job_id = closed_job and proposals.profile_id = profile.id and proposals.status <> 'DRAFT'
          )
        union
        select profile.owner_id
          from proposals proposal join freelancer_profiles profile on profile.id = proposal.profile_id
          where closed_data ->> 'reason' = 'CLOSED' and proposal.job_id = closed_job
            and proposal.status in ('SUBMITTED', 'SHORTLISTED')
      ) as recipients
    ) as paged
    group by page order by page);
begin
  perform emit_event('JobClosed', 1, closed_job::text,
    closed_data || jsonb_build_object('recipientIds', coalesce(pages[1], '[]')));
  for number in 2 .. cardinality(pages) loop
    perform emit_event('InvitationsClosed', 1, closed_job::text,
      jsonb_build_object('jobId', closed_job, 'recipientIds', pages[number]));
  end loop;
end $$;
