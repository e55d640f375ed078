import { Ctx, FieldResolver, Resolver, Root } from 'type-graphql';
import type { JobsContext } from '../context.js';
import { FreelancerProfile } from '../model/freelancer-profile.js';
import { User } from '../model/user.js';
import { visibleProfile } from '../rules/profile-visibility.js';

@Resolver(() => User)
export class UserResolver {
  @FieldResolver(() => FreelancerProfile, { nullable: true, description: 'null where the caller may not see it.' })
  async freelancerProfile(
    @Root() { id }: User,
    @Ctx() { caller, loaders }: JobsContext,
  ): Promise<FreelancerProfile | null> {
    return visibleProfile(caller, await loaders.profileByOwner.load(id));
  }
}
