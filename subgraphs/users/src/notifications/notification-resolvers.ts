import { notFound } from '@marquee/chassis/errors/errors';
import { Authorize } from '@marquee/chassis/graphql/authorize';
import { requireUser } from '@marquee/chassis/identity/caller';
import { PageArgs, type Connection } from '@marquee/chassis/paging/relay-connection';
import { Arg, Args, Ctx, FieldResolver, Mutation, Query, Resolver, Root } from 'type-graphql';
import { resetLoaders, type UsersContext } from '../context.js';
import {
  MarkNotificationsReadInput,
  MarkNotificationsReadPayload,
  Notification,
  NotificationConnection,
} from './notification-model.js';
import { User } from '../people/user-model.js';
import { parseMarkRead } from './notification-rules.js';
import { idConnection, idPage } from '../paging/id-connection.js';

@Resolver(() => Notification)
export class NotificationResolver {
  @Authorize('user')
  @Query(() => NotificationConnection, { description: "The caller's own, the newest first." })
  async notifications(
    @Arg('unreadOnly', () => Boolean, { nullable: true, defaultValue: false }) unreadOnly: boolean | null,
    @Args(() => PageArgs) args: PageArgs,
    @Ctx() { caller, store }: UsersContext,
  ): Promise<Connection<Notification>> {
    const user = requireUser(caller);
    const page = idPage(args);
    return idConnection(await store.notifications.newestFor(user.id, unreadOnly === true, page), page);
  }

  @Authorize('user')
  @Mutation(() => MarkNotificationsReadPayload)
  async markNotificationsRead(
    @Arg('input', () => MarkNotificationsReadInput) input: MarkNotificationsReadInput,
    @Ctx() context: UsersContext,
  ): Promise<MarkNotificationsReadPayload> {
    const user = requireUser(context.caller);
    const counted = await context.store.notifications.markRead(user.id, parseMarkRead(input));
    resetLoaders(context);
    return counted;
  }

  @FieldResolver(() => User)
  async actor(@Root() { actorId }: Notification, @Ctx() { loaders }: UsersContext): Promise<User> {
    const actor = await loaders.user.load(actorId);
    if (actor === null) throw notFound('user', actorId);
    return actor;
  }
}
