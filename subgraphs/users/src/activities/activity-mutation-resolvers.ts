import { publishChange } from '@marquee/chassis/bus/change-log';
import { notFound } from '@marquee/chassis/errors/errors';
import { Authorize } from '@marquee/chassis/graphql/authorize';
import { requireUser, type UserCaller } from '@marquee/chassis/identity/caller';
import { Arg, Ctx, Mutation, Resolver } from 'type-graphql';
import { accountClosed, requireOpenAccount } from '../accounts/account-rules.js';
import { resetLoaders, type UsersContext } from '../context.js';
import { activityStream, publishActivityChanges, publishInbox, publishNotifications } from '../topics.js';
import {
  DeleteActivityInput,
  DeleteActivityPayload,
  PostActivityInput,
  PostActivityPayload,
  ReplyToActivityInput,
  ReplyToActivityPayload,
  SetActivityLikeInput,
  SetActivityLikePayload,
} from './activity-inputs.js';
import type { Activity } from './activity-model.js';
import { lifetimeHours } from './activity-retention.js';
import { mayDelete, parseMessage, parseReply } from './activity-rules.js';
import type { KeptActivity } from './activity-store.js';

@Resolver()
export class ActivityMutationResolver {
  @Authorize('user')
  @Mutation(() => PostActivityPayload, {
    description:
      'Posts an activity, and notifies up to 10 users whom it mentions as `@handle`. Errors: UNAUTHENTICATED for a guest or a closed account, FORBIDDEN for a machine client, ' +
      'BAD_USER_INPUT for an invalid message, RATE_LIMITED after 200 posts in an hour.',
  })
  async postActivity(
    @Arg('input', () => PostActivityInput, { description: 'The activity to post.' }) input: PostActivityInput,
    @Ctx() context: UsersContext,
  ): Promise<PostActivityPayload> {
    const { id: authorId } = await requireWriter(context);
    const activity = { authorId, message: parseMessage(input) };
    await context.store.quotas.take(authorId, 'post');
    const posted = await context.store.activityWriting.post(activity, lifetimeHours[input.lifetime]);
    if (posted === null) throw accountClosed();
    publishChange(context.bus, activityStream);
    publishNotifications(context.bus, posted.notified);
    return { activity: await loadActive(context, posted.id) };
  }

  @Authorize('user')
  @Mutation(() => ReplyToActivityPayload, {
    description:
      'Replies to an activity, and notifies its author and up to 10 users whom the reply mentions as `@handle`. The reply expires together with the activity. Errors: ' +
      'UNAUTHENTICATED for a guest or a closed account, FORBIDDEN for a machine client, BAD_USER_INPUT for an invalid ' +
      'message, NOT_FOUND if the activity does not exist, was deleted or has expired, RATE_LIMITED after 500 replies in ' +
      'an hour.',
  })
  async replyToActivity(
    @Arg('input', () => ReplyToActivityInput, { description: 'The activity and the reply.' })
    input: ReplyToActivityInput,
    @Ctx() context: UsersContext,
  ): Promise<ReplyToActivityPayload> {
    const { id: authorId } = await requireWriter(context);
    const reply = { authorId, message: parseReply(input) };
    await loadActive(context, input.activityId);
    await context.store.quotas.take(authorId, 'reply');
    const change = await context.store.activityWriting.reply(input.activityId, reply);
    if (change === null) throw await refusal(context, input.activityId);
    publishNotifications(context.bus, change.notified);
    publishActivityChanges(context.bus, input.activityId.toLowerCase());
    return { activity: await loadActive(context, change.id) };
  }

  @Authorize('user')
  @Mutation(() => SetActivityLikePayload, {
    description:
      'Sets whether the caller likes an activity, and notifies its author of the first like. Idempotent. Errors: ' +
      'UNAUTHENTICATED for a guest or a closed account, FORBIDDEN for a machine client, NOT_FOUND if the activity does ' +
      'not exist, was deleted or has expired, and if its author is deactivated, where a like is removed nevertheless; ' +
      'RATE_LIMITED after 2000 likes in an hour.',
  })
  async setActivityLike(
    @Arg('input', () => SetActivityLikeInput, { description: 'The activity, and whether the caller likes it.' })
    { activityId, liked }: SetActivityLikeInput,
    @Ctx() context: UsersContext,
  ): Promise<SetActivityLikePayload> {
    const user = await requireWriter(context);
    if (liked) await takeLike(context, user.id, activityId);
    const change = await context.store.likes.setLike(user.id, activityId, liked);
    if (change === null) throw await refusal(context, activityId);
    if (change.isChanged) {
      publishActivityChanges(context.bus, change.id);
      publishInbox(context.bus, change.authorId);
    }
    return { activity: await loadActive(context, activityId) };
  }

  @Authorize('user')
  @Mutation(() => DeleteActivityPayload, {
    description:
      'Deletes an activity. For its author and for admins. Errors: UNAUTHENTICATED for a guest or a closed account, ' +
      'FORBIDDEN for other callers, NOT_FOUND if the activity does not exist, was deleted or has expired.',
  })
  async deleteActivity(
    @Arg('input', () => DeleteActivityInput, { description: 'The activity to delete.' })
    { activityId }: DeleteActivityInput,
    @Ctx() context: UsersContext,
  ): Promise<DeleteActivityPayload> {
    const user = await requireWriter(context);
    const activity = await loadForDeletion(context, user, activityId);
    mayDelete(user, activity);
    const removed = await context.store.activityWriting.remove(activityId, user.id);
    resetLoaders(context);
    if (!removed) throw notFound('activity', activityId);
    publishActivityChanges(context.bus, activity.id, activity.replyToId);
    return { activityId };
  }
}

/**
 * Returns the caller with the stored role, since the signed one may be some seconds old.
 * @throws UNAUTHENTICATED for a guest and for an account that was just closed, FORBIDDEN for a machine client
 */
async function requireWriter({ caller, loaders }: UsersContext): Promise<UserCaller> {
  const user = requireUser(caller);
  const { role } = requireOpenAccount(await loaders.account.load(user.id));
  return { ...user, role };
}

/** The reason why a write had no effect: the account was closed meanwhile, or else the activity is gone. */
async function refusal(context: UsersContext, activityId: string): Promise<Error> {
  resetLoaders(context);
  await requireWriter(context);
  return notFound('activity', activityId);
}

/** A like that exists already is not counted again. @throws NOT_FOUND for a missing activity, RATE_LIMITED */
async function takeLike(context: UsersContext, userId: string, activityId: string): Promise<void> {
  await loadActive(context, activityId);
  const known = await context.store.likes.likedBy(userId, [activityId]);
  if (known.length === 0) await context.store.quotas.take(userId, 'like');
}

/** Admins also delete activities of deactivated authors, which are hidden from others. @throws NOT_FOUND */
async function loadForDeletion(context: UsersContext, { role }: UserCaller, id: string): Promise<KeptActivity> {
  if (role !== 'ADMIN') return loadActive(context, id);
  const activity = await context.store.activities.kept(id);
  if (activity === null) throw notFound('activity', id);
  return activity;
}

/** Loads an activity after a write. @throws NOT_FOUND if it was deleted or has expired */
async function loadActive(context: UsersContext, id: string): Promise<Activity> {
  const activity = await resetLoaders(context).activity.load(id);
  if (activity === null) throw notFound('activity', id);
  return activity;
}
