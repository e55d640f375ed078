import { Arg, Ctx, Directive, Query, Resolver } from 'type-graphql';
import type { UsersContext } from '../context.js';
import { Principal } from './principal-model.js';
import { mustBeGateway, parseSubject } from './principal-rules.js';

@Resolver()
export class PrincipalResolver {
  @Directive('@inaccessible')
  @Query(() => Principal, {
    description: 'Who the subject of a token is. The first sight of one makes a user; asking again changes nothing.',
  })
  async principal(
    @Arg('sub', () => String) sub: string,
    @Arg('email', () => String, { nullable: true }) email: string | null | undefined,
    @Arg('name', () => String, { nullable: true }) name: string | null | undefined,
    @Arg('role', () => String, { nullable: true, description: 'Counts for a new user only.' })
    role: string | null | undefined,
    @Ctx() { caller, store }: UsersContext,
  ): Promise<Principal> {
    mustBeGateway(caller);
    return store.principals.findOrCreate(parseSubject({ sub, email, name, role }));
  }
}
