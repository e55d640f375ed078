import { Arg, Ctx, FieldResolver, Mutation, Resolver, Root } from 'type-graphql';
import { resetLoaders, type JobsContext } from '../context.js';
import { Feedback } from './feedback-model.js';
import { User } from '../entity-stubs.js';
import { parseNewFeedback } from './note-rules.js';
import { ForStaff, requireStaff } from '../access.js';
import { requireVisibleProfile } from '../profiles/profile-access.js';
import { AddFeedbackInput, AddFeedbackPayload } from './note-inputs.js';

@Resolver(() => Feedback)
export class FeedbackResolver {
  @FieldResolver(() => User)
  author(@Root() { authorId }: Feedback): User {
    return { id: authorId };
  }

  @ForStaff
  @Mutation(() => AddFeedbackPayload, { description: 'Hiring users, reviewers and admins.' })
  async addFeedback(
    @Ctx() context: JobsContext,
    @Arg('input', () => AddFeedbackInput) input: AddFeedbackInput,
  ): Promise<AddFeedbackPayload> {
    const author = requireStaff(context.caller);
    const values = parseNewFeedback(input);
    const profile = await requireVisibleProfile(context, input.profileId);
    const feedback = await context.store.feedback.add({ ...values, profileId: profile.id, authorId: author.id });
    resetLoaders(context);
    return { feedback };
  }
}
