-- Users who have ended all emails: a build that does not know the column `emails_stopped` reads the preference of each kind.
insert into notification_preferences (user_id, kind, in_app, email)
select users.id, kind, true, 'NEVER'
from users cross join unnest(array['REPLY', 'LIKE', 'MENTION', 'INVITED_TO_JOB', 'PROPOSAL_RECEIVED',
  'PROPOSAL_SHORTLISTED', 'PROPOSAL_ACCEPTED', 'PROPOSAL_DECLINED', 'PROFILE_APPROVED', 'CHANGES_REQUESTED', 'JOB_APPROVED',
  'JOB_CLOSED', 'MESSAGE_REQUEST', 'SYSTEM']) as kind
where emails_stopped
on conflict do nothing;
