import { notFound } from '@marquee/chassis/errors/errors';
import { Authorize } from '@marquee/chassis/graphql/authorize';
import { requireUser, type UserCaller } from '@marquee/chassis/identity/caller';
import { Arg, Ctx, Mutation, Resolver } from 'type-graphql';
import { resetLoaders, type UsersContext } from '../context.js';
import type { Activity } from './activity-model.js';
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
import { lifetimeHours, mayDelete, parseMessage, parseReply } from './activity-rules.js';
import { requireOpenAccount } from '../people/profile-rules.js';
import { publishActivity, publishNotification } from './activity-subscription-resolvers.js';

@Resolver()
export class ActivityMutationResolver {
  @Authorize('user')
  @Mutation(() => PostActivityPayload)
  async postActivity(
    @Arg('input', () => PostActivityInput) input: PostActivityInput,
    @Ctx() context: UsersContext,
  ): Promise<PostActivityPayload> {
    const author = await requireWriter(context);
    const post = { authorId: author.id, message: parseMessage(input) };
    const id = await context.store.activityWriting.post(post, lifetimeHours[input.lifetime]);
    publishActivity(context.bus, id);
    return { activity: await loadActive(context, id) };
  }

  @Authorize('user')
  @Mutation(() => ReplyToActivityPayload, { description: 'The reply disappears together with what it answers.' })
  async replyToActivity(
    @Arg('input', () => ReplyToActivityInput) input: ReplyToActivityInput,
    @Ctx() context: UsersContext,
  ): Promise<ReplyToActivityPayload> {
    const author = await requireWriter(context);
    const reply = { authorId: author.id, message: parseReply(input) };
    const replied = await context.store.activityWriting.reply(input.activityId, reply);
    publishNotification(context.bus, replied);
    return { activity: await loadActive(context, replied?.id ?? input.activityId, replied !== null) };
  }

  @Authorize('user')
  @Mutation(() => SetActivityLikePayload, { description: 'Says how it shall be; saying it twice changes nothing.' })
  async setActivityLike(
    @Arg('input', () => SetActivityLikeInput) { activityId, liked }: SetActivityLikeInput,
    @Ctx() context: UsersContext,
  ): Promise<SetActivityLikePayload> {
    const user = await requireWriter(context);
    const noted = await context.store.likes.setLike(user.id, activityId, liked);
    publishNotification(context.bus, noted);
    return { activity: await loadActive(context, activityId, noted !== null) };
  }

  @Authorize('user')
  @Mutation(() => DeleteActivityPayload, { description: 'For its author and for admins.' })
  async deleteActivity(
    @Arg('input', () => DeleteActivityInput) { activityId }: DeleteActivityInput,
    @Ctx() context: UsersContext,
  ): Promise<DeleteActivityPayload> {
    const user = await requireWriter(context);
    mayDelete(user, await loadActive(context, activityId));
    const removed = await context.store.activityWriting.remove(activityId);
    resetLoaders(context);
    if (!removed) throw notFound('activity', activityId);
    return { activityId };
  }
}

/** @throws UNAUTHENTICATED for a guest and for an account that was closed a moment ago */
async function requireWriter({ caller, loaders }: UsersContext): Promise<UserCaller> {
  const user = requireUser(caller);
  requireOpenAccount(await loaders.user.load(user.id));
  return user;
}

/** @throws NOT_FOUND when there is no such activity, or no longer */
async function loadActive(context: UsersContext, id: string, found = true): Promise<Activity> {
  const activity = found ? await resetLoaders(context).activity.load(id) : null;
  if (activity === null) throw notFound('activity', id);
  return activity;
}
