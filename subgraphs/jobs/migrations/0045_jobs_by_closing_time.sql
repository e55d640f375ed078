-- transaction: false
-- The open jobs whose closes_at has passed (jobs/job-closing-store.ts).
create index concurrently if not exists jobs_by_closing_time on jobs (closes_at)
  where status in ('PUBLISHED', 'PRIVATE_OUTREACH') and closes_at is not null;
