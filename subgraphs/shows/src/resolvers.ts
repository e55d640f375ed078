import { ExportResolver } from './exports/export-resolvers.js';
import { FeedResolver } from './feed/feed-resolvers.js';
import { ImportResolver } from './import/import-resolvers.js';
import { ShowFacetsResolver } from './list/show-facets.js';
import { ShowListResolver } from './list/list-resolvers.js';
import { ShowMutationResolver } from './shows/show-mutation-resolvers.js';
import { ShowResolver } from './shows/show-resolvers.js';
import { ShowSubscriptionResolver } from './shows/show-subscription-resolvers.js';

/** Every resolver of the service, by noun. */
export const resolvers: [new () => object, ...(new () => object)[]] = [
  ShowListResolver,
  ShowFacetsResolver,
  ShowResolver,
  ImportResolver,
  ShowMutationResolver,
  ShowSubscriptionResolver,
  ExportResolver,
  FeedResolver,
];
