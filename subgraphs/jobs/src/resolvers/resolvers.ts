import { CoverWritingResolver } from './cover-writing.js';
import { ContributorResolver, CoverResolver } from './covers.js';
import { AssetFieldResolver } from './asset-fields.js';
import { FeedbackResolver } from './feedback.js';
import { FolderFieldResolver } from './folder-fields.js';
import { FolderResolver } from './folders.js';
import { FreelancerFieldResolver } from './freelancer-fields.js';
import { FreelancerInternalsResolver } from './freelancer-internals.js';
import { FreelancerResolver } from './freelancers.js';
import { JobWritingResolver } from './job-writing.js';
import { JobResolver } from './jobs.js';
import { LiveResolver } from './live.js';
import { ShowJobsResolver, UserJobsResolver } from './posted-jobs.js';
import { NoteResolver } from './notes.js';
import { PortfolioResolver } from './portfolio.js';
import { ProfileWritingResolver } from './profile-writing.js';
import { ProposalWritingResolver } from './proposal-writing.js';
import { JobProposalResolver, ProposalResolver } from './proposals.js';
import { ReviewResolver } from './reviews.js';
import { TaxonomyResolver } from './taxonomy.js';
import { UserResolver } from './users.js';

/** Every resolver of the service, by noun. */
export const resolvers: [new () => object, ...(new () => object)[]] = [
  CoverResolver,
  ContributorResolver,
  CoverWritingResolver,
  JobResolver,
  JobProposalResolver,
  JobWritingResolver,
  ProposalResolver,
  ProposalWritingResolver,
  ReviewResolver,
  UserJobsResolver,
  ShowJobsResolver,
  FreelancerResolver,
  FreelancerFieldResolver,
  FreelancerInternalsResolver,
  ProfileWritingResolver,
  PortfolioResolver,
  AssetFieldResolver,
  FolderResolver,
  FolderFieldResolver,
  NoteResolver,
  FeedbackResolver,
  TaxonomyResolver,
  UserResolver,
  LiveResolver,
];
