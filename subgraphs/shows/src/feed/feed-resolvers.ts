import { changeLogDays } from '@marquee/chassis/bus/change-log';
import { badInput } from '@marquee/chassis/errors/errors';
import { decodeCursor, encodeCursor } from '@marquee/chassis/paging/keyset-cursor';
import { pageInfoOf, pageSize } from '@marquee/chassis/paging/relay-connection';
import { Arg, Ctx, Int, Query, Resolver } from 'type-graphql';
import { z } from 'zod';
import type { ShowsContext } from '../context.js';
import { ForReaders, mayRead } from '../shows/access-rules.js';
import { ShowChangeConnection } from './feed-model.js';
import type { ShowChanges } from './feed-store.js';

const position = z.tuple([z.int().nonnegative()]);

const description =
  'The changes of shows since a cursor, the earliest first: what webhooks and `showChanged` report, to be polled. A ' +
  'client reads this without a cursor, then all shows, and from then on passes the last `pageInfo.endCursor`. Changes ' +
  `are kept for ${changeLogDays} days. Public; FORBIDDEN for a machine client without the scope \`shows.read\`, ` +
  'BAD_USER_INPUT for a cursor that is not from this list, or after which changes are no longer kept.';

@Resolver()
export class FeedResolver {
  @ForReaders
  @Query(() => ShowChangeConnection, { description })
  async changesSince(
    @Ctx() { caller, store }: ShowsContext,
    @Arg('cursor', () => String, {
      nullable: true,
      description:
        'The `pageInfo.endCursor` of the page before. Without it the page is empty, and ends at the present.',
    })
    cursor: string | null | undefined,
    @Arg('first', () => Int, {
      nullable: true,
      description: 'Maximum number of changes on the page, 1 to 100. 20 by default. BAD_USER_INPUT for other values.',
    })
    first: number | null | undefined,
  ): Promise<ShowChangeConnection> {
    mayRead(caller);
    const size = pageSize(first);
    const after = cursor ? decodeCursor(cursor, position, 'cursor')[0] : null;
    return toConnection(after, await store.changesAfter(after, size));
  }
}

function toConnection(after: number | null, { changes, last }: ShowChanges): ShowChangeConnection {
  assertContinuous(after, changes[0]?.sequence ?? last + 1, last);
  const edges = changes.map(({ sequence, slug, show }) => ({
    cursor: encodeCursor([sequence]),
    node: { slug, show },
  }));
  const end = changes.at(-1)?.sequence ?? last;
  const pageInfo = pageInfoOf(edges, { after, before: null, isBackward: false }, end < last);
  return { edges, pageInfo: { ...pageInfo, endCursor: encodeCursor([end]) } };
}

/** @param next the first change after the cursor that is stored; one after the last without such a change */
function assertContinuous(after: number | null, next: number, last: number): void {
  if (after === null) return;
  if (after > last) throw badInput({ path: 'cursor', message: 'is not a cursor of this list' });
  if (next === after + 1) return;
  const remedy = 'read all shows again, and continue with a new cursor';
  throw badInput({ path: 'cursor', message: `is older than ${changeLogDays} days: ${remedy}` });
}
