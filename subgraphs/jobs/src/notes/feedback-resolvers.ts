import { Arg, Ctx, FieldResolver, Mutation, Resolver, Root } from 'type-graphql';
import { ForStaff, requireStaff } from '../access.js';
import { resetLoaders, type JobsContext } from '../context.js';
import { User } from '../entity-stubs.js';
import { requireVisibleProfile } from '../profiles/profile-access.js';
import { Feedback } from './feedback-model.js';
import { AddFeedbackInput, AddFeedbackPayload } from './note-inputs.js';
import { parseNewFeedback } from './note-rules.js';

@Resolver(() => Feedback)
export class FeedbackResolver {
  @FieldResolver(() => User, {
    nullable: true,
    description: 'User who gave the feedback. Null only if the user cannot be loaded at the moment.',
  })
  author(@Root() { authorId }: Feedback): User {
    return { id: authorId };
  }

  @ForStaff
  @Mutation(() => AddFeedbackPayload, {
    description:
      'Adds feedback on a freelancer. Hiring users, reviewers and admins only. Errors: UNAUTHENTICATED for a guest; ' +
      'FORBIDDEN for other callers; BAD_USER_INPUT for invalid values; NOT_FOUND if the profile does not exist or the ' +
      'caller may not see it; RATE_LIMITED after 200 feedback entries in a day.',
  })
  async addFeedback(
    @Ctx() context: JobsContext,
    @Arg('input', () => AddFeedbackInput, { description: 'The feedback to add.' }) input: AddFeedbackInput,
  ): Promise<AddFeedbackPayload> {
    const author = requireStaff(context.caller);
    const values = parseNewFeedback(input);
    const profile = await requireVisibleProfile(context, input.profileId);
    await context.store.quotas.take(author.id, 'feedback');
    const feedback = await context.store.feedback.add({ ...values, profileId: profile.id, authorId: author.id });
    resetLoaders(context);
    return { feedback };
  }
}
