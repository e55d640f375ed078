import { processBus } from '@marquee/chassis/bus/bus';
import { subgraphSchema } from '@marquee/chassis/graphql/schema';
import { subgraphRoute } from '@marquee/chassis/graphql/subgraph';
import { ownedIds } from '@marquee/chassis/identity/owned-id';
import { openPostgres } from '@marquee/chassis/postgres/open';
import type { Service } from '@marquee/chassis/process/run';
import type { GraphQLSchema } from 'graphql';
import { GraphQLDateTime, GraphQLURL } from 'graphql-scalars';
import { jobsSettings, type JobsSettings } from './config.js';
import { jobsContext } from './context.js';
import { references } from './references.js';
import { CoverWritingResolver } from './resolvers/cover-writing.js';
import { ContributorResolver, CoverResolver } from './resolvers/covers.js';
import { AssetFieldResolver } from './resolvers/asset-fields.js';
import { FeedbackResolver } from './resolvers/feedback.js';
import { FolderFieldResolver } from './resolvers/folder-fields.js';
import { FolderResolver } from './resolvers/folders.js';
import { FreelancerFieldResolver } from './resolvers/freelancer-fields.js';
import { FreelancerInternalsResolver } from './resolvers/freelancer-internals.js';
import { FreelancerResolver } from './resolvers/freelancers.js';
import { JobWritingResolver } from './resolvers/job-writing.js';
import { JobResolver } from './resolvers/jobs.js';
import { ShowJobsResolver, UserJobsResolver } from './resolvers/posted-jobs.js';
import { NoteResolver } from './resolvers/notes.js';
import { PortfolioResolver } from './resolvers/portfolio.js';
import { ProfileWritingResolver } from './resolvers/profile-writing.js';
import { ProposalWritingResolver } from './resolvers/proposal-writing.js';
import { JobProposalResolver, ProposalResolver } from './resolvers/proposals.js';
import { ReviewResolver } from './resolvers/reviews.js';
import { TaxonomyResolver } from './resolvers/taxonomy.js';
import { UserResolver } from './resolvers/users.js';
import { seed } from './seed/seed.js';
import { createStore, entities } from './store/store.js';

/** The files whose order is the history of the schema. */
const migrations = new URL('../migrations/', import.meta.url);

/** Builds the schema; needs no store. */
export function schema(): Promise<GraphQLSchema> {
  return subgraphSchema({
    resolvers: [
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
    ],
    references,
    scalars: [
      { type: Date, scalar: GraphQLDateTime },
      { type: URL, scalar: GraphQLURL },
    ],
  });
}

/** Freelancers, jobs and the proposals between them. */
export const service: Service<JobsSettings> = {
  name: 'jobs',
  settings: jobsSettings,
  async open(opening) {
    const { settings, closers } = opening;
    const database = closers.add(await openPostgres(settings, { entities, migrations }));
    const store = createStore(database.source);
    if (settings.SEED) await seed(store);
    const surroundings = { store, bus: closers.add(processBus()), mediaIds: ownedIds(settings.MEDIA_ID_KEY) };
    const graphql = await subgraphRoute({
      name: 'jobs',
      schema: await schema(),
      opening,
      context: (caller) => jobsContext(caller, surroundings),
    });
    return { routes: { '/graphql': graphql }, check: database.check };
  },
};
