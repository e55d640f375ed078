import type { ReferenceResolver } from '@marquee/chassis/graphql/schema';
import { validate } from 'uuid';
import type { JobsContext } from './context.js';
import { visibleJob } from './resolvers/job-access.js';
import { visibleProposal } from './resolvers/proposal-access.js';

/** The entities that other services name by key; many of one kind cost one statement. */
export const references: Readonly<Record<string, ReferenceResolver<JobsContext>>> = {
  User: (user: { id: string }) => user,
  Show: (show: { slug: string }) => show,
  Job: ({ id }: { id: string }, context) => visibleJob(context, id),
  Proposal: async ({ id }: { id: string }, context) => (await visibleProposal(context, id))?.proposal ?? null,
  TaxonomyTerm: ({ id }: { id: string }, { loaders }) => (validate(id) ? loaders.term.load(id) : null),
};
