import { Arg, Ctx, FieldResolver, Mutation, Resolver, Root } from 'type-graphql';
import { forgetLoaded, type JobsContext } from '../context.js';
import { Feedback } from './feedback-model.js';
import { User } from '../entity-stubs.js';
import { newFeedback } from './note-rules.js';
import { ForHouse, mustBeInternal } from '../access.js';
import { findProfile } from '../profiles/profile-access.js';
import { AddFeedbackInput, AddFeedbackPayload } from './note-inputs.js';

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
