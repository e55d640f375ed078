import { ProfileAction, ProfileStatus } from './profile-status.js';
import type { Machine } from '../state-machine/state-machine.js';

/** The roles that can act on a profile. A moderator is a reviewer or an admin. */
export type ProfileActor = 'owner' | 'moderator';

const { DRAFT, SUBMITTED, UNDER_REVIEW, CHANGES_REQUESTED, APPROVED, REJECTED, SUSPENDED, ARCHIVED } = ProfileStatus;
const { SUBMIT, RETRACT, CLAIM, APPROVE, REJECT, REQUEST_CHANGES, SUSPEND, RESTORE, ARCHIVE, REOPEN } = ProfileAction;

const inReview = [SUBMITTED, UNDER_REVIEW];
const archivable = [SUBMITTED, UNDER_REVIEW, CHANGES_REQUESTED, APPROVED, REJECTED, SUSPENDED];

/** The state machine of freelancer profiles. No status is final. */
export const profileMachine: Machine<{ status: ProfileStatus }, ProfileStatus, ProfileAction, ProfileActor> = {
  noun: 'freelancer profile',
  statuses: Object.values(ProfileStatus),
  actions: Object.values(ProfileAction),
  transitions: [
    { action: SUBMIT, from: [DRAFT, CHANGES_REQUESTED], to: SUBMITTED, by: ['owner'] },
    { action: RETRACT, from: inReview, to: DRAFT, by: ['owner'] },
    { action: CLAIM, from: [SUBMITTED], to: UNDER_REVIEW, by: ['moderator'] },
    { action: APPROVE, from: inReview, to: APPROVED, by: ['moderator'] },
    { action: REJECT, from: inReview, to: REJECTED, by: ['moderator'] },
    { action: REQUEST_CHANGES, from: inReview, to: CHANGES_REQUESTED, by: ['moderator'] },
    { action: SUSPEND, from: [APPROVED], to: SUSPENDED, by: ['moderator'] },
    { action: RESTORE, from: [SUSPENDED, ARCHIVED], to: APPROVED, by: ['moderator'] },
    { action: ARCHIVE, from: archivable, to: ARCHIVED, by: ['moderator'] },
    { action: REOPEN, from: [REJECTED], to: DRAFT, by: ['moderator'] },
  ],
};
