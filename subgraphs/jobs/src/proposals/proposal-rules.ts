import { conflict, forbidden } from '@marquee/chassis/errors/errors';
import type { Caller, UserCaller } from '@marquee/chassis/identity/caller';
import { validateInput, text } from '@marquee/chassis/input/text';
import { z } from 'zod';
import type { Job } from '../jobs/job-model.js';
import { ProfileStatus } from '../profiles/profile-status.js';
import { type Proposal, ProposalStatus } from './proposal-model.js';
import { effectiveStatus, isPoster, hasFullAccess, acceptsProposals } from '../jobs/job-visibility-rules.js';
import { transition } from '../state-machine/state-machine.js';
import { type ProposalAction, type ProposalActor, proposalMachine } from './proposal-machine.js';

const proposalSchema = z.object({
  pitch: text(1, 5000),
  quote: text(0, 200)
    .nullish()
    .transform((quote) => (quote === '' ? null : (quote ?? null))),
  estimatedDays: z
    .int()
    .min(1, 'must be at least 1')
    .max(3650, 'must be at most 3650')
    .nullish()
    .transform((days) => days ?? null),
});

/** What a freelancer offers. */
export type ProposalValues = z.output<typeof proposalSchema>;

/** @throws BAD_USER_INPUT with every problem */
export function parseProposalInput(input: object): ProposalValues {
  return validateInput(proposalSchema, input);
}

/** @throws FORBIDDEN unless the user has a profile and it was approved */
export function requireApprovedProfile<Profile extends { status: ProfileStatus }>(profile: Profile | null): Profile {
  if (profile?.status === ProfileStatus.APPROVED) return profile;
  const yours = profile === null ? 'you have none' : `yours is ${profile.status}`;
  throw forbidden(`Who makes a proposal needs an APPROVED freelancer profile; ${yours}.`);
}

/** @throws FORBIDDEN for one's own job */
export function assertNotPoster(job: Job, caller: UserCaller): void {
  if (isPoster(job, caller)) throw forbidden(`You posted the job "${job.title}" yourself.`);
}

/** What the caller is to a proposal, given who made it. */
export function proposalActors(job: Job, ownerId: string, caller: Caller): ProposalActor[] {
  const actors: ProposalActor[] = [];
  if (caller.kind === 'user' && caller.id === ownerId) actors.push('freelancer');
  if (isPoster(job, caller)) actors.push('poster');
  return actors;
}

/** A draft is for its freelancer; from then on the job's poster and reviewers see it too. */
export function canSeeProposal(job: Job, { status }: Proposal, ownerId: string, caller: Caller): boolean {
  if (caller.kind === 'user' && caller.id === ownerId) return true;
  return status !== ProposalStatus.DRAFT && hasFullAccess(job, caller);
}

/** @throws FORBIDDEN for somebody who sees the proposal and is neither its freelancer nor the job's poster */
export function assertInvolved(actors: readonly ProposalActor[], { id }: Proposal): void {
  if (actors.length === 0) throw forbidden(`Only its freelancer and the job's poster can act on the proposal "${id}".`);
}

/** @throws CONFLICT when the job takes no proposals; INVALID_TRANSITION when it is too late to change this one */
export function decideSavedStatus(job: Job, existing: Proposal | null): ProposalStatus {
  assertAcceptsProposals(job);
  return existing === null ? ProposalStatus.DRAFT : transition(proposalMachine, existing, 'SAVE', ['freelancer']);
}

/** @throws INVALID_TRANSITION with what these actors can do; CONFLICT for submitting to a job that takes no proposals */
export function decideNextStatus(
  job: Job,
  existing: Proposal,
  action: ProposalAction,
  actors: readonly ProposalActor[],
): ProposalStatus {
  const next = transition(proposalMachine, existing, action, actors);
  if (action === 'SUBMIT') assertAcceptsProposals(job);
  return next;
}

function assertAcceptsProposals(job: Job): void {
  if (acceptsProposals(job)) return;
  throw conflict(`The job "${job.title}" takes no proposals: it is ${effectiveStatus(job)}.`);
}
