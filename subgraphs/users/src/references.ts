import type { ReferenceResolver } from '@marquee/chassis/graphql/subgraph-schema';
import type { UsersContext } from './context.js';

/** The entities that other services reference by key. A batch of references costs one statement per type. */
export const references: Readonly<Record<string, ReferenceResolver<UsersContext>>> = {
  User: ({ id, handle }: { id?: string; handle?: string }, { loaders }) =>
    id === undefined ? loaders.userByHandle.load((handle ?? '').toLowerCase()) : loaders.user.load(id),
  Media: ({ id }: { id: string }, { loaders }) => loaders.media.load(id),
  Activity: ({ id }: { id: string }, { loaders }) => loaders.activity.load(id),
};
