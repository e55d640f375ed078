import type { ReferenceResolver } from '@marquee/chassis/graphql/subgraph-schema';
import type { ShowsContext } from './context.js';
import { mayRead } from './shows/access-rules.js';

/** The entities that other services reference by key. A batch of references costs one request per 100. */
export const references: Readonly<Record<string, ReferenceResolver<ShowsContext>>> = {
  DataExport: ({ id }: { id: string }) => ({ id }),
  Show({ slug }: { slug: string }, { caller, loaders }) {
    mayRead(caller);
    return loaders.show.load(slug);
  },
};
