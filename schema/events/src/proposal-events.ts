import type { EventDefinition } from '@marquee/chassis/events/domain-event';
import { z } from 'zod';

/** The subject of each of these events is the id of the proposal. */
const source = 'jobs';

const proposal = z.object({
  proposalId: z.uuid().describe('The id of the proposal.'),
  jobId: z.uuid().describe('The id of its job.'),
  posterId: z.uuid().describe('The id of the user who posted the job.'),
  freelancerId: z.uuid().describe('The id of the user who made the proposal.'),
});

export const proposalSubmitted = {
  source,
  type: 'ProposalSubmitted',
  version: 1,
  description: 'A freelancer submitted a proposal.',
  data: proposal,
} satisfies EventDefinition;

export const proposalShortlisted = {
  source,
  type: 'ProposalShortlisted',
  version: 1,
  description: 'The poster of the job shortlisted a proposal.',
  data: proposal,
} satisfies EventDefinition;

export const proposalDecided = {
  source,
  type: 'ProposalDecided',
  version: 1,
  description: 'A proposal was accepted or declined, by the poster or because its job is filled or closed.',
  data: proposal.extend({ decision: z.enum(['ACCEPTED', 'DECLINED']).describe('The decision.') }),
} satisfies EventDefinition;
