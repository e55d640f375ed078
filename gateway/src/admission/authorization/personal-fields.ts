import { guest } from '@marquee/chassis/identity/caller';
import type { GraphQLSchema } from 'graphql';
import type { IsPersonal } from '../../engine/caching/cache-hints.js';
import { denialOf } from './access-requirement.js';
import { createRequirementReader } from './requirement-reader.js';

/** The fields that a guest may not have. All others are available to everyone, without a token at least. */
export function personalFields(supergraph: GraphQLSchema): IsPersonal {
  const read = createRequirementReader(supergraph);
  return (type, field) => denialOf(read(type, field), guest) !== undefined;
}
