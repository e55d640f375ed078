import { badInput, forbidden } from '@marquee/chassis/errors/errors';
import type { UserCaller } from '@marquee/chassis/identity/caller';
import { checked } from '@marquee/chassis/input/text';
import type { FreelancerProfile } from './profile-model.js';
import { ProfileAction, type ProfileStatus } from './profile-status.js';
import { transition } from '../state-machine/state-machine.js';
import { missingFields } from './profile-rules.js';
import { profileMachine, type ProfileActor } from './profile-machine.js';
import { mustSeeProfile, profileActors } from './profile-visibility-rules.js';
import { clearable } from '../input/input-values.js';

/** What an action does to a profile: the changes, and the words of the note that records it. */
export interface ProfileMove {
  changes: Partial<FreelancerProfile> & { status: ProfileStatus };
  note: string;
}

const noteText = clearable(2000);

/** @throws BAD_USER_INPUT when it is longer than 2000 characters */
export function actionNote(note: string | null | undefined): string | null {
  return checked(noteText, note, 'input.note') ?? null;
}

/**
 * Decides about an action on a profile that nobody else changes meanwhile.
 *
 * @param visibleAssets how many assets the public would see, once they are approved
 * @throws NOT_FOUND, FORBIDDEN for who is neither owner nor moderator, INVALID_TRANSITION, or BAD_USER_INPUT naming each
 * thing that a submission lacks
 */
export function profileMove(
  caller: UserCaller,
  profile: FreelancerProfile,
  visibleAssets: number,
  action: ProfileAction,
  note: string | null,
): ProfileMove {
  mustSeeProfile(caller, profile, profile.id);
  const actors = mustBeActor(profileActors(caller, profile));
  const status = transition(profileMachine, profile, action, actors);
  if (action === ProfileAction.SUBMIT) mustBeWhole(profile, visibleAssets);
  const said = note === null ? '' : `: ${note}`;
  return {
    changes: { status, ...consequences(action, caller, note) },
    note: `${action} (${profile.status} to ${status})${said}`,
  };
}

function mustBeActor(actors: ProfileActor[]): ProfileActor[] {
  if (actors.length > 0) return actors;
  throw forbidden('Only its owner, a reviewer or an admin can act on a freelancer profile.');
}

function mustBeWhole(profile: FreelancerProfile, visibleAssets: number): void {
  const missing = missingFields(profile);
  if (visibleAssets === 0) missing.push({ path: 'portfolio', message: 'needs at least one visible asset' });
  if (missing.length > 0) throw badInput(...missing);
}

/** What an action writes beside the state. */
function consequences(action: ProfileAction, caller: UserCaller, note: string | null): Partial<FreelancerProfile> {
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
