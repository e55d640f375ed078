import { processSettings, type Variables } from '@marquee/chassis/config/settings';
import type { JWK } from 'jose';
import { z } from 'zod';

const port = z.coerce.number().int().min(1).max(65_535);

/** What a person may set for the embedded run. */
export const launcherSettings = z.object({
  /** The gateway's port; every other part follows it, so that this alone moves a whole copy. */
  PORT: port.max(65_535 - 21).default(4000),
  /** The token issuer's port; PORT + 10 when left out. */
  ISSUER_PORT: port.optional(),
  /** Where the data lives; a relative path starts at the root of the repository. */
  DATA_DIR: z.string().default('.data'),
  /** The address that the gateway and the issuer listen on. */
  HOST: z.string().default('127.0.0.1'),
  LOG_LEVEL: processSettings.shape.LOG_LEVEL,
  OTEL_EXPORTER_OTLP_ENDPOINT: processSettings.shape.OTEL_EXPORTER_OTLP_ENDPOINT,
  /** A Redis for hints between replicas and limits that they share; without it each program keeps to itself. */
  REDIS_URL: z.url({ protocol: /^rediss?$/, error: 'expected redis://host:port or rediss://host:port' }).optional(),
});

export type LauncherSettings = z.output<typeof launcherSettings>;

/** What the DynamoDB-compatible store reads. */
export const dynamodbSettings = z.object({ PORT: port, DIRECTORY: z.string() });

/** What the token issuer reads. */
export const issuerSettings = processSettings.extend({
  NODE_ENV: z.enum(['development', 'test'], { error: 'expected development or test: this issuer trusts everyone' }),
  /** The address that its tokens name. */
  ISSUER_URL: z.url(),
  /** The private RSA key that it signs with, as a JSON Web Key. */
  ISSUER_KEY: z.string().transform((value) => JSON.parse(value) as JWK),
  SCOPE_PREFIX: z.string().default('marquee/'),
});

export type IssuerSettings = z.output<typeof issuerSettings>;

/** What this process was started with, for programs that are to see the same. */
export function environment(): Variables {
  return { ...process.env };
}

/** Whether npm started this process, and so would want it to end with itself. */
export function isStartedByNpm(): boolean {
  return process.env['npm_lifecycle_event'] !== undefined;
}

/** What every program needs of the system it runs on. Nothing else of a person's environment reaches a service. */
export function systemEnvironment(): Variables {
  const { PATH, HOME, LANG, TMPDIR, TZ } = process.env;
  return { PATH, HOME, LANG, TMPDIR, TZ };
}

/** Tells the processes that this one starts later where the stores of a test run are; jest hands it to its workers. */
export function publishTestStores(stores: { databaseUrl: string; dynamodbEndpoint: string }): void {
  process.env['TEST_DATABASE_URL'] = stores.databaseUrl;
  process.env['TEST_DYNAMODB_ENDPOINT'] = stores.dynamodbEndpoint;
  process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] = 'true';
}

/** How many clients come and go, and how often; `npm run crowd` wants more of it than a test run. */
export const crowdSettings = z.object({
  CROWD_CLIENTS: z.coerce.number().int().min(1).default(200),
  CROWD_ROUNDS: z.coerce.number().int().min(1).default(3),
});

/** The stores of the test run that this process is part of, if it is. */
export function readTestStores(): { databaseUrl: string; dynamodbEndpoint: string } | undefined {
  const { TEST_DATABASE_URL: databaseUrl, TEST_DYNAMODB_ENDPOINT: dynamodbEndpoint } = process.env;
  return databaseUrl && dynamodbEndpoint ? { databaseUrl, dynamodbEndpoint } : undefined;
}
