import { badInput, conflict } from '@marquee/chassis/errors/errors';
import { validateInput } from '@marquee/chassis/input/text';
import { validate } from 'uuid';
import { z } from 'zod';
import { type Job, JobStatus } from './job-model.js';
import { ProfileStatus } from '../profiles/profile-status.js';
import { effectiveStatus } from './job-visibility-rules.js';

/** Freelancers that one job can be shown to by its poster. */
const maxInvited = 200;

const { CLOSED, REJECTED, ARCHIVED } = JobStatus;
const endedStatuses: readonly JobStatus[] = [CLOSED, REJECTED, ARCHIVED];

const invitation = z.object({
  profileIds: z
    .array(z.string().refine(validate, 'must be the id of a freelancer profile'))
    .min(1, 'must be at least 1')
    .max(50, 'must be at most 50')
    .transform((ids) => [...new Set(ids.map((id) => id.toLowerCase()))]),
});

/** @throws BAD_USER_INPUT with every problem */
export function parseInvitedIds(input: { profileIds: readonly string[] }): string[] {
  return validateInput(invitation, input).profileIds;
}

/**
 * Only approved profiles are there to be invited; which others there are is not told.
 * @throws BAD_USER_INPUT naming each id that is none
 */
export function assertApproved(
  ids: readonly string[],
  profiles: readonly { id: string; status: ProfileStatus }[],
): void {
  const approved = new Set(profiles.filter(({ status }) => status === ProfileStatus.APPROVED).map(({ id }) => id));
  const problems = ids
    .filter((id) => !approved.has(id))
    .map((id) => ({ path: 'input.profileIds', message: `"${id}" is no approved freelancer profile` }));
  if (problems.length > 0) throw badInput(...problems);
}

/** @throws CONFLICT when the job is over, or when too many would be invited */
export function assertInvitable(job: Job, invited: readonly string[], ids: readonly string[]): void {
  const status = effectiveStatus(job);
  if (endedStatuses.includes(status))
    throw conflict(`The job "${job.title}" is ${status}: nobody can be invited to it.`);
  const together = new Set([...invited, ...ids]).size;
  if (together > maxInvited)
    throw conflict(`A job is shown to at most ${maxInvited} invited freelancers; these would make it ${together}.`);
}
