import { Ctx, FieldResolver, Resolver, Root } from 'type-graphql';
import type { JobsContext } from '../context.js';
import { User } from '../entity-stubs.js';
import { FreelancerProfile } from './profile-model.js';
import { profileIfVisible } from './profile-visibility-rules.js';

@Resolver(() => User)
export class UserProfileResolver {
  @FieldResolver(() => FreelancerProfile, {
    nullable: true,
    description: 'Freelancer profile of the user. Null if the user has none or the caller may not see it.',
  })
  async freelancerProfile(
    @Root() { id }: User,
    @Ctx() { caller, loaders }: JobsContext,
  ): Promise<FreelancerProfile | null> {
    return profileIfVisible(caller, await loaders.profileByOwner.load(id));
  }
}
