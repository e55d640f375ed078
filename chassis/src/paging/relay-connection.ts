import 'reflect-metadata';
import { ArgsType, type ClassType, Directive, Field, Int, ObjectType } from 'type-graphql';
import { badInput } from '../errors/errors.js';
import { CacheControl } from '../graphql/cache-hints.js';
import type { z } from 'zod';
import { decodeCursor, encodeCursor, type Keyset } from './keyset-cursor.js';

/** The number up to which the nodes of a list are counted. */
export const maxCounted = 1_000;

/** The default size of a page. */
export const defaultFirst = 20;
const maxFirst = 100;

/** The arguments of a connection that only pages forward. */
@ArgsType()
export class ForwardPageArgs {
  @Field(() => Int, {
    nullable: true,
    description: 'Maximum number of nodes on the page, 1 to 100. 20 by default. BAD_USER_INPUT for other values.',
  })
  first?: number | null;

  @Field(() => String, {
    nullable: true,
    description:
      'Cursor of the node after which the page starts, usually `pageInfo.endCursor` of the previous page. The first page ' +
      'if omitted. BAD_USER_INPUT for a cursor that is not from this list.',
  })
  after?: string | null;
}

/** The arguments of a connection that pages in both directions. */
@ArgsType()
export class PageArgs extends ForwardPageArgs {
  @Field(() => Int, {
    nullable: true,
    description:
      'Instead of `first`, to page backward: maximum number of nodes, 1 to 100, counted from the end of the list or from ' +
      '`before`. The order of the nodes is the same. BAD_USER_INPUT for other values, and together with `first`.',
  })
  last?: number | null;

  @Field(() => String, {
    nullable: true,
    description:
      'Cursor of the node before which the page ends, usually `pageInfo.startCursor` of the next page. BAD_USER_INPUT for a ' +
      'cursor that is not from this list.',
  })
  before?: string | null;
}

@Directive('@shareable')
@ObjectType({ description: 'The position of a page in its list.' })
export class PageInfo {
  @Field(() => Boolean, {
    description: 'Whether another page follows. Before a page that was read with `before`, this is always true.',
  })
  hasNextPage!: boolean;

  @Field(() => Boolean, {
    description: 'Whether another page precedes. After a page that was read with `after`, this is always true.',
  })
  hasPreviousPage!: boolean;

  @Field(() => String, {
    nullable: true,
    description: 'Cursor of the first node on the page: `before` of the previous page. Null if the page is empty.',
  })
  startCursor!: string | null;

  @Field(() => String, {
    nullable: true,
    description: 'Cursor of the last node on the page: `after` of the next page. Null if the page is empty.',
  })
  endCursor!: string | null;
}

export interface Edge<Node> {
  cursor: string;
  node: Node;
}

export interface Connection<Node> {
  edges: Edge<Node>[];
  pageInfo: PageInfo;
  /** Counts the whole list, up to a maximum. Absent if that is expensive. Only for a type that is counted. */
  count?: () => Promise<number>;
}

export interface ConnectionOptions {
  /** Whether pages may be cached like the field that returns them. Default: false. */
  isCacheable?: boolean;
  /** Whether the type has the field `totalCount`, of which lists without `count` return null. Default: false. */
  isCounted?: boolean;
  /** Whether several services define the same types. Default: false. */
  isShareable?: boolean;
}

/**
 * Defines the types `{name}Connection` and `{name}Edge` of a node (Relay cursor connections specification):
 * `export const UserConnection = connectionOf<User>('User', () => User)`.
 */
export function defineConnection<Node extends object>(
  name: string,
  node: () => unknown,
  { isCacheable = false, isCounted = false, isShareable = false }: ConnectionOptions = {},
): ClassType<Connection<Node>> {
  const Counted = isCounted ? TotalCount : () => {};
  const Inherited = isCacheable ? CacheControl({ inheritMaxAge: true }) : () => {};
  const Shared: ClassDecorator = isShareable ? Directive('@shareable') : () => {};
  const NodeEdge = defineEdge<Node>(name, node, Shared);
  @Shared
  @ObjectType(`${name}Connection`, {
    description: 'A page of a list, following the Relay cursor connections specification.',
  })
  class NodeConnection {
    @Inherited
    @Field(() => [NodeEdge], { description: 'The nodes on the page, in the order of the list.' })
    edges!: Edge<Node>[];

    @Inherited
    @Field(() => PageInfo, { description: 'The position of the page in the list.' })
    pageInfo!: PageInfo;

    count?: () => Promise<number>;

    @Inherited
    @Counted
    totalCount(): Promise<number> | null {
      return this.count?.() ?? null;
    }
  }
  return NodeConnection;
}

function defineEdge<Node extends object>(
  name: string,
  node: () => unknown,
  Shared: ClassDecorator,
): ClassType<Edge<Node>> {
  @Shared
  @ObjectType(`${name}Edge`, { description: 'A node in a list, with its cursor.' })
  class NodeEdge {
    @Field(() => String, {
      description: 'Opaque position of the node. Pass it as `after` or `before` to continue from here.',
    })
    cursor!: string;

    @Field(node as () => ClassType<Node>, { description: 'The node itself.' })
    node!: Node;
  }
  return NodeEdge;
}

/** The field `totalCount`. */
const TotalCount = Field(() => Int, {
  nullable: true,
  description:
    `The number of nodes in the whole list, on all pages, counted up to ${maxCounted.toLocaleString('en')}: that number means ` +
    'at least as many. Null for searches, and for lists within another object, such as the jobs of a user.',
});

/**
 * The size of the requested page.
 * @param path the argument that contains the size
 * @throws BAD_USER_INPUT if it is not between 1 and 100
 */
export function pageSize(size: number | null | undefined, path: 'first' | 'last' = 'first'): number {
  const requested = size ?? defaultFirst;
  if (requested >= 1 && requested <= maxFirst) return requested;
  throw badInput({ path, message: `must be between 1 and ${maxFirst}, it was ${requested}` });
}

/** The part of a list that a keyset query reads: the rows between two sort keys, from the start or from the end. */
export interface KeysetPage<Key> {
  /** Number of rows: one more than the size of the page. */
  limit: number;
  /** The sort key after which the rows start; null for the start of the list. */
  after: Key | null;
  /** The sort key before which the rows end; null for the end of the list. */
  before: Key | null;
  /** Whether the last rows are read, in the opposite order of the list. */
  isBackward: boolean;
}

/**
 * Parses the arguments of a connection that pages in both directions.
 *
 * @param shape the schema of the sort key in its cursors
 * @throws BAD_USER_INPUT for an invalid size or cursor, and for `first` together with `last`
 */
export function parsePage<Key>({ first, after, last, before }: PageArgs, shape: z.ZodType<Key>): KeysetPage<Key> {
  const isBackward = isGiven(last);
  if (isBackward && isGiven(first)) throw badInput({ path: 'last', message: 'cannot be combined with first' });
  return {
    limit: 1 + (isBackward ? pageSize(last, 'last') : pageSize(first)),
    after: after ? decodeCursor(after, shape, 'after') : null,
    before: before ? decodeCursor(before, shape, 'before') : null,
    isBackward,
  };
}

/** The direction in which a page is read from a list in this order. */
export function readingOrder(order: Order, { isBackward }: Pick<KeysetPage<unknown>, 'isBackward'>): Order {
  if (!isBackward) return order;
  return order === 'ASC' ? 'DESC' : 'ASC';
}

export type Order = 'ASC' | 'DESC';

/**
 * Makes a page from the rows of a keyset query that reads one row more than the size of the page.
 *
 * @param rows at most `limit` rows, in the order in which they were read
 * @param keyset returns the sort key of a row, which becomes its cursor
 */
export function toConnection<Node>(
  rows: readonly Node[],
  page: KeysetPage<unknown>,
  keyset: (node: Node) => Keyset,
): Connection<Node> {
  const edges = rows.slice(0, page.limit - 1).map((node) => ({ cursor: encodeCursor(keyset(node)), node }));
  if (page.isBackward) edges.reverse();
  return { edges, pageInfo: pageInfoOf(edges, page, rows.length >= page.limit) };
}

/**
 * The position of a page in its list. The row of a cursor still counts as another page, also when it was deleted since.
 * @param hasMore whether the list continues in the direction in which it was read
 */
export function pageInfoOf(
  edges: readonly { cursor: string }[],
  { after, before, isBackward }: Omit<KeysetPage<unknown>, 'limit'>,
  hasMore: boolean,
): PageInfo {
  return {
    hasNextPage: before !== null || (!isBackward && hasMore),
    hasPreviousPage: after !== null || (isBackward && hasMore),
    startCursor: edges.at(0)?.cursor ?? null,
    endCursor: edges.at(-1)?.cursor ?? null,
  };
}

function isGiven<Value>(value: Value | null | undefined): value is Value {
  return value !== undefined && value !== null;
}
