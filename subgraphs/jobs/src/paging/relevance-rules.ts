import { badInput } from '@marquee/chassis/errors/errors';
import type { PageArgs } from '@marquee/chassis/paging/relay-connection';

/**
 * Checks the arguments of a list in the order RELEVANCE, which compares only the matches that a page needs.
 * @throws BAD_USER_INPUT without a search text, and for `last` and `before`
 */
export function assertRelevance(args: PageArgs, search: string | null): void {
  if (search === null) throw badInput({ path: 'sort', message: 'RELEVANCE needs filter.search' });
  const backward = (['last', 'before'] as const).find((name) => args[name] !== undefined && args[name] !== null);
  if (backward) throw badInput({ path: backward, message: 'RELEVANCE pages only forward' });
}
