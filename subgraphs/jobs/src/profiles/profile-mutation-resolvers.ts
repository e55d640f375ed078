import { notFound } from '@marquee/chassis/errors/errors';
import { Authorize } from '@marquee/chassis/graphql/authorize';
import { requireUser } from '@marquee/chassis/identity/caller';
import { Arg, Ctx, Mutation, Resolver } from 'type-graphql';
import { ForModerators, requireModerator } from '../access.js';
import { resetLoaders, type JobsContext } from '../context.js';
import { requireUuid } from '../input/input-values.js';
import { requireOwnMedia } from '../media/media-access.js';
import { topics } from '../topics.js';
import { reloadProfile, requireVisibleProfile } from './profile-access.js';
import { decideProfileAction, parseActionNote } from './profile-action-rules.js';
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
import { assertStaysComplete, parseProfileInput, termIdsInProfileInput, termIdsOfProfile } from './profile-rules.js';

@Resolver()
export class ProfileMutationResolver {
  @Authorize('user')
  @Mutation(() => SaveFreelancerProfilePayload, {
    description:
      'Changes the freelancer profile of the caller. The first call creates it as a DRAFT. Errors: UNAUTHENTICATED for a ' +
      'guest; FORBIDDEN for a machine client; BAD_USER_INPUT for invalid values, or for clearing a field that the status ' +
      'of the profile requires; NOT_FOUND for media that the caller did not upload for this purpose.',
  })
  async saveFreelancerProfile(
    @Ctx() context: JobsContext,
    @Arg('input', () => SaveFreelancerProfileInput, { description: 'The changes to make.' })
    input: SaveFreelancerProfileInput,
  ): Promise<SaveFreelancerProfilePayload> {
    const user = requireUser(context.caller);
    const currentIds = termIdsOfProfile(await context.loaders.profileByOwner.load(user.id));
    const terms = await context.store.terms.byIds(termIdsInProfileInput(input));
    const change = parseProfileInput(input, { terms, currentIds });
    await requireOwnMedia(context, user, change.avatarId, 'AVATAR');
    await requireOwnMedia(context, user, change.resumeId, 'PORTFOLIO');
    const profile = await context.store.profileWriting.save(user.id, change, assertStaysComplete);
    resetLoaders(context);
    return { profile };
  }

  @Authorize('user')
  @Mutation(() => ActOnFreelancerProfilePayload, {
    description:
      'Performs an action that changes the status of a freelancer profile, and records it in a SYSTEM note. SUBMIT needs ' +
      'a name, an email address, a statement, a current location, an audience, a style and a PUBLIC asset that is not ' +
      'rejected or hidden. Errors: UNAUTHENTICATED for a guest; FORBIDDEN for a machine client, and for a caller who is ' +
      'neither the owner, a reviewer nor an admin; NOT_FOUND if the profile does not exist or the caller may not see it; ' +
      'INVALID_TRANSITION if the action is not one of `validActions`; BAD_USER_INPUT for a note that is too long, or ' +
      'with each thing that SUBMIT misses.',
  })
  async actOnFreelancerProfile(
    @Ctx() context: JobsContext,
    @Arg('input', () => ActOnFreelancerProfileInput, { description: 'The action to perform.' })
    { profileId, action, note }: ActOnFreelancerProfileInput,
  ): Promise<ActOnFreelancerProfilePayload> {
    const user = requireUser(context.caller);
    const id = requireUuid('freelancer profile', profileId);
    const noteText = parseActionNote(note);
    const profile = await context.store.profileWriting.act(id, user.id, (current, visibleAssets) =>
      decideProfileAction(user, current, visibleAssets, action, noteText),
    );
    if (profile === null) throw notFound('freelancer profile', id);
    resetLoaders(context);
    context.bus.publish(topics.reviewQueueChanged, { kind: 'PROFILE', id });
    return { profile };
  }

  @Authorize('user')
  @Mutation(() => SetFavoritePayload, {
    description:
      'Adds a profile to the favourites of the caller, or removes it. Idempotent. Errors: UNAUTHENTICATED for a guest; ' +
      'FORBIDDEN for a machine client; NOT_FOUND if the profile does not exist or the caller may not see it.',
  })
  async setFavorite(
    @Ctx() context: JobsContext,
    @Arg('input', () => SetFavoriteInput, { description: 'The profile, and whether it is a favourite.' })
    { profileId, favorite }: SetFavoriteInput,
  ): Promise<SetFavoritePayload> {
    const user = requireUser(context.caller);
    const { id } = await requireVisibleProfile(context, profileId);
    await context.store.favorites[favorite ? 'add' : 'remove'](user.id, id);
    return { profile: await reloadProfile(context, id) };
  }

  @ForModerators
  @Mutation(() => SetFeaturedPayload, {
    description:
      'Recommends a profile, or stops recommending it. Reviewers and admins only. Idempotent. Errors: UNAUTHENTICATED for ' +
      'a guest; FORBIDDEN for other callers; NOT_FOUND for an unknown profile.',
  })
  async setFeatured(
    @Ctx() context: JobsContext,
    @Arg('input', () => SetFeaturedInput, { description: 'The profile, and whether it is recommended.' })
    { profileId, featured }: SetFeaturedInput,
  ): Promise<SetFeaturedPayload> {
    requireModerator(context.caller);
    const { id } = await requireVisibleProfile(context, profileId);
    await context.store.profileWriting.setFeatured(id, featured);
    return { profile: await reloadProfile(context, id) };
  }
}
