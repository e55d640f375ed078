import type { EventDefinition } from '@marquee/chassis/events/domain-event';
import { z } from 'zod';

/** The subject of each of these events is the id of the job. */
const source = 'jobs';

const jobId = z.uuid().describe('The id of the job.');

const job = z.object({ jobId, ownerId: z.uuid().describe('The id of the user who posted it.') });

/** The size of an event is limited: jobs pages its recipients. */
const recipientIds = z.array(z.uuid()).max(500);

export const jobApproved = {
  source,
  type: 'JobApproved',
  version: 1,
  description: 'A reviewer approved a job.',
  data: job.extend({
    distribution: z
      .enum(['PUBLIC', 'PRIVATE_OUTREACH'])
      .describe('Whether everyone sees it, or only the freelancers who are invited.'),
  }),
} satisfies EventDefinition;

export const jobChangesRequested = {
  source,
  type: 'JobChangesRequested',
  version: 1,
  description: 'A reviewer requested changes of a job.',
  data: job,
} satisfies EventDefinition;

export const jobPublished = {
  source,
  type: 'JobPublished',
  version: 1,
  description: 'A job is public: it was approved or opened again.',
  data: job,
} satisfies EventDefinition;

export const jobClosed = {
  source,
  type: 'JobClosed',
  version: 1,
  description:
    'A job that was open no longer accepts proposals. A ProposalDecided follows for each open proposal that was declined.',
  data: job.extend({
    reason: z
      .enum(['FILLED', 'CLOSED', 'ARCHIVED', 'POSTER_LEFT'])
      .describe(
        'FILLED: a proposal was accepted. CLOSED: by its poster, or because its closesAt has passed; open proposals stay open. ARCHIVED: by its poster. POSTER_LEFT: the poster may no longer post jobs, or has deleted the account.',
      ),
    recipientIds: recipientIds
      .optional()
      .describe(
        'The ids of the users whom no ProposalDecided notifies: those who were invited and have sent no proposal, and if the reason is CLOSED, those who have an open one. Of more than 500, the first ones. Absent in events of builds that did not name them.',
      ),
  }),
} satisfies EventDefinition;

export const invitationsClosed = {
  source,
  type: 'InvitationsClosed',
  version: 1,
  description: 'Follows a JobClosed with more recipients than one event may name, once for each further 500 of them.',
  data: z.object({
    jobId,
    recipientIds: recipientIds.describe('As in the JobClosed.'),
  }),
} satisfies EventDefinition;

export const freelancerInvited = {
  source,
  type: 'FreelancerInvited',
  version: 1,
  description: 'A freelancer was invited to a job.',
  data: z.object({
    jobId,
    profileId: z.uuid().describe('The id of the profile of the freelancer.'),
    freelancerId: z.uuid().describe('The id of the user who is invited.'),
    actorId: z.uuid().describe('The id of the user who invited them.'),
  }),
} satisfies EventDefinition;
