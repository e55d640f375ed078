import { badInput } from '@marquee/chassis/errors/errors';
import type { Role } from '@marquee/chassis/identity/caller';
import { toConnection, PageArgs, type Connection } from '@marquee/chassis/paging/relay-connection';
import { Arg, Args, Ctx, Directive, FieldResolver, ID, Query, Resolver, Root } from 'type-graphql';
import type { UsersContext } from '../context.js';
import { type Activity, ActivityConnection } from '../activities/activity-model.js';
import { Media } from '../media/media-model.js';
import { Account, RoleEnum, User, UserConnection } from './user-model.js';
import { mayFilterByRole, parseUserSearch, maySeeAccount, maySeeDeactivated } from '../accounts/account-rules.js';
import type { UserFilter } from './user-store.js';
import { idConnection, idPage, matchPage } from '../paging/id-connection.js';

@Resolver(() => User)
export class UserResolver {
  @Query(() => User, { nullable: true, description: 'The signed-in person; null for a guest or a machine client.' })
  async me(@Ctx() { caller, loaders }: UsersContext): Promise<User | null> {
    return caller.kind === 'user' ? loaders.user.load(caller.id) : null;
  }

  @Query(() => User, { nullable: true, description: 'A person by exactly one of id and handle.' })
  async user(
    @Arg('id', () => ID, { nullable: true }) id: string | null | undefined,
    @Arg('handle', () => String, { nullable: true }) handle: string | null | undefined,
    @Ctx() { loaders }: UsersContext,
  ): Promise<User | null> {
    const key = onlyOne(id ?? null, handle ?? null);
    return key.id === null ? loaders.userByHandle.load(key.handle.toLowerCase()) : loaders.user.load(key.id);
  }

  @Query(() => UserConnection, {
    description: 'People, the newest first; with a search by name or handle, the best match first.',
  })
  async users(
    @Arg('search', () => String, { nullable: true }) search: string | null | undefined,
    @Arg('role', () => RoleEnum, { nullable: true, description: 'For admins only.' }) role: Role | null | undefined,
    @Args(() => PageArgs) args: PageArgs,
    @Ctx() { caller, store }: UsersContext,
  ): Promise<Connection<User>> {
    mayFilterByRole(caller, role);
    const name = parseUserSearch(search);
    const filter: UserFilter = { role: role ?? null, includeDeactivated: maySeeDeactivated(caller) };
    if (name !== null) return matchConnection(store, name, filter, args);
    const page = idPage(args);
    return idConnection(await store.users.newestUsers(filter, page), page);
  }

  @FieldResolver(() => Account, { nullable: true, description: 'Null unless the caller is this person or an admin.' })
  account(@Root() user: User, @Ctx() { caller }: UsersContext): Account | null {
    return maySeeAccount(caller, user.id) ? user : null;
  }

  @Directive('@broadcast')
  @FieldResolver(() => Media, { nullable: true })
  async avatar(@Root() user: User, @Ctx() { loaders }: UsersContext): Promise<Media | null> {
    return user.avatarId === null ? null : loaders.media.load(user.avatarId);
  }

  @Directive('@broadcast')
  @FieldResolver(() => Media, { nullable: true })
  async cover(@Root() user: User, @Ctx() { loaders }: UsersContext): Promise<Media | null> {
    return user.coverId === null ? null : loaders.media.load(user.coverId);
  }

  @FieldResolver(() => ActivityConnection, { description: 'What this person posted, replies too, the newest first.' })
  async activities(
    @Root() user: User,
    @Args(() => PageArgs) args: PageArgs,
    @Ctx() { loaders }: UsersContext,
  ): Promise<Connection<Activity>> {
    const page = idPage(args);
    return idConnection(await loaders.activitiesOf.load({ parent: user.id, page }), page);
  }
}

/** A score belongs to a search, not to a person: it is kept in the cursor beside the id. */
async function matchConnection(
  store: UsersContext['store'],
  name: string,
  filter: UserFilter,
  args: PageArgs,
): Promise<Connection<User>> {
  const page = matchPage(args);
  const matches = await store.users.matchingUsers(name, filter, page);
  const { edges, pageInfo } = toConnection(matches, page.limit - 1, ({ score, user }) => [score, user.id]);
  return { edges: edges.map(({ cursor, node }) => ({ cursor, node: node.user })), pageInfo };
}

function onlyOne(id: string | null, handle: string | null): { id: string } | { id: null; handle: string } {
  if (id !== null && handle === null) return { id };
  if (id === null && handle !== null) return { id, handle };
  throw badInput({ path: 'id', message: 'give exactly one of id and handle' });
}
