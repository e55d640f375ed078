import { busSettings, sharedBusInProduction } from '@marquee/chassis/bus/open-bus';
import { tailSettings } from '@marquee/chassis/bus/tail-store';
import {
  eventConsumerSettings,
  eventPublisherSettings,
  queueInProduction,
  topicInProduction,
} from '@marquee/chassis/events/event-settings';
import { noSeedInProduction, seedSettings } from '@marquee/chassis/config/settings';
import { dynamoSettings } from '@marquee/chassis/dynamodb/open-table';
import { quotaSettings } from '@marquee/chassis/quotas/quota';
import { z } from 'zod';

/** The environment variables of the messaging service. */
export const messagingSettings = dynamoSettings
  .extend({
    ...busSettings,
    ...quotaSettings,
    ...seedSettings,
    ...eventPublisherSettings,
    ...eventConsumerSettings,
    CONVERSATION_POLL_SECONDS: z.coerce
      .number()
      .positive()
      .max(60)
      .default(5)
      .describe(
        'Seconds between two polls of a watched conversation or inbox while the bus is interrupted and notifications may be lost.',
      ),
    ...tailSettings,
  })
  .refine(...noSeedInProduction)
  .refine(...sharedBusInProduction)
  .refine(...topicInProduction)
  .refine(...queueInProduction);

export type MessagingSettings = z.output<typeof messagingSettings>;
