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
registerEnumType(ProfileStatus, { name: 'ProfileStatus', description: 'APPROVED profiles are public, no others.' });

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
registerEnumType(ProfileAction, { name: 'ProfileAction', description: 'What leads a profile to another state.' });
