import { createObjectLoader } from '@marquee/chassis/loaders/loaders';
import type { Store } from '../store.js';

export function principalLoaders({ principals }: Store) {
  return {
    /** Creates the users of new subjects. */
    principal: createObjectLoader(principals.findOrCreate, ({ sub }) => sub),
  };
}
