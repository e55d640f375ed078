import { Arg, Ctx, FieldResolver, Mutation, Resolver, Root } from 'type-graphql';
import { forgetLoaded, type JobsContext } from '../context.js';
import { AddFeedbackInput, AddFeedbackPayload, Feedback } from '../model/feedback.js';
import { User } from '../model/user.js';
import { newFeedback } from '../rules/note.js';
import { mustBeInternal } from '../rules/profile-visibility.js';
import { ForHouse } from '../rules/rights.js';
import { findProfile } from './profile-access.js';

@Resolver(() => Feedback)
export class FeedbackResolver {
  @FieldResolver(() => User)
  author(@Root() { authorId }: Feedback): User {
    return { id: authorId };
  }

  @ForHouse
  @Mutation(() => AddFeedbackPayload, { description: 'Hiring users, reviewers and admins.' })
  async addFeedback(
    @Ctx() context: JobsContext,
    @Arg('input', () => AddFeedbackInput) input: AddFeedbackInput,
  ): Promise<AddFeedbackPayload> {
    const author = mustBeInternal(context.caller);
    const values = newFeedback(input);
    const profile = await findProfile(context, input.profileId);
    const feedback = await context.store.feedback.add({ ...values, profileId: profile.id, authorId: author.id });
    forgetLoaded(context);
    return { feedback };
  }
}
