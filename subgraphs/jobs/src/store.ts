import { postgresQuotas } from '@marquee/chassis/quotas/postgres-quotas';
import type { DataSource } from 'typeorm';
import { BookCover, CoverContributor } from './covers/cover-model.js';
import { Job } from './jobs/job-model.js';
import { Proposal } from './proposals/proposal-model.js';
import { Feedback } from './notes/feedback-model.js';
import { Folder } from './folders/folder-model.js';
import { FreelancerProfile } from './profiles/profile-model.js';
import { ProfileNote } from './notes/note-model.js';
import { PortfolioAsset } from './portfolio/portfolio-model.js';
import { TaxonomyTerm } from './taxonomy/taxonomy-model.js';
import { exportStore } from './exports/export-store.js';
import { assetStore } from './portfolio/asset-store.js';
import { favoriteStore } from './profiles/favorite-store.js';
import { feedbackStore } from './notes/feedback-store.js';
import { folderMemberStore } from './folders/folder-member-store.js';
import { folderWritingStore } from './folders/folder-writing-store.js';
import { folderStore } from './folders/folder-store.js';
import { freelancerListStore } from './profiles/freelancer-list-store.js';
import { noteStore } from './notes/note-store.js';
import { portfolioStore } from './portfolio/portfolio-store.js';
import { profileStore } from './profiles/profile-store.js';
import { profileWritingStore } from './profiles/profile-writing-store.js';
import { quotas } from './quotas.js';
import { coverWritingStore } from './covers/cover-writing-store.js';
import { coverStore } from './covers/cover-store.js';
import { invitationStore } from './jobs/invitation-store.js';
import { jobWritingStore } from './jobs/job-writing-store.js';
import { jobStore } from './jobs/job-store.js';
import { releasedMediaStore } from './media/released-media-store.js';
import { proposalWritingStore } from './proposals/proposal-writing-store.js';
import { proposalStore } from './proposals/proposal-store.js';
import { publicJobStore } from './jobs/public-job-store.js';
import { reviewStore } from './review/review-store.js';
import { profileSeedStore } from './seed/profile-seed-store.js';
import { termStore } from './taxonomy/taxonomy-store.js';
import { webhookDeliveryStore } from './webhooks/webhook-delivery-store.js';
import { webhookEndpointStore } from './webhooks/webhook-endpoint-store.js';
import { WebhookDelivery, WebhookEndpoint } from './webhooks/webhook-model.js';
import { webhookSecretStore } from './webhooks/webhook-secret-store.js';
import { workSeedStore } from './seed/work-seed-store.js';

export const entities = [
  BookCover,
  CoverContributor,
  TaxonomyTerm,
  FreelancerProfile,
  PortfolioAsset,
  Folder,
  ProfileNote,
  Feedback,
  Job,
  Proposal,
  WebhookEndpoint,
  WebhookDelivery,
];

export type Store = ReturnType<typeof createStore>;

/**
 * All statements of the service, grouped by noun. Resolvers reach the database only through this object.
 * @param quotaFactor multiplies the quotas of all actions; 0 for none
 */
export function createStore(source: DataSource, quotaFactor = 1) {
  const counted = postgresQuotas(source, quotas, quotaFactor);
  return {
    ...outsideStores(source),
    quotas: counted,
    terms: termStore(source),
    profiles: profileStore(source),
    profileWriting: profileWritingStore(source),
    freelancers: freelancerListStore(source),
    assets: assetStore(source),
    portfolios: portfolioStore(source),
    favorites: favoriteStore(source),
    folders: folderStore(source),
    folderWriting: folderWritingStore(source),
    folderMembers: folderMemberStore(source, counted),
    notes: noteStore(source),
    feedback: feedbackStore(source),
    seeding: profileSeedStore(source),
    workSeeding: workSeedStore(source),
    covers: coverStore(source),
    coverWriting: coverWritingStore(source),
    jobs: jobStore(source),
    reviews: reviewStore(source),
    publicJobs: publicJobStore(source),
    jobWriting: jobWritingStore(source),
    invitations: invitationStore(source, counted),
    proposals: proposalStore(source),
    proposalWriting: proposalWritingStore(source, counted),
  };
}

/** The stores of data for other services and systems: webhooks, exports, released media. */
function outsideStores(source: DataSource) {
  return {
    exports: exportStore(source),
    releasedMedia: releasedMediaStore(source),
    webhookEndpoints: webhookEndpointStore(source),
    webhookDeliveries: webhookDeliveryStore(source),
    webhookSecrets: webhookSecretStore(source),
  };
}
