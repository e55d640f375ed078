import { busSettings, sharedBusInProduction } from '@marquee/chassis/bus/open-bus';
import { tailSettings } from '@marquee/chassis/bus/tail-store';
import { noSeedInProduction, seedSettings } from '@marquee/chassis/config/settings';
import { dynamoSettings } from '@marquee/chassis/dynamodb/open-table';
import type { z } from 'zod';

/** The environment variables of the shows service. */
export const showsSettings = dynamoSettings
  .extend({ ...busSettings, ...tailSettings, ...seedSettings })
  .refine(...noSeedInProduction)
  .refine(...sharedBusInProduction);

export type ShowsSettings = z.output<typeof showsSettings>;
