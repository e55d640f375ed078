import { z } from 'zod';

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
