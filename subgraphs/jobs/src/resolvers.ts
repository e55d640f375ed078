import { CoverMutationResolver } from './covers/cover-mutation-resolvers.js';
import { CoverFacetsResolver } from './covers/cover-facets.js';
import { JobFacetsResolver } from './jobs/job-facets.js';
import { FreelancerFacetsResolver } from './profiles/freelancer-facets.js';
import { ContributorResolver, CoverResolver } from './covers/cover-resolvers.js';
import { AssetFieldResolver } from './portfolio/asset-field-resolvers.js';
import { FeedbackResolver } from './notes/feedback-resolvers.js';
import { FolderFieldResolver } from './folders/folder-field-resolvers.js';
import { ExportResolver } from './exports/export-resolvers.js';
import { FolderResolver } from './folders/folder-resolvers.js';
import { FreelancerFieldResolver } from './profiles/profile-field-resolvers.js';
import { FreelancerInternalsResolver } from './profiles/profile-internals-resolvers.js';
import { FreelancerResolver } from './profiles/freelancer-list-resolvers.js';
import { InvitationResolver } from './jobs/invitation-resolvers.js';
import { JobMutationResolver } from './jobs/job-mutation-resolvers.js';
import { JobResolver } from './jobs/job-resolvers.js';
import { JobSubscriptionResolver } from './jobs/job-subscription-resolvers.js';
import { ProposalSubscriptionResolver } from './proposals/proposal-subscription-resolvers.js';
import { ReviewSubscriptionResolver } from './review/review-subscription-resolvers.js';
import { StatusCountResolver } from './jobs/status-count-resolvers.js';
import { ShowJobsResolver, UserJobsResolver } from './jobs/posted-job-resolvers.js';
import { NoteResolver } from './notes/note-resolvers.js';
import { PortfolioResolver } from './portfolio/portfolio-resolvers.js';
import { ProfileMutationResolver } from './profiles/profile-mutation-resolvers.js';
import { ProposalMutationResolver } from './proposals/proposal-mutation-resolvers.js';
import { JobProposalResolver, ProposalResolver } from './proposals/proposal-resolvers.js';
import { ReviewResolver } from './review/review-resolvers.js';
import { TaxonomyResolver } from './taxonomy/taxonomy-resolvers.js';
import { WebhookMutationResolver } from './webhooks/webhook-mutation-resolvers.js';
import { WebhookDeliveryResolver, WebhookEndpointResolver } from './webhooks/webhook-resolvers.js';
import { UserProfileResolver } from './profiles/user-profile-resolvers.js';

/** The resolver classes of all nouns. */
export const resolvers: [new () => object, ...(new () => object)[]] = [
  CoverResolver,
  CoverFacetsResolver,
  ContributorResolver,
  CoverMutationResolver,
  JobResolver,
  JobFacetsResolver,
  JobProposalResolver,
  InvitationResolver,
  StatusCountResolver,
  JobMutationResolver,
  ProposalResolver,
  ProposalMutationResolver,
  ReviewResolver,
  UserJobsResolver,
  ShowJobsResolver,
  FreelancerResolver,
  FreelancerFacetsResolver,
  FreelancerFieldResolver,
  FreelancerInternalsResolver,
  ProfileMutationResolver,
  PortfolioResolver,
  AssetFieldResolver,
  FolderResolver,
  FolderFieldResolver,
  NoteResolver,
  FeedbackResolver,
  TaxonomyResolver,
  UserProfileResolver,
  JobSubscriptionResolver,
  ProposalSubscriptionResolver,
  ReviewSubscriptionResolver,
  ExportResolver,
  WebhookEndpointResolver,
  WebhookDeliveryResolver,
  WebhookMutationResolver,
];
