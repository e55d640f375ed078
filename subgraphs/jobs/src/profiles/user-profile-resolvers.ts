import { Ctx, FieldResolver, Resolver, Root } from 'type-graphql';
import type { JobsContext } from '../context.js';
import { FreelancerProfile } from './profile-model.js';
import { User } from '../entity-stubs.js';
import { visibleProfile } from './profile-visibility-rules.js';

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
