import type { ReferenceResolver } from '@marquee/chassis/graphql/schema';
import type { JobsContext } from './context.js';
import { visibleFolder } from './folders/folder-access.js';
import { visibleJob } from './jobs/job-access.js';
import { visibleAsset } from './portfolio/portfolio-access.js';
import { visibleProposal } from './proposals/proposal-access.js';
import { visibleProfile } from './profiles/profile-visibility-rules.js';

/** The entities that other services name by key; many of one kind cost one statement. */
export const references: Readonly<Record<string, ReferenceResolver<JobsContext>>> = {
  User: (user: { id: string }) => user,
  Show: (show: { slug: string }) => show,
  BookCover: ({ id, slug }: { id?: string; slug?: string }, { loaders }) =>
    id === undefined ? loaders.coverBySlug.load(slug ?? '') : loaders.cover.load(id),
  Job: ({ id }: { id: string }, context) => visibleJob(context, id),
  Proposal: async ({ id }: { id: string }, context) => (await visibleProposal(context, id))?.proposal ?? null,
  FreelancerProfile: async ({ id, slug }: { id?: string; slug?: string }, { caller, loaders }) =>
    visibleProfile(
      caller,
      await (id === undefined ? loaders.profileBySlug.load(slug ?? '') : loaders.profile.load(id)),
    ),
  PortfolioAsset: ({ id }: { id: string }, context) => visibleAsset(context, id),
  Folder: ({ id }: { id: string }, context) => visibleFolder(context, id),
  TaxonomyTerm: ({ id }: { id: string }, { loaders }) => loaders.term.load(id),
};
