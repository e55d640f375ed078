import { registerEnumType } from 'type-graphql';

export enum ProfileStatus {
  DRAFT = 'DRAFT',
  SUBMITTED = 'SUBMITTED',
  UNDER_REVIEW = 'UNDER_REVIEW',
  CHANGES_REQUESTED = 'CHANGES_REQUESTED',
  APPROVED = 'APPROVED',
  REJECTED = 'REJECTED',
  SUSPENDED = 'SUSPENDED',
  ARCHIVED = 'ARCHIVED',
}
registerEnumType(ProfileStatus, {
  name: 'ProfileStatus',
  description:
    'The stage of a freelancer profile in its review. Only an APPROVED profile is public; in any other status it is visible ' +
    'to its owner, reviewers and admins only.',
  valuesConfig: {
    DRAFT: { description: 'Not submitted for review yet.' },
    SUBMITTED: { description: 'Submitted by its owner and waiting for a reviewer.' },
    UNDER_REVIEW: { description: 'Claimed by a reviewer.' },
    CHANGES_REQUESTED: { description: 'Returned to its owner to be changed and resubmitted.' },
    APPROVED: { description: 'Public.' },
    REJECTED: { description: 'Turned down by a reviewer.' },
    SUSPENDED: { description: 'Hidden by a reviewer after it had been approved.' },
    ARCHIVED: { description: 'Put away by a reviewer.' },
  },
});

export enum ProfileAction {
  SUBMIT = 'SUBMIT',
  RETRACT = 'RETRACT',
  CLAIM = 'CLAIM',
  APPROVE = 'APPROVE',
  REJECT = 'REJECT',
  REQUEST_CHANGES = 'REQUEST_CHANGES',
  SUSPEND = 'SUSPEND',
  RESTORE = 'RESTORE',
  ARCHIVE = 'ARCHIVE',
  REOPEN = 'REOPEN',
}
registerEnumType(ProfileAction, {
  name: 'ProfileAction',
  description: 'An action that changes the status of a freelancer profile; see `actOnFreelancerProfile`.',
  valuesConfig: {
    SUBMIT: { description: 'Owner: submits a DRAFT or CHANGES_REQUESTED profile for review.' },
    RETRACT: { description: 'Owner: takes a SUBMITTED or UNDER_REVIEW profile back to DRAFT.' },
    CLAIM: { description: 'Reviewer or admin: takes on the review of a SUBMITTED profile.' },
    APPROVE: { description: 'Reviewer or admin: makes a SUBMITTED or UNDER_REVIEW profile public.' },
    REJECT: { description: 'Reviewer or admin: turns down a SUBMITTED or UNDER_REVIEW profile.' },
    REQUEST_CHANGES: { description: 'Reviewer or admin: returns a SUBMITTED or UNDER_REVIEW profile to its owner.' },
    SUSPEND: { description: 'Reviewer or admin: hides an APPROVED profile.' },
    RESTORE: { description: 'Reviewer or admin: makes a SUSPENDED or ARCHIVED profile public again.' },
    ARCHIVE: { description: 'Reviewer or admin: puts away a profile in any status except DRAFT.' },
    REOPEN: { description: 'Reviewer or admin: takes a REJECTED profile back to DRAFT.' },
  },
});
