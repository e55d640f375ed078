import { PageArgs, type Connection } from '@marquee/chassis/paging/relay-connection';
import { Args, Ctx, FieldResolver, Resolver, Root } from 'type-graphql';
import type { JobsContext } from '../context.js';
import { type Job, JobConnection } from './job-model.js';
import { User, Show } from '../entity-stubs.js';
import { toPublishedConnection, parsePublishedPage } from './published-page.js';

@Resolver(() => User)
export class UserJobsResolver {
  @FieldResolver(() => JobConnection, {
    nullable: true,
    description:
      'Public jobs that the user posted, the most recently published first. Null only if they cannot be loaded at the ' +
      'moment.',
  })
  async jobs(
    @Root() { id }: User,
    @Ctx() { loaders }: JobsContext,
    @Args(() => PageArgs) args: PageArgs,
  ): Promise<Connection<Job>> {
    const page = parsePublishedPage(args);
    return toPublishedConnection(await loaders.publishedByPoster.load({ parent: id, page }), page);
  }
}

@Resolver(() => Show)
export class ShowJobsResolver {
  @FieldResolver(() => JobConnection, {
    nullable: true,
    description:
      'Public jobs for the show, the most recently published first. Null only if they cannot be loaded at the moment.',
  })
  async jobs(
    @Root() { slug }: Show,
    @Ctx() { loaders }: JobsContext,
    @Args(() => PageArgs) args: PageArgs,
  ): Promise<Connection<Job>> {
    const page = parsePublishedPage(args);
    return toPublishedConnection(await loaders.publishedForShow.load({ parent: slug, page }), page);
  }
}
