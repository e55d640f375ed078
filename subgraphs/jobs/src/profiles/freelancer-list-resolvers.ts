import { toConnection } from '@marquee/chassis/paging/relay-connection';
import { Arg, Args, Ctx, ID, Query, Resolver } from 'type-graphql';
import type { JobsContext } from '../context.js';
import { requireVisibleFolder } from '../folders/folder-access.js';
import { requireOneKey } from '../input/input-values.js';
import { assertRelevance } from '../paging/relevance-rules.js';
import { toFreelancerCriteria } from './freelancer-criteria.js';
import { FreelancersArgs, FreelancerSort } from './freelancer-list-inputs.js';
import { assertFilterAllowed, listName, parseFreelancerFilter, parseSortedPage } from './freelancer-list-rules.js';
import { FreelancerConnection, FreelancerProfile } from './profile-model.js';
import { profileIfVisible } from './profile-visibility-rules.js';

@Resolver(() => FreelancerProfile)
export class FreelancerResolver {
  @Query(() => FreelancerConnection, {
    description:
      'Public freelancer profiles, which are those with the status APPROVED. Some filters need a signed-in user or a ' +
      'staff role: UNAUTHENTICATED or FORBIDDEN otherwise. NOT_FOUND for a folder that the caller may not see.',
  })
  async freelancers(@Ctx() context: JobsContext, @Args(() => FreelancersArgs) args: FreelancersArgs) {
    const filter = parseFreelancerFilter(args.filter);
    assertFilterAllowed(context.caller, filter);
    const sort = args.sort ?? FreelancerSort.NEWEST;
    if (sort === FreelancerSort.RELEVANCE) assertRelevance(args, filter.search);
    const name = listName(sort, filter);
    const page = parseSortedPage(args, sort, name);
    if (typeof filter.folderId === 'string') await requireVisibleFolder(context, filter.folderId);
    const criteria = await toFreelancerCriteria(context, filter);
    const rows = await context.store.freelancers.list(criteria, page);
    const { edges, pageInfo } = toConnection(rows, page, ({ value, profile }) => [name, value, profile.id]);
    const connection = { edges: edges.map(({ cursor, node }) => ({ cursor, node: node.profile })), pageInfo };
    if (criteria.words !== null) return connection;
    return {
      ...connection,
      count: () => context.store.freelancers.count(criteria),
      countFacets: () => context.store.freelancers.countFacets(criteria),
    };
  }

  @Query(() => FreelancerProfile, {
    nullable: true,
    description:
      'A freelancer profile by id or by slug, exactly one of which must be given. Null if it does not exist or the ' +
      'caller may not see it.',
  })
  async freelancer(
    @Ctx() { caller, loaders }: JobsContext,
    @Arg('id', () => ID, { nullable: true, description: 'Id of the profile.' }) id?: string | null,
    @Arg('slug', () => String, { nullable: true, description: 'Slug of the profile.' }) slug?: string | null,
  ): Promise<FreelancerProfile | null> {
    const { by, value } = requireOneKey(id, slug);
    const profile = by === 'id' ? loaders.profile.load(value.toLowerCase()) : loaders.profileBySlug.load(value);
    return profileIfVisible(caller, await profile);
  }

  @Query(() => FreelancerProfile, {
    nullable: true,
    description:
      'The profile of the caller, in any status. Null if the caller has none, or is a guest or a machine client.',
  })
  async myFreelancerProfile(@Ctx() { caller, loaders }: JobsContext): Promise<FreelancerProfile | null> {
    return caller.kind === 'user' ? loaders.profileByOwner.load(caller.id) : null;
  }
}
