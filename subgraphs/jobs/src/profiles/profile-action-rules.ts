import { badInput, forbidden } from '@marquee/chassis/errors/errors';
import type { UserCaller } from '@marquee/chassis/identity/caller';
import { validateInput } from '@marquee/chassis/input/text';
import { optionalLines } from '../input/input-values.js';
import { transition } from '../state-machine/state-machine.js';
import { profileMachine, type ProfileActor } from './profile-machine.js';
import type { FreelancerProfile } from './profile-model.js';
import { missingFields } from './profile-rules.js';
import { ProfileAction, type ProfileStatus } from './profile-status.js';
import { profileActors, requireVisible } from './profile-visibility-rules.js';

/** The effect of an action on a profile: the changed columns, and the text of the SYSTEM note that records it. */
export interface ProfileTransition {
  changes: Partial<FreelancerProfile> & { status: ProfileStatus };
  note: string;
}

const noteText = optionalLines(2000);

/** @throws BAD_USER_INPUT if the note is longer than 2000 characters */
export function parseActionNote(note: string | null | undefined): string | null {
  return validateInput(noteText, note, 'input.note') ?? null;
}

/**
 * Decides on an action while the profile is locked.
 *
 * @param visibleAssets the number of assets that would be public once they are approved
 * @throws NOT_FOUND if the caller may not see the profile; FORBIDDEN if the caller is neither its owner nor a moderator;
 * INVALID_TRANSITION; BAD_USER_INPUT with each field that the profile lacks to be submitted
 */
export function decideProfileAction(
  caller: UserCaller,
  profile: FreelancerProfile,
  visibleAssets: number,
  action: ProfileAction,
  note: string | null,
): ProfileTransition {
  requireVisible(caller, profile, profile.id);
  const actors = requireProfileActor(profileActors(caller, profile));
  const status = transition(profileMachine, profile, action, actors);
  if (action === ProfileAction.SUBMIT) assertComplete(profile, visibleAssets);
  const suffix = note === null ? '' : `: ${note}`;
  return {
    changes: { status, ...actionEffects(action, caller, note) },
    note: `${action} (${profile.status} to ${status})${suffix}`,
  };
}

function requireProfileActor(actors: ProfileActor[]): ProfileActor[] {
  if (actors.length > 0) return actors;
  throw forbidden('Only its owner, a reviewer or an admin can act on a freelancer profile.');
}

function assertComplete(profile: FreelancerProfile, visibleAssets: number): void {
  const missing = missingFields(profile);
  if (visibleAssets === 0) missing.push({ path: 'portfolio', message: 'needs at least one visible asset' });
  if (missing.length > 0) throw badInput(...missing);
}

/** Returns the columns that an action changes in addition to the status. */
function actionEffects(action: ProfileAction, caller: UserCaller, note: string | null): Partial<FreelancerProfile> {
  const now = new Date();
  switch (action) {
    case ProfileAction.SUBMIT:
      return { submittedAt: now, reviewMessage: null };
    case ProfileAction.RETRACT:
      return { reviewOwnerId: null };
    case ProfileAction.CLAIM:
      return { reviewOwnerId: caller.id };
    case ProfileAction.APPROVE:
    case ProfileAction.REJECT:
    case ProfileAction.REQUEST_CHANGES:
      return { lastReviewedAt: now, reviewMessage: note };
    case ProfileAction.SUSPEND:
    case ProfileAction.RESTORE:
    case ProfileAction.ARCHIVE:
    case ProfileAction.REOPEN:
      return { reviewMessage: note };
  }
}
