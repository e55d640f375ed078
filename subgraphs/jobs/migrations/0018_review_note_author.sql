-- Who wrote the review notes of a job, so that they are erased with the account. Of older notes it is not known.
alter table jobs add column review_notes_by uuid;

create index jobs_review_notes_by on jobs (review_notes_by) where review_notes_by is not null;
