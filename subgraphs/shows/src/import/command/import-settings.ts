import { z } from 'zod';

/** The environment variables of `npm run import-shows`. */
export const importSettings = z.object({
  GRAPH_URL: z.url().describe("URL of the gateway's `/graphql`."),
  TOKEN_URL: z.url().describe('Token endpoint for client credentials (RFC 6749, section 4.4).'),
  CLIENT_ID: z.string().describe('Client id of the importer.'),
  CLIENT_SECRET: z.string().describe('Client secret of the importer.'),
});

export type ImportSettings = z.output<typeof importSettings>;
