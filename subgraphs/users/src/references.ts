import type { ReferenceResolver } from '@marquee/chassis/graphql/subgraph-schema';
import type { UsersContext } from './context.js';
import { requireUser } from '@marquee/chassis/identity/caller';
import { findExport } from './exports/export-rules.js';
import { loadUser, loadUserByHandle } from './people/user-access.js';

/** The entities that other services reference by key. A batch of references costs one statement per type. */
export const references: Readonly<Record<string, ReferenceResolver<UsersContext>>> = {
  User: ({ id, handle }: { id?: string; handle?: string }, context) =>
    id === undefined ? loadUserByHandle(context, handle ?? '') : loadUser(context, id),
  Media: ({ id }: { id: string }, { loaders }) => loaders.media.load(id),
  DataExport: ({ id }: { id: string }, { caller, mediaService }) =>
    findExport(requireUser(caller), mediaService.ids, id),
  Activity: ({ id }: { id: string }, { loaders }) => loaders.activity.load(id),
};
