import { PageArgs } from '@marquee/chassis/paging/connection';
import { Args, Ctx, FieldResolver, Resolver, Root } from 'type-graphql';
import type { JobsContext } from '../context.js';
import { FeedbackConnection } from '../notes/feedback-model.js';
import { FreelancerInternals } from './profile-internals-model.js';
import { ProfileNoteConnection } from '../notes/note-model.js';
import { User } from '../entity-stubs.js';
import { ForHouse } from '../access.js';
import { idConnection, idPage } from '../paging/id-connection.js';

@Resolver(() => FreelancerInternals)
export class FreelancerInternalsResolver {
  @ForHouse
  @FieldResolver(() => User, { nullable: true, description: 'Who claimed the profile to review it.' })
  reviewOwner(@Root() { profile }: FreelancerInternals): User | null {
    return profile.reviewOwnerId === null ? null : { id: profile.reviewOwnerId };
  }

  @ForHouse
  @FieldResolver(() => ProfileNoteConnection, { description: 'The newest first.' })
  async notes(
    @Root() { profile }: FreelancerInternals,
    @Ctx() { loaders }: JobsContext,
    @Args(() => PageArgs) args: PageArgs,
  ): Promise<ProfileNoteConnection> {
    const page = idPage(args);
    return idConnection(await loaders.notesOf.load({ parent: profile.id, page }), page);
  }

  @ForHouse
  @FieldResolver(() => FeedbackConnection, { description: 'The newest first.' })
  async feedback(
    @Root() { profile }: FreelancerInternals,
    @Ctx() { loaders }: JobsContext,
    @Args(() => PageArgs) args: PageArgs,
  ): Promise<FeedbackConnection> {
    const page = idPage(args);
    return idConnection(await loaders.feedbackOf.load({ parent: profile.id, page }), page);
  }
}
