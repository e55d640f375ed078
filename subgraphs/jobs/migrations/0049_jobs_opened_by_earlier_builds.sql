-- An earlier build that opens a job which closed by its deadline leaves closed_by_deadline true. If its poster closes it then,
-- a later closes_at must not open it again.
create function end_closing_by_deadline() returns trigger language plpgsql as $$
begin
  new.closed_by_deadline := false;
  return new;
end $$;

create trigger jobs_no_longer_closed_by_deadline before update of status on jobs for each row
  when (new.status <> old.status and old.closed_by_deadline and new.closed_by_deadline)
  execute function end_closing_by_deadline();
