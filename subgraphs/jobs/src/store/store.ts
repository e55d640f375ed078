import type { DataSource } from 'typeorm';
import { BookCover, CoverContributor } from '../model/book-cover.js';
import { Job } from '../model/job.js';
import { Proposal } from '../model/proposal.js';
import { Feedback } from '../model/feedback.js';
import { Folder } from '../model/folder.js';
import { FreelancerProfile } from '../model/freelancer-profile.js';
import { ProfileNote } from '../model/note.js';
import { PortfolioAsset } from '../model/portfolio-asset.js';
import { TaxonomyTerm } from '../model/taxonomy-term.js';
import { assetStore } from './assets.js';
import { favoriteStore } from './favorites.js';
import { feedbackStore } from './feedback.js';
import { folderMemberStore } from './folder-members.js';
import { folderWritingStore } from './folder-writing.js';
import { folderStore } from './folders.js';
import { freelancerList } from './freelancer-list.js';
import { noteStore } from './notes.js';
import { portfolioStore } from './portfolios.js';
import { profileStore } from './profiles.js';
import { profileWriting } from './profile-writing.js';
import { coverWritingStore } from './cover-writing.js';
import { coverStore } from './covers.js';
import { invitationStore } from './invitations.js';
import { jobWritingStore } from './job-writing.js';
import { jobStore } from './jobs.js';
import { proposalWritingStore } from './proposal-writing.js';
import { proposalStore } from './proposals.js';
import { publicJobStore } from './public-jobs.js';
import { reviewStore } from './reviews.js';
import { seedingStore } from './seeding.js';
import { termStore } from './terms.js';
import { workSeedingStore } from './work-seeding.js';

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
];

export type Store = ReturnType<typeof createStore>;

/** Every statement of the service, by noun and intention. */
export function createStore(source: DataSource) {
  return {
    terms: termStore(source),
    profiles: profileStore(source),
    profileWriting: profileWriting(source),
    freelancers: freelancerList(source),
    assets: assetStore(source),
    portfolios: portfolioStore(source),
    favorites: favoriteStore(source),
    folders: folderStore(source),
    folderWriting: folderWritingStore(source),
    folderMembers: folderMemberStore(source),
    notes: noteStore(source),
    feedback: feedbackStore(source),
    seeding: seedingStore(source),
    workSeeding: workSeedingStore(source),
    covers: coverStore(source),
    coverWriting: coverWritingStore(source),
    jobs: jobStore(source),
    reviews: reviewStore(source),
    publicJobs: publicJobStore(source),
    jobWriting: jobWritingStore(source),
    invitations: invitationStore(source),
    proposals: proposalStore(source),
    proposalWriting: proposalWritingStore(source),
  };
}
