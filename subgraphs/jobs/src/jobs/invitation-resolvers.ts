import { Authorize } from '@marquee/chassis/graphql/authorize';
import { requireUser } from '@marquee/chassis/identity/caller';
import { PageArgs, parsePage, toConnection } from '@marquee/chassis/paging/relay-connection';
import { Args, Ctx, Query, Resolver } from 'type-graphql';
import { z } from 'zod';
import type { JobsContext } from '../context.js';
import { InvitationConnection } from './invitation-model.js';

const keyset = z.tuple([z.iso.datetime(), z.uuid()]);

@Resolver()
export class InvitationResolver {
  @Authorize('user')
  @Query(() => InvitationConnection, {
    description:
      'Invitations of the caller to jobs that are open or were closed, the latest first. A job that was withdrawn, or whose ' +
      'poster has left, is omitted. UNAUTHENTICATED for a guest, FORBIDDEN for a machine client.',
  })
  async myInvitations(
    @Ctx() { caller, store, loaders }: JobsContext,
    @Args(() => PageArgs) args: PageArgs,
  ): Promise<InvitationConnection> {
    const user = requireUser(caller);
    const page = parsePage(args, keyset);
    const rows = await store.invitations.toUser(user.id, page);
    const { edges, pageInfo } = toConnection(rows, page, ({ invitedAt, jobId }) => [invitedAt.toISOString(), jobId]);
    const jobs = await Promise.all(edges.map(({ node }) => loaders.job.load(node.jobId)));
    return {
      edges: edges.flatMap(({ cursor, node: { invitedAt } }, at) => {
        const job = jobs[at];
        return job ? [{ cursor, node: { job, invitedAt } }] : [];
      }),
      pageInfo,
    };
  }
}
