import type { GraphQLSchema } from 'graphql';

/** One service of the graph. */
export interface Subgraph {
  name: string;
  /** Where the gateway finds it in the embedded run; elsewhere its settings name another address. */
  url: string;
  /** Imported only when its schema is printed: type-graphql keeps one registry for a whole process. */
  load: () => Promise<{ schema: () => Promise<GraphQLSchema> }>;
}

/** Every service that the graph is composed of. */
export const subgraphs: readonly Subgraph[] = [
  { name: 'users', url: 'http://localhost:4001/graphql', load: () => import('@marquee/users/service') },
  { name: 'jobs', url: 'http://localhost:4002/graphql', load: () => import('@marquee/jobs/service') },
  { name: 'messaging', url: 'http://localhost:4003/graphql', load: () => import('@marquee/messaging/service') },
  { name: 'shows', url: 'http://localhost:4004/graphql', load: () => import('@marquee/shows/service') },
];
