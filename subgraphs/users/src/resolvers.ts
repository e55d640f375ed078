import { AccountResolver } from './accounts/account-resolvers.js';
import { PrincipalResolver } from './accounts/principal-resolvers.js';
import { ActivityChangeResolver } from './activities/activity-change-resolvers.js';
import { ActivityMutationResolver } from './activities/activity-mutation-resolvers.js';
import { ActivityResolver } from './activities/activity-resolvers.js';
import { ActivitySubscriptionResolver } from './activities/activity-subscription-resolvers.js';
import { UnsubscribeResolver } from './emails/unsubscribe-resolvers.js';
import { ErasureResolver } from './erasure/erasure-resolvers.js';
import { ExportResolver } from './exports/export-resolvers.js';
import { MediaResolver } from './media/media-resolvers.js';
import { MediaSubscriptionResolver } from './media/media-subscription-resolvers.js';
import { NotificationResolver } from './notifications/notification-resolvers.js';
import { NotificationSubscriptionResolver } from './notifications/notification-subscription-resolvers.js';
import { PreferenceResolver } from './notifications/preference-resolvers.js';
import { PendingPictureResolver } from './people/pending-picture-resolvers.js';
import { ProfileResolver } from './people/profile-resolvers.js';
import { UserResolver } from './people/user-resolvers.js';

/** Every resolver of the service, by noun. */
export const resolvers: [new () => object, ...(new () => object)[]] = [
  UserResolver,
  ProfileResolver,
  PendingPictureResolver,
  AccountResolver,
  PrincipalResolver,
  ErasureResolver,
  ExportResolver,
  ActivityResolver,
  ActivityMutationResolver,
  ActivitySubscriptionResolver,
  ActivityChangeResolver,
  NotificationResolver,
  NotificationSubscriptionResolver,
  PreferenceResolver,
  UnsubscribeResolver,
  MediaResolver,
  MediaSubscriptionResolver,
];
