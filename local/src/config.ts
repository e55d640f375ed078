import { processSettings, type Variables } from '@marquee/chassis/config/settings';
import type { JWK } from 'jose';
import { z } from 'zod';

const port = z.coerce.number().int().min(1).max(65_535);

/** The settings of the embedded run. */
export const launcherSettings = z.object({
  /** The gateway's port. All other ports are derived from it. */
  PORT: port.max(65_535 - 21).default(4000),
  /** The token issuer's port; PORT + 10 by default. */
  ISSUER_PORT: port.optional(),
  /** The data directory; a relative path starts at the root of the repository. */
  DATA_DIR: z.string().default('.data'),
  /** The address on which the gateway and the issuer listen. */
  HOST: z.string().default('127.0.0.1'),
  LOG_LEVEL: processSettings.shape.LOG_LEVEL,
  OTEL_EXPORTER_OTLP_ENDPOINT: processSettings.shape.OTEL_EXPORTER_OTLP_ENDPOINT,
  /** A Redis for notifications between replicas and shared rate limits. Without one, each process works alone. */
  REDIS_URL: z.url({ protocol: /^rediss?$/, error: 'expected redis://host:port or rediss://host:port' }).optional(),
});

export type LauncherSettings = z.output<typeof launcherSettings>;

/** The settings of the DynamoDB-compatible store. */
export const dynamodbSettings = z.object({ PORT: port, DIRECTORY: z.string() });

/** The settings of the token issuer. */
export const issuerSettings = processSettings.extend({
  NODE_ENV: z.enum(['development', 'test'], {
    error: 'expected development or test: this issuer does not authenticate anyone',
  }),
  /** The `iss` claim of its tokens. */
  ISSUER_URL: z.url(),
  /** The private RSA key with which it signs, as a JSON Web Key. */
  ISSUER_KEY: z.string().transform((value) => JSON.parse(value) as JWK),
  SCOPE_PREFIX: z.string().default('marquee/'),
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
  CROWD_CLIENTS: z.coerce.number().int().min(1).default(200),
  CROWD_ROUNDS: z.coerce.number().int().min(1).default(3),
});

/** The stores of the current test run; undefined outside of one. */
export function readTestStores(): { databaseUrl: string; dynamodbEndpoint: string } | undefined {
  const { TEST_DATABASE_URL: databaseUrl, TEST_DYNAMODB_ENDPOINT: dynamodbEndpoint } = process.env;
  return databaseUrl && dynamodbEndpoint ? { databaseUrl, dynamodbEndpoint } : undefined;
}
