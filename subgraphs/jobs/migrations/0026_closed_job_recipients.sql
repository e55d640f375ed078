-- The event of a closed job names the freelancers who were invited and have sent no proposal. Those who have sent one learn
-- of the decision on it. An event is limited in size: further recipients follow in pages.
create or replace function emit_job_event() returns trigger language plpgsql as $$
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
    perform emit_job_closed(new.id, identity || jsonb_build_object('reason', case
      when new.is_filled then 'FILLED'
      when current_setting('marquee.poster_left', true) = 'true' then 'POSTER_LEFT'
      else new.status end));
  end if;
  return null;
end $$;

create function emit_job_closed(closed_job uuid, closed_data jsonb) returns void language plpgsql as $$
declare
  pages constant jsonb[] := array(
    select jsonb_agg(owner_id order by owner_id) from (
      select owner_id, (row_number() over (order by owner_id) - 1) / 500 as page
      from job_invitations invitation join freelancer_profiles profile on profile.id = invitation.profile_id
      where invitation.job_id = closed_job and invitation.is_announced and not exists (
        select from proposals
        where proposals.job_id = closed_job and proposals.profile_id = profile.id and proposals.status <> 'DRAFT'
      )
    ) as invited
    group by page order by page);
begin
  perform emit_event('JobClosed', 1, closed_job::text,
    closed_data || jsonb_build_object('recipientIds', coalesce(pages[1], '[]')));
  for number in 2 .. cardinality(pages) loop
    perform emit_event('InvitationsClosed', 1, closed_job::text,
      jsonb_build_object('jobId', closed_job, 'recipientIds', pages[number]));
  end loop;
end $$;
