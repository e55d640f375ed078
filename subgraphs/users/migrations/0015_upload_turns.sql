-- Uploads of one owner are processed a few at a time: when an upload began to wait, and when its processing began.
alter table media
  add column queued_at timestamptz(3),
  add column processing_since timestamptz(3);
