import { conflict, forbidden } from '@marquee/chassis/errors/errors';
import type { Caller, UserCaller } from '@marquee/chassis/identity/caller';
import { multilineText, validateInput, text } from '@marquee/chassis/input/text';
import { z } from 'zod';
import type { Job } from '../jobs/job-model.js';
import { ProfileStatus } from '../profiles/profile-status.js';
import { type Proposal, ProposalAction, ProposalStatus } from './proposal-model.js';
import { effectiveStatus, isPoster, hasFullAccess, acceptsProposals } from '../jobs/job-visibility-rules.js';
import { transition, validActions } from '../state-machine/state-machine.js';
import { type ProposalActor, proposalMachine } from './proposal-machine.js';

const proposalSchema = z.object({
  pitch: multilineText(1, 5000),
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

/** The columns of a proposal that its freelancer sets. */
export type ProposalValues = z.output<typeof proposalSchema>;

/** @throws BAD_USER_INPUT with every invalid field */
export function parseProposalInput(input: object): ProposalValues {
  return validateInput(proposalSchema, input);
}

/** @throws FORBIDDEN unless the profile exists and is APPROVED */
export function requireApprovedProfile<Profile extends { status: ProfileStatus }>(profile: Profile | null): Profile {
  if (profile?.status === ProfileStatus.APPROVED) return profile;
  const reason = profile === null ? 'you have none' : `yours is ${profile.status}`;
  throw forbidden(`A proposal requires an APPROVED freelancer profile; ${reason}.`);
}

/** @throws FORBIDDEN if the caller posted the job */
export function assertNotPoster(job: Job, caller: UserCaller): void {
  if (isPoster(job, caller)) throw forbidden(`You cannot make a proposal for your own job "${job.title}".`);
}

/** @param ownerId the user who made the proposal */
export function proposalActors(job: Job, ownerId: string, caller: Caller): ProposalActor[] {
  const actors: ProposalActor[] = [];
  if (caller.kind === 'user' && caller.id === ownerId) actors.push('freelancer');
  if (isPoster(job, caller)) actors.push('poster');
  return actors;
}

/** A draft is visible to its freelancer only; once it is submitted, also to the poster of the job and moderators. */
export function canSeeProposal(job: Job, { status }: Proposal, ownerId: string, caller: Caller): boolean {
  if (caller.kind === 'user' && caller.id === ownerId) return true;
  return status !== ProposalStatus.DRAFT && hasFullAccess(job, caller);
}

/** Expects that the caller may see the proposal. @throws FORBIDDEN for a caller without a role towards it */
export function assertInvolved(actors: readonly ProposalActor[], { id }: Proposal): void {
  if (actors.length === 0) throw forbidden(`Only its freelancer and the job's poster can act on the proposal "${id}".`);
}

/**
 * Returns the status of a proposal after `saveProposal`.
 * @throws CONFLICT if the job does not accept proposals, INVALID_TRANSITION if the proposal can no longer change
 */
export function decideSavedStatus(job: Job, existing: Proposal | null): ProposalStatus {
  assertAcceptsProposals(job, 'input.jobId');
  return existing === null
    ? ProposalStatus.DRAFT
    : transition(proposalMachine, existing, ProposalAction.SAVE, ['freelancer']);
}

/**
 * Returns the status of a proposal after an action. Only the poster of the job can shortlist, decline and accept.
 * @throws INVALID_TRANSITION with the actions that these actors can perform instead, CONFLICT for SUBMIT if the job does not
 * accept proposals
 */
export function decideNextStatus(
  job: Job,
  existing: Proposal,
  action: ProposalAction,
  actors: readonly ProposalActor[],
): ProposalStatus {
  const next = transition(proposalMachine, existing, action, actors);
  if (action === ProposalAction.SUBMIT) assertAcceptsProposals(job, 'input.proposalId');
  return next;
}

/**
 * Returns the actions that these actors can perform now. SAVE and SUBMIT require a job that accepts proposals, and that the
 * profile of the freelancer is APPROVED.
 */
export function validProposalActions(
  job: Job,
  proposal: Proposal,
  actors: readonly ProposalActor[],
  profile: { status: ProfileStatus } | null,
): ProposalAction[] {
  const possible = validActions(proposalMachine, proposal, actors);
  if (acceptsProposals(job) && profile?.status === ProfileStatus.APPROVED) return possible;
  return possible.filter((action) => action !== ProposalAction.SAVE && action !== ProposalAction.SUBMIT);
}

/** @param path of the id in the input */
function assertAcceptsProposals(job: Job, path: string): void {
  if (acceptsProposals(job)) return;
  const reason = job.posterIsActive ? `it is ${effectiveStatus(job)}` : 'the account of its poster is not active';
  throw conflict(`The job "${job.title}" does not accept proposals: ${reason}.`, path);
}
