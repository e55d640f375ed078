import type { EventDefinition } from '@marquee/chassis/events/domain-event';
import { conversationStarted, messageSent } from './conversation-events.js';
import { messagesErased, workErased } from './erasure-events.js';
import {
  freelancerInvited,
  invitationsClosed,
  jobApproved,
  jobChangesRequested,
  jobClosed,
  jobPublished,
} from './job-events.js';
import {
  mediaAttached,
  mediaDetached,
  mediaReady,
  mediaRejected,
  mediaReleased,
  mediaRemoved,
  mediaUnused,
} from './media-events.js';
import { profileApproved, profileChangesRequested, profileSuspended } from './profile-events.js';
import { proposalDecided, proposalShortlisted, proposalSubmitted } from './proposal-events.js';
import { showChanged, showDeleted } from './show-events.js';
import {
  userDeactivated,
  userDeleted,
  userReactivated,
  userRegistered,
  userRenamed,
  userRoleChanged,
} from './user-events.js';

/** All types of domain events. */
export const catalogue: readonly EventDefinition[] = [
  userRegistered,
  userRenamed,
  userRoleChanged,
  userDeactivated,
  userReactivated,
  userDeleted,
  mediaReady,
  mediaRejected,
  mediaAttached,
  mediaDetached,
  mediaUnused,
  mediaReleased,
  mediaRemoved,
  profileApproved,
  profileChangesRequested,
  profileSuspended,
  jobApproved,
  jobChangesRequested,
  jobPublished,
  jobClosed,
  invitationsClosed,
  freelancerInvited,
  proposalSubmitted,
  proposalShortlisted,
  proposalDecided,
  conversationStarted,
  messageSent,
  workErased,
  messagesErased,
  showChanged,
  showDeleted,
];
