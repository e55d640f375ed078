import { notFound } from '@marquee/chassis/errors/errors';
import { For } from '@marquee/chassis/graphql/rights';
import { requireUser, type UserCaller } from '@marquee/chassis/identity/caller';
import { Arg, Ctx, Mutation, Resolver } from 'type-graphql';
import { forgetLoaded, type UsersContext } from '../context.js';
import type { Activity } from '../model/activity.js';
import {
  DeleteActivityInput,
  DeleteActivityPayload,
  PostActivityInput,
  PostActivityPayload,
  ReplyToActivityInput,
  ReplyToActivityPayload,
  SetActivityLikeInput,
  SetActivityLikePayload,
} from '../model/posting.js';
import { lifetimeHours, mayDelete, messageOf, replyOf } from '../rules/activity.js';
import { mustBeOpen } from '../rules/profile.js';
import { tellActivity, tellNotification } from './live.js';

@Resolver()
export class PostingResolver {
  @For('user')
  @Mutation(() => PostActivityPayload)
  async postActivity(
    @Arg('input', () => PostActivityInput) input: PostActivityInput,
    @Ctx() context: UsersContext,
  ): Promise<PostActivityPayload> {
    const author = await writer(context);
    const post = { authorId: author.id, message: messageOf(input) };
    const id = await context.store.posting.post(post, lifetimeHours[input.lifetime]);
    tellActivity(context.bus, id);
    return { activity: await living(context, id) };
  }

  @For('user')
  @Mutation(() => ReplyToActivityPayload, { description: 'The reply disappears together with what it answers.' })
  async replyToActivity(
    @Arg('input', () => ReplyToActivityInput) input: ReplyToActivityInput,
    @Ctx() context: UsersContext,
  ): Promise<ReplyToActivityPayload> {
    const author = await writer(context);
    const reply = { authorId: author.id, message: replyOf(input) };
    const replied = await context.store.posting.reply(input.activityId, reply);
    tellNotification(context.bus, replied);
    return { activity: await living(context, replied?.id ?? input.activityId, replied !== null) };
  }

  @For('user')
  @Mutation(() => SetActivityLikePayload, { description: 'Says how it shall be; saying it twice changes nothing.' })
  async setActivityLike(
    @Arg('input', () => SetActivityLikeInput) { activityId, liked }: SetActivityLikeInput,
    @Ctx() context: UsersContext,
  ): Promise<SetActivityLikePayload> {
    const user = await writer(context);
    const noted = await context.store.likes.setLike(user.id, activityId, liked);
    tellNotification(context.bus, noted);
    return { activity: await living(context, activityId, noted !== null) };
  }

  @For('user')
  @Mutation(() => DeleteActivityPayload, { description: 'For its author and for admins.' })
  async deleteActivity(
    @Arg('input', () => DeleteActivityInput) { activityId }: DeleteActivityInput,
    @Ctx() context: UsersContext,
  ): Promise<DeleteActivityPayload> {
    const user = await writer(context);
    mayDelete(user, await living(context, activityId));
    const removed = await context.store.posting.remove(activityId);
    forgetLoaded(context);
    if (!removed) throw notFound('activity', activityId);
    return { activityId };
  }
}

/** @throws UNAUTHENTICATED for a guest and for an account that was closed a moment ago */
async function writer({ caller, loaders }: UsersContext): Promise<UserCaller> {
  const user = requireUser(caller);
  mustBeOpen(await loaders.user.load(user.id));
  return user;
}

/** @throws NOT_FOUND when there is no such activity, or no longer */
async function living(context: UsersContext, id: string, found = true): Promise<Activity> {
  const activity = found ? await forgetLoaded(context).activity.load(id) : null;
  if (activity === null) throw notFound('activity', id);
  return activity;
}
