import { busSettings, sharedBusInProduction } from '@marquee/chassis/bus/open-bus';
import { tailSettings } from '@marquee/chassis/bus/tail-store';
import { eventPublisherSettings, topicInProduction } from '@marquee/chassis/events/event-settings';
import { noSeedInProduction, seedSettings } from '@marquee/chassis/config/settings';
import { dynamoSettings } from '@marquee/chassis/dynamodb/open-table';
import type { z } from 'zod';

/** The environment variables of the shows service. */
export const showsSettings = dynamoSettings
  .extend({ ...busSettings, ...tailSettings, ...seedSettings, ...eventPublisherSettings })
  .refine(...noSeedInProduction)
  .refine(...sharedBusInProduction)
  .refine(...topicInProduction);

export type ShowsSettings = z.output<typeof showsSettings>;
