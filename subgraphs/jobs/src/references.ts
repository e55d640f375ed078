import type { ReferenceResolver } from '@marquee/chassis/graphql/subgraph-schema';
import type { JobsContext } from './context.js';
import { findVisibleFolder } from './folders/folder-access.js';
import { findVisibleJob } from './jobs/job-access.js';
import { findVisibleAsset } from './portfolio/portfolio-access.js';
import { findVisibleProposal } from './proposals/proposal-access.js';
import { profileIfVisible } from './profiles/profile-visibility-rules.js';

/**
 * Resolves the entities that other subgraphs reference by key. They are loaded in batches: one statement per type. An
 * entity that the caller may not see resolves to null, like one that does not exist.
 */
export const references: Readonly<Record<string, ReferenceResolver<JobsContext>>> = {
  DataExport: (dataExport: { id: string }) => dataExport,
  User: (user: { id: string }) => user,
  Show: (show: { slug: string }) => show,
  BookCover: ({ id, slug }: { id?: string; slug?: string }, { loaders }) =>
    id === undefined ? loaders.coverBySlug.load(slug ?? '') : loaders.cover.load(id),
  Job: ({ id }: { id: string }, context) => findVisibleJob(context, id),
  Proposal: async ({ id }: { id: string }, context) => (await findVisibleProposal(context, id))?.proposal ?? null,
  FreelancerProfile: async ({ id, slug }: { id?: string; slug?: string }, { caller, loaders }) =>
    profileIfVisible(
      caller,
      await (id === undefined ? loaders.profileBySlug.load(slug ?? '') : loaders.profile.load(id)),
    ),
  PortfolioAsset: ({ id }: { id: string }, context) => findVisibleAsset(context, id),
  Folder: ({ id }: { id: string }, context) => findVisibleFolder(context, id),
  TaxonomyTerm: ({ id }: { id: string }, { loaders }) => loaders.term.load(id),
};
