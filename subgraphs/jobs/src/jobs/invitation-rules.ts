import { badInput, conflict } from '@marquee/chassis/errors/errors';
import { validateInput } from '@marquee/chassis/input/text';
import { validate } from 'uuid';
import { z } from 'zod';
import { type Job, JobStatus } from './job-model.js';
import type { FreelancerProfile } from '../profiles/profile-model.js';
import { isPublicProfile } from '../profiles/profile-visibility-rules.js';
import { effectiveStatus } from './job-visibility-rules.js';

/** The maximum number of invitations per job. */
const maxInvited = 200;

const { CLOSED, REJECTED, ARCHIVED } = JobStatus;
const endedStatuses: readonly JobStatus[] = [CLOSED, REJECTED, ARCHIVED];

const invitationSchema = z.object({
  profileIds: z
    .array(z.string().refine(validate, 'must be the id of a freelancer profile'))
    .min(1, 'must be at least 1')
    .max(50, 'must be at most 50')
    .transform((ids) => [...new Set(ids.map((id) => id.toLowerCase()))]),
});

/** @throws BAD_USER_INPUT with every invalid field */
export function parseInvitedIds(input: { profileIds: readonly string[] }): string[] {
  return validateInput(invitationSchema, input).profileIds;
}

/**
 * Only approved profiles can be invited. The error does not reveal whether another profile exists.
 * @throws BAD_USER_INPUT with each id that is not the id of an approved profile
 */
export function assertApproved(
  ids: readonly string[],
  profiles: readonly Pick<FreelancerProfile, 'id' | 'status' | 'ownerIsActive'>[],
): void {
  const approved = new Set(profiles.filter(isPublicProfile).map(({ id }) => id));
  const problems = ids
    .filter((id) => !approved.has(id))
    .map((id) => ({ path: 'input.profileIds', message: `"${id}" is not the id of an approved freelancer profile` }));
  if (problems.length > 0) throw badInput(...problems);
}

/** @throws CONFLICT if the job has ended, or if the invitations would exceed the maximum */
export function assertInvitable(job: Job, invited: readonly string[], ids: readonly string[]): void {
  const status = effectiveStatus(job);
  if (endedStatuses.includes(status))
    throw conflict(`The job "${job.title}" is ${status}: freelancers can no longer be invited to it.`, 'input.jobId');
  const total = new Set([...invited, ...ids]).size;
  if (total > maxInvited)
    throw conflict(
      `A job has at most ${maxInvited} invitations; with these it would have ${total}.`,
      'input.profileIds',
    );
}
