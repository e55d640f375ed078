import { PageArgs, parsePage, toConnection } from '@marquee/chassis/paging/relay-connection';
import { Args, Ctx, FieldResolver, Resolver, Root } from 'type-graphql';
import { z } from 'zod';
import type { JobsContext } from '../context.js';
import { Folder } from './folder-model.js';
import { FreelancerConnection } from '../profiles/profile-model.js';
import { User } from '../entity-stubs.js';
import { memberViewer } from './folder-rules.js';
import { loadSharedUserIds } from './folder-access.js';

const keyset = z.tuple([z.string().regex(/^\d{1,18}$/)]);

@Resolver(() => Folder)
export class FolderFieldResolver {
  @FieldResolver(() => User, {
    nullable: true,
    description: 'User who keeps the folder. Null only if the user cannot be loaded at the moment.',
  })
  owner(@Root() { ownerId }: Folder): User {
    return { id: ownerId };
  }

  @FieldResolver(() => [User], {
    nullable: 'items',
    description:
      'Up to 50 users who see a SHARED_USERS folder. Empty for any other privacy. An entry is null only if the user ' +
      'cannot be loaded at the moment.',
  })
  async sharedWith(@Root() { id }: Folder, @Ctx() context: JobsContext): Promise<User[]> {
    return (await loadSharedUserIds(context, id)).map((userId) => ({ id: userId }));
  }

  @FieldResolver(() => FreelancerConnection, {
    description:
      'Freelancers in the folder, the most recently added first. Profiles that the caller may not see are omitted.',
  })
  async members(
    @Root() { id }: Folder,
    @Ctx() { caller, loaders }: JobsContext,
    @Args(() => PageArgs) args: PageArgs,
  ): Promise<FreelancerConnection> {
    const { after, before, ...range } = parsePage(args, keyset);
    const page = { ...range, after: after?.[0] ?? null, before: before?.[0] ?? null, viewer: memberViewer(caller) };
    const members = await loaders.membersOf.load({ parent: id, page });
    const { edges, pageInfo } = toConnection(members, page, ({ ordinal }) => [ordinal]);
    const profiles = await Promise.all(edges.map(({ node }) => loaders.profile.load(node.profileId)));
    return {
      edges: edges.flatMap(({ cursor }, index) => {
        const node = profiles[index];
        return node ? [{ cursor, node }] : [];
      }),
      pageInfo,
    };
  }
}
