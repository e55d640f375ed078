import type { Role } from '@marquee/chassis/identity/caller';
import { PageArgs, toConnection, type Connection } from '@marquee/chassis/paging/relay-connection';
import { Arg, Args, Ctx, Directive, FieldResolver, ID, Query, Resolver, Root } from 'type-graphql';
import { type Activity, ActivityConnection } from '../activities/activity-model.js';
import { isAdmin, requireAdmin } from '../accounts/stored-role.js';
import type { UsersContext } from '../context.js';
import { Media } from '../media/media-model.js';
import { parseIdPage, parseMatchPage, toIdConnection } from '../paging/id-connection.js';
import { Account, RoleEnum, User, UserConnection } from './user-model.js';
import { findUser, findUserByHandle } from './user-access.js';
import { isSelf, parseUserKey, parseUserSearch } from './user-rules.js';
import type { UserFilter } from './user-store.js';

@Resolver(() => User)
export class UserResolver {
  @Query(() => User, { nullable: true, description: 'The signed-in user. Null for a guest or a machine client.' })
  async me(@Ctx() { caller, loaders }: UsersContext): Promise<User | null> {
    return caller.kind === 'user' ? loaders.account.load(caller.id) : null;
  }

  @Query(() => User, {
    nullable: true,
    description:
      'A user, by either id or handle. Null if no user matches. A user who is gone is a tombstone, see `User.isGone`. ' +
      'BAD_USER_INPUT unless exactly one of the two is given.',
  })
  async user(
    @Arg('id', () => ID, { nullable: true, description: 'The id of the user.' }) id: string | null | undefined,
    @Arg('handle', () => String, { nullable: true, description: 'The handle of the user, in any case.' })
    handle: string | null | undefined,
    @Ctx() context: UsersContext,
  ): Promise<User | null> {
    const key = parseUserKey(id ?? null, handle ?? null);
    return key.id === null ? findUserByHandle(context, key.handle) : findUser(context, key.id);
  }

  @Query(() => UserConnection, {
    description:
      'Users, the newest first; with `search`, the best match first. Deactivated users are listed only for admins, ' +
      'deleted ones never.',
  })
  async users(
    @Arg('search', () => String, {
      nullable: true,
      description:
        'Part of a display name or handle, up to 100 characters. Ignores case and accents and tolerates typos.',
    })
    search: string | null | undefined,
    @Arg('role', () => RoleEnum, {
      nullable: true,
      description: 'Only users with this role. For admins; UNAUTHENTICATED or FORBIDDEN for others.',
    })
    role: Role | null | undefined,
    @Args(() => PageArgs) args: PageArgs,
    @Ctx() context: UsersContext,
  ): Promise<Connection<User>> {
    if (role !== undefined && role !== null) await requireAdmin(context);
    const { store } = context;
    const name = parseUserSearch(search);
    const filter: UserFilter = { role: role ?? null, includeDeactivated: await isAdmin(context) };
    if (name !== null) return matchConnection(store, name, filter, args);
    const page = parseIdPage(args);
    return toIdConnection(await store.users.newestUsers(filter, page), page);
  }

  @FieldResolver(() => Account, {
    nullable: true,
    description: 'The private part of the user. Null unless the caller is this user or an admin.',
  })
  async account(@Root() user: User, @Ctx() context: UsersContext): Promise<Account | null> {
    return isSelf(context.caller, user.id) || (await isAdmin(context)) ? user : null;
  }

  @Directive('@broadcast')
  @FieldResolver(() => Boolean, {
    description:
      'Whether the user is unknown, deleted or deactivated. Such a user is a tombstone: the handle starts with ' +
      '`deleted_`, the name is "deleted user", and nothing else is known. Only admins still see the profile of a ' +
      'deactivated user.',
  })
  isGone(@Root() { isActive }: User): boolean {
    return !isActive;
  }

  @Directive('@broadcast')
  @FieldResolver(() => Media, {
    nullable: true,
    description:
      'The profile picture, which is READY. Null if not given. A new one replaces it once it has been processed.',
  })
  async avatar(@Root() user: User, @Ctx() { loaders }: UsersContext): Promise<Media | null> {
    return user.avatarId === null ? null : loaders.media.load(user.avatarId);
  }

  @Directive('@broadcast')
  @FieldResolver(() => Media, {
    nullable: true,
    description:
      'The wide picture at the top of the profile, which is READY. Null if not given. A new one replaces it once it has been processed.',
  })
  async cover(@Root() user: User, @Ctx() { loaders }: UsersContext): Promise<Media | null> {
    return user.coverId === null ? null : loaders.media.load(user.coverId);
  }

  @FieldResolver(() => ActivityConnection, {
    description: 'The activities of the user including replies, the newest first. Empty for a user who is gone.',
  })
  async activities(
    @Root() user: User,
    @Args(() => PageArgs) args: PageArgs,
    @Ctx() context: UsersContext,
  ): Promise<Connection<Activity>> {
    const page = parseIdPage(args);
    const { loaders } = context;
    if (!user.isActive && !(await isAdmin(context))) return toIdConnection<Activity>([], page);
    return toIdConnection(await loaders.activitiesOf.load({ parent: user.id, page }), page);
  }
}

/** The score depends on the search, not only on the user: the cursor contains it together with the id. */
async function matchConnection(
  store: UsersContext['store'],
  name: string,
  filter: UserFilter,
  args: PageArgs,
): Promise<Connection<User>> {
  const page = parseMatchPage(args);
  const matches = await store.users.matchingUsers(name, filter, page);
  const { edges, pageInfo } = toConnection(matches, page, ({ score, user }) => [score, user.id]);
  return { edges: edges.map(({ cursor, node }) => ({ cursor, node: node.user })), pageInfo };
}
