import { PageArgs } from '@marquee/chassis/paging/relay-connection';
import { Args, Ctx, FieldResolver, Resolver, Root } from 'type-graphql';
import { ForStaff } from '../access.js';
import type { JobsContext } from '../context.js';
import { User } from '../entity-stubs.js';
import { FeedbackConnection } from '../notes/feedback-model.js';
import { ProfileNoteConnection } from '../notes/note-model.js';
import { parseIdPage, toIdConnection } from '../paging/id-connection.js';
import { FreelancerInternals } from './profile-internals-model.js';

@Resolver(() => FreelancerInternals)
export class FreelancerInternalsResolver {
  @ForStaff
  @FieldResolver(() => User, {
    nullable: true,
    description: 'Reviewer or admin who claimed the profile. Null if it is not claimed.',
  })
  reviewOwner(@Root() { profile }: FreelancerInternals): User | null {
    return profile.reviewOwnerId === null ? null : { id: profile.reviewOwnerId };
  }

  @ForStaff
  @FieldResolver(() => ProfileNoteConnection, { description: 'Notes of the staff about the profile, newest first.' })
  async notes(
    @Root() { profile }: FreelancerInternals,
    @Ctx() { loaders }: JobsContext,
    @Args(() => PageArgs) args: PageArgs,
  ): Promise<ProfileNoteConnection> {
    const page = parseIdPage(args);
    return toIdConnection(await loaders.notesOf.load({ parent: profile.id, page }), page);
  }

  @ForStaff
  @FieldResolver(() => FeedbackConnection, {
    description: 'Feedback from staff who worked with the freelancer, newest first.',
  })
  async feedback(
    @Root() { profile }: FreelancerInternals,
    @Ctx() { loaders }: JobsContext,
    @Args(() => PageArgs) args: PageArgs,
  ): Promise<FeedbackConnection> {
    const page = parseIdPage(args);
    return toIdConnection(await loaders.feedbackOf.load({ parent: profile.id, page }), page);
  }
}
