import { notFound } from '@marquee/chassis/errors/errors';
import { For } from '@marquee/chassis/graphql/rights';
import { requireUser } from '@marquee/chassis/identity/caller';
import { Arg, Ctx, Mutation, Resolver } from 'type-graphql';
import { forgetLoaded, type JobsContext } from '../context.js';
import {
  ActOnFreelancerProfileInput,
  ActOnFreelancerProfilePayload,
  SaveFreelancerProfileInput,
  SaveFreelancerProfilePayload,
  SetFavoriteInput,
  SetFavoritePayload,
  SetFeaturedInput,
  SetFeaturedPayload,
} from './profile-inputs.js';
import { actionNote, profileMove } from './profile-action-rules.js';
import { heldTerms, mustStayWhole, namedTerms, profileChange } from './profile-rules.js';
import { ForModerators, mustBeModerator } from '../access.js';
import { key, mustOwnMedia } from '../input/input-values.js';
import { topics } from '../topics.js';
import { findProfile, foundAgain } from './profile-access.js';

@Resolver()
export class ProfileWritingResolver {
  @For('user')
  @Mutation(() => SaveFreelancerProfilePayload, { description: "The caller's own profile; the first save makes it." })
  async saveFreelancerProfile(
    @Ctx() context: JobsContext,
    @Arg('input', () => SaveFreelancerProfileInput) input: SaveFreelancerProfileInput,
  ): Promise<SaveFreelancerProfilePayload> {
    const user = requireUser(context.caller);
    const held = heldTerms(await context.loaders.profileByOwner.load(user.id));
    const change = profileChange(input, { terms: await context.store.terms.byIds(namedTerms(input)), held });
    mustOwnMedia(context.mediaIds, user, change.avatarId, 'AVATAR');
    mustOwnMedia(context.mediaIds, user, change.resumeId, 'PORTFOLIO');
    const profile = await context.store.profileWriting.save(user.id, change, mustStayWhole);
    forgetLoaded(context);
    return { profile };
  }

  @For('user')
  @Mutation(() => ActOnFreelancerProfilePayload, {
    description: 'Leads a profile to another state, with a SYSTEM note.',
  })
  async actOnFreelancerProfile(
    @Ctx() context: JobsContext,
    @Arg('input', () => ActOnFreelancerProfileInput) { profileId, action, note }: ActOnFreelancerProfileInput,
  ): Promise<ActOnFreelancerProfilePayload> {
    const user = requireUser(context.caller);
    const id = key('freelancer profile', profileId);
    const said = actionNote(note);
    const profile = await context.store.profileWriting.act(id, user.id, (current, visibleAssets) =>
      profileMove(user, current, visibleAssets, action, said),
    );
    if (profile === null) throw notFound('freelancer profile', id);
    forgetLoaded(context);
    context.bus.publish(topics.reviewQueueChanged, { kind: 'PROFILE', id });
    return { profile };
  }

  @For('user')
  @Mutation(() => SetFavoritePayload, { description: 'Idempotent.' })
  async setFavorite(
    @Ctx() context: JobsContext,
    @Arg('input', () => SetFavoriteInput) { profileId, favorite }: SetFavoriteInput,
  ): Promise<SetFavoritePayload> {
    const user = requireUser(context.caller);
    const { id } = await findProfile(context, profileId);
    await context.store.favorites[favorite ? 'add' : 'remove'](user.id, id);
    return { profile: await foundAgain(context, id) };
  }

  @ForModerators
  @Mutation(() => SetFeaturedPayload, { description: 'Reviewers and admins. Idempotent.' })
  async setFeatured(
    @Ctx() context: JobsContext,
    @Arg('input', () => SetFeaturedInput) { profileId, featured }: SetFeaturedInput,
  ): Promise<SetFeaturedPayload> {
    mustBeModerator(context.caller);
    const { id } = await findProfile(context, profileId);
    await context.store.profileWriting.setFeatured(id, featured);
    return { profile: await foundAgain(context, id) };
  }
}
