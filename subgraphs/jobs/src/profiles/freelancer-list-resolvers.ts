import { connection, pageSize } from '@marquee/chassis/paging/connection';
import { Arg, Args, Ctx, ID, Query, Resolver } from 'type-graphql';
import type { JobsContext } from '../context.js';
import { FreelancersArgs } from './freelancer-list-inputs.js';
import { FreelancerConnection, FreelancerProfile } from './profile-model.js';
import { freelancerNarrowing, mayNarrow, placeAfter, sortOrder } from './freelancer-list-rules.js';
import { mustNameOne, visibleProfile } from './profile-visibility-rules.js';
import { findFolder } from '../folders/folder-access.js';
import { listedFreelancers } from './freelancer-list-filter.js';

@Resolver(() => FreelancerProfile)
export class FreelancerResolver {
  @Query(() => FreelancerConnection, { description: 'Whom the public may see: APPROVED profiles.' })
  async freelancers(@Ctx() context: JobsContext, @Args(() => FreelancersArgs) args: FreelancersArgs) {
    const narrowing = freelancerNarrowing(args.filter);
    mayNarrow(context.caller, narrowing);
    const sort = sortOrder(args.sort, narrowing.search);
    const size = pageSize(args.first);
    const page = { sort, limit: size + 1, after: placeAfter(args.after, sort) };
    if (typeof narrowing.folderId === 'string') await findFolder(context, narrowing.folderId);
    const rows = await context.store.freelancers.listed(await listedFreelancers(context, narrowing), page);
    const { edges, pageInfo } = connection(rows, size, ({ value, profile }) => [sort, value, profile.id]);
    return { edges: edges.map(({ cursor, node }) => ({ cursor, node: node.profile })), pageInfo };
  }

  @Query(() => FreelancerProfile, { nullable: true, description: 'By id or by slug: exactly one of the two.' })
  async freelancer(
    @Ctx() { caller, loaders }: JobsContext,
    @Arg('id', () => ID, { nullable: true }) id?: string | null,
    @Arg('slug', () => String, { nullable: true }) slug?: string | null,
  ): Promise<FreelancerProfile | null> {
    const { by, value } = mustNameOne(id, slug);
    return visibleProfile(caller, await (by === 'id' ? loaders.profile : loaders.profileBySlug).load(value));
  }

  @Query(() => FreelancerProfile, { nullable: true, description: 'null for who has none, guests and machines too.' })
  async myFreelancerProfile(@Ctx() { caller, loaders }: JobsContext): Promise<FreelancerProfile | null> {
    return caller.kind === 'user' ? loaders.profileByOwner.load(caller.id) : null;
  }
}
