import { Arg, Ctx, Directive, Query, Resolver } from 'type-graphql';
import type { UsersContext } from '../context.js';
import { Principal } from './principal-model.js';
import { mustBeGateway, parseSubject } from './principal-rules.js';

@Resolver()
export class PrincipalResolver {
  @Directive('@inaccessible')
  @Query(() => Principal, {
    description:
      'The user that the subject of a token refers to. Creates the user for a new subject. For the gateway only.',
  })
  async principal(
    @Arg('sub', () => String, { description: 'The subject of the token.' }) sub: string,
    @Arg('email', () => String, { nullable: true, description: 'The email claim of the token.' })
    email: string | null | undefined,
    @Arg('name', () => String, { nullable: true, description: 'The name claim of the token.' })
    name: string | null | undefined,
    @Arg('role', () => String, { nullable: true, description: 'The role of a new user; ignored for an existing one.' })
    role: string | null | undefined,
    @Ctx() { caller, loaders }: UsersContext,
  ): Promise<Principal> {
    mustBeGateway(caller);
    return loaders.principal.load(parseSubject({ sub, email, name, role }));
  }
}
