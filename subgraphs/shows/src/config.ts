import { flag } from '@marquee/chassis/config/settings';
import { dynamoSettings } from '@marquee/chassis/dynamodb/open';
import { z } from 'zod';

/** What the shows service reads from the environment. */
export const showsSettings = dynamoSettings
  .extend({
    /** Fills the table with invented shows; never in production. */
    SEED: flag.default(false),
  })
  .refine(({ SEED, NODE_ENV }) => !(SEED && NODE_ENV === 'production'), {
    path: ['SEED'],
    message: 'must not be true with NODE_ENV=production',
  });

export type ShowsSettings = z.output<typeof showsSettings>;

/** What `npm run import-shows` reads from the environment. */
export const importSettings = z.object({
  /** Where operations go: the gateway's `/graphql`. */
  GRAPH_URL: z.url(),
  /** Where client credentials are exchanged for an access token (RFC 6749, section 4.4). */
  TOKEN_URL: z.url(),
  CLIENT_ID: z.string(),
  CLIENT_SECRET: z.string(),
});

export type ImportSettings = z.output<typeof importSettings>;
