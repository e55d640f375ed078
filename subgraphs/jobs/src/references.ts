import type { ReferenceResolver } from '@marquee/chassis/graphql/schema';
import { validate } from 'uuid';
import type { JobsContext } from './context.js';

/** The entities that other services name by key; many of one kind cost one statement. */
export const references: Readonly<Record<string, ReferenceResolver<JobsContext>>> = {
  User: (user: { id: string }) => user,
  TaxonomyTerm: ({ id }: { id: string }, { loaders }) => (validate(id) ? loaders.term.load(id) : null),
};
