-- The queues of the consumers that have applied an event. With an emulator of SNS and SQS, which forgets its messages when it
-- restarts, the other events are published again (chassis/src/events/confirmation-queue.ts).
alter table event_outbox add column confirmed_by text[] not null default '{}';
