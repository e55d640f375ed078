import { list, processSettings, type Variables } from '@marquee/chassis/config/settings';
import type { JWK } from 'jose';
import { z } from 'zod';

const port = z.coerce.number().int().min(1).max(65_535);

/** The settings of the embedded run. */
export const launcherSettings = z.object({
  PORT: port
    .max(65_535 - 24)
    .default(4000)
    .describe('TCP port of the gateway. All other ports are derived from it.'),
  ISSUER_PORT: port.optional().describe('TCP port of the token issuer. Default: `PORT` + 10.'),
  DATA_DIR: z
    .string()
    .default('.data')
    .describe('Data directory; a relative path starts at the root of the repository.'),
  HOST: z.string().default('127.0.0.1').describe('Address on which the gateway and the issuer listen.'),
  CORS_ORIGINS: list
    .default([])
    .describe(
      'Further origins whose pages may call the gateway and the token issuer, separated by commas. Pages of localhost may always.',
    ),
  LOG_LEVEL: processSettings.shape.LOG_LEVEL,
  OTEL_EXPORTER_OTLP_ENDPOINT: processSettings.shape.OTEL_EXPORTER_OTLP_ENDPOINT,
  REDIS_URL: z
    .url({ protocol: /^rediss?$/, error: 'expected redis://host:port or rediss://host:port' })
    .optional()
    .describe(
      'Redis for notifications between replicas and shared rate limits. Without one, each process works alone.',
    ),
});

export type LauncherSettings = z.output<typeof launcherSettings>;

/** The settings of the DynamoDB-compatible store. */
export const dynamodbSettings = z.object({
  PORT: port.describe('TCP port to listen on.'),
  DIRECTORY: z.string().describe('Data directory, for one process at a time.'),
});

/** The settings of the emulator of SNS and SQS. */
export const eventEmulatorSettings = z.object({
  PORT: port.describe('TCP port to listen on.'),
  HOST: processSettings.shape.HOST,
});

/** The settings of the token issuer. */
export const issuerSettings = processSettings.extend({
  NODE_ENV: z
    .enum(['development', 'test'], {
      error: 'expected development or test: this issuer does not authenticate anyone',
    })
    .describe('`development` or `test`: the issuer does not start in production.'),
  ISSUER_URL: z.url().describe('The `iss` claim of its tokens.'),
  ISSUER_KEY: z
    .string()
    .transform((value) => JSON.parse(value) as JWK)
    .describe('Private RSA key with which it signs tokens, as a JSON Web Key.'),
  SCOPE_PREFIX: z.string().default('marquee/').describe('Prefix of the scopes in its tokens.'),
  CORS_ORIGINS: list
    .default([])
    .describe('Origins whose pages may request tokens, separated by commas. Pages of localhost may always.'),
});

export type IssuerSettings = z.output<typeof issuerSettings>;

/** A copy of this process's environment, for child processes that inherit all of it. */
export function environment(): Variables {
  return { ...process.env };
}

/** Whether npm started this process. */
export function isStartedByNpm(): boolean {
  return process.env['npm_lifecycle_event'] !== undefined;
}

/** Beginnings of the names of settings of the gateway that `npm start` passes to it: limits and caches. */
const gatewayLimitNames = ['CONNECTIONS', 'ENTITY_CACHE', 'GUARD_', 'IN_FLIGHT_', 'LIVE_', 'RATE_'];

/** The limits and caches of the gateway that the environment of the launcher sets. */
export function gatewayLimits(): Variables {
  const isLimit = (name: string) => gatewayLimitNames.some((beginning) => name.startsWith(beginning));
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => isLimit(name)));
}

/** The part of the user's environment that services inherit. */
export function systemEnvironment(): Variables {
  const { PATH, HOME, LANG, TMPDIR, TZ } = process.env;
  return { PATH, HOME, LANG, TMPDIR, TZ };
}

/** Publishes the addresses of the test stores to child processes: jest passes the environment to its workers. */
export function publishTestStores(stores: { databaseUrl: string; dynamodbEndpoint: string }): void {
  process.env['TEST_DATABASE_URL'] = stores.databaseUrl;
  process.env['TEST_DYNAMODB_ENDPOINT'] = stores.dynamodbEndpoint;
  process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] = 'true';
}

/** Number of clients and rounds of the crowd test. `npm run crowd` uses more than a test run. */
export const crowdSettings = z.object({
  CROWD_CLIENTS: z.coerce.number().int().min(1).default(200).describe('Number of subscribers.'),
  CROWD_ROUNDS: z.coerce.number().int().min(1).default(3).describe('How often they connect and disconnect.'),
});

/** How long the test of client libraries runs. `.ci/run` uses more than a test run. */
export const clientSettings = z.object({
  CLIENT_TOKEN_SECONDS: z.coerce
    .number()
    .int()
    .min(1)
    .default(3)
    .describe('Seconds after which the tokens of subscribing clients expire.'),
  CLIENT_RENEWALS: z.coerce
    .number()
    .int()
    .min(1)
    .default(2)
    .describe('Number of expired tokens after which the clients must have every event.'),
});

/** The stores of the current test run; undefined outside of one. */
export function readTestStores(): { databaseUrl: string; dynamodbEndpoint: string } | undefined {
  const { TEST_DATABASE_URL: databaseUrl, TEST_DYNAMODB_ENDPOINT: dynamodbEndpoint } = process.env;
  return databaseUrl && dynamodbEndpoint ? { databaseUrl, dynamodbEndpoint } : undefined;
}
