import 'reflect-metadata';
import { ArgsType, type ClassType, Directive, Field, Int, ObjectType } from 'type-graphql';
import { badInput } from '../errors/errors.js';
import { CacheControl } from '../graphql/cache-hints.js';
import { encodeCursor, type Keyset } from './keyset-cursor.js';

/** The default size of a page. */
export const defaultFirst = 20;
const maxFirst = 100;

/** The arguments of every connection. */
@ArgsType()
export class PageArgs {
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

@Directive('@shareable')
@ObjectType({ description: 'The position of a page in its list.' })
export class PageInfo {
  @Field(() => Boolean, { description: 'Whether another page follows.' })
  hasNextPage!: boolean;

  @Field(() => Boolean, {
    description:
      'Whether the page is preceded by another one. For lists that only page forward: whether `after` was given.',
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
}

export interface ConnectionOptions {
  /** Whether pages may be cached like the field that returns them. Default: false. */
  isCacheable?: boolean;
}

/**
 * Defines the types `{name}Connection` and `{name}Edge` of a node (Relay cursor connections specification):
 * `export const UserConnection = connectionOf<User>('User', () => User)`.
 */
export function defineConnection<Node extends object>(
  name: string,
  node: () => unknown,
  { isCacheable = false }: ConnectionOptions = {},
): ClassType<Connection<Node>> {
  const Inherited = isCacheable ? CacheControl({ inheritMaxAge: true }) : () => {};
  @ObjectType(`${name}Edge`, { description: 'A node in a list, with its cursor.' })
  class NodeEdge {
    @Field(() => String, { description: 'Opaque position of the node. Pass it as `after` to continue from here.' })
    cursor!: string;

    @Field(node as () => ClassType<Node>, { description: 'The node itself.' })
    node!: Node;
  }

  @ObjectType(`${name}Connection`, {
    description: 'A page of a list, following the Relay cursor connections specification.',
  })
  class NodeConnection {
    @Inherited
    @Field(() => [NodeEdge], { description: 'The nodes on the page, in the order of the list.' })
    edges!: NodeEdge[];

    @Inherited
    @Field(() => PageInfo, { description: 'The position of the page in the list.' })
    pageInfo!: PageInfo;
  }
  return NodeConnection;
}

/**
 * The size of the requested page.
 * @throws BAD_USER_INPUT if `first` is not between 1 and 100
 */
export function pageSize(first: number | null | undefined): number {
  const size = first ?? defaultFirst;
  if (size >= 1 && size <= maxFirst) return size;
  throw badInput({ path: 'first', message: `must be between 1 and ${maxFirst}, it was ${size}` });
}

/** The part of a list that a keyset query reads. */
export interface KeysetPage {
  /** Number of rows: one more than the size of the page. */
  limit: number;
  /** The decoded cursor after which the page starts; null for the first page. */
  after: unknown;
}

/**
 * Makes a page from the rows of a keyset query that reads one row more than the size of the page.
 *
 * @param rows at most `limit` rows, in order
 * @param keyset returns the sort key of a row, which becomes its cursor
 */
export function toConnection<Node>(
  rows: readonly Node[],
  { limit, after }: KeysetPage,
  keyset: (node: Node) => Keyset,
): Connection<Node> {
  const edges = rows.slice(0, limit - 1).map((node) => ({ cursor: encodeCursor(keyset(node)), node }));
  return { edges, pageInfo: forwardPageInfo(edges, after, rows.length >= limit) };
}

/** The position of a page in a list that only pages forward. @param after the cursor after which it starts, if any */
export function forwardPageInfo(edges: readonly { cursor: string }[], after: unknown, hasNextPage: boolean): PageInfo {
  return {
    hasNextPage,
    hasPreviousPage: after !== undefined && after !== null,
    startCursor: edges.at(0)?.cursor ?? null,
    endCursor: edges.at(-1)?.cursor ?? null,
  };
}
