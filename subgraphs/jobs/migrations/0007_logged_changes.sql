-- The streams of jobPublished and proposalChanged. A freelancer has a stream of their own for each job, so that positions
-- disclose nothing of the proposals of others; that of the job omits drafts.
create function log_published_job() returns trigger language plpgsql as $$
begin
  perform append_change('published jobs', new.id::text);
  return null;
end $$;

create trigger jobs_logged_when_added after insert on jobs
  for each row when (new.status = 'PUBLISHED') execute function log_published_job();

create trigger jobs_logged_when_published after update on jobs
  for each row when (new.status = 'PUBLISHED'
    and (old.status <> 'PUBLISHED' or new.published_at is distinct from old.published_at))
  execute function log_published_job();

create function log_proposal() returns trigger language plpgsql as $$
begin
  perform append_change('proposals of ' || new.job_id || ' by ' || owner_id, new.id::text)
    from freelancer_profiles where id = new.profile_id;
  if new.status <> 'DRAFT' then
    perform append_change('proposals of ' || new.job_id, new.id::text);
  end if;
  return null;
end $$;

create trigger proposals_logged after insert or update on proposals
  for each row execute function log_proposal();
