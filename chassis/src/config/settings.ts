import { z } from 'zod';
import { samplerNames } from '../telemetry/sampler-names.js';

/** The environment of a process: every value is a string, absent ones are undefined. */
export type Variables = Readonly<Record<string, string | undefined>>;

/**
 * Reads the settings of a process from its environment. This is the only place in the system that reads `process.env`.
 *
 * @param schema a schema whose keys are the names of the variables; empty variables are treated as absent
 * @throws SettingsError with the name of every invalid variable and its expected format, but never its value
 */
export function readSettings<Schema extends z.ZodType>(
  schema: Schema,
  variables: Variables = process.env,
): z.output<Schema> {
  const result = schema.safeParse(withoutEmpty(variables));
  if (result.success) return result.data;
  throw new SettingsError(
    result.error.issues.map((issue) => `${issue.path.join('.') || 'settings'}: ${issue.message}`),
  );
}

/** The environment does not match the schema. Each problem is one line: the variable, then the reason. */
export class SettingsError extends Error {
  constructor(readonly problems: readonly string[]) {
    super(`Invalid environment variables:\n${problems.map((problem) => `  ${problem}`).join('\n')}`);
    this.name = 'SettingsError';
  }
}

/** `true` or `false`. */
export const flag = z.enum(['true', 'false']).transform((value) => value === 'true');

/** A comma-separated list. Blanks around items and empty items are ignored. */
export const list = z.string().transform((value) =>
  value
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== ''),
);

/** A variable that contains JSON: its parsed value, to be validated further by `pipe`. */
export const json = z.string().transform(parseJson);

const port = z.coerce.number().int().min(0).max(65535);

const share = z.coerce.number().min(0).max(1);

/** The environment variables of every process. A service extends it with its own. */
export const processSettings = z.object({
  NODE_ENV: z
    .enum(['development', 'test', 'production'])
    .default('production')
    .describe('`production` forbids every development feature: a process that is configured with one does not start.'),
  HOST: z.string().default('127.0.0.1').describe('Address to listen on. Containers set `0.0.0.0`.'),
  PORT: port.describe('TCP port to listen on; 0 lets the system choose one.'),
  LOG_LEVEL: z
    .enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'])
    .default('info')
    .describe('Lowest level that is logged: `trace`, `debug`, `info`, `warn`, `error`, `fatal` or `silent`.'),
  HEADERS_TIMEOUT_SECONDS: z.coerce
    .number()
    .positive()
    .max(600)
    .default(10)
    .describe('Seconds that a client has to send the headers of a request.'),
  REQUEST_TIMEOUT_SECONDS: z.coerce
    .number()
    .positive()
    .max(600)
    .default(30)
    .describe('Seconds that a client has to send a whole request.'),
  DRAIN_SECONDS: z.coerce
    .number()
    .min(0)
    .max(600)
    .default(20)
    .describe('Seconds that requests in flight have to finish once a stopping process no longer listens.'),
  DRAIN_DELAY_SECONDS: z.coerce
    .number()
    .min(0)
    .max(120)
    .default(5)
    .describe('Seconds that a stopping process still listens while `/ready` fails, so that load balancers notice.'),
  SERVICE_VERSION: z
    .string()
    .default('0.1.0')
    .describe('Version of the build, as telemetry reports it, and outside of production `/health`.'),
  OTEL_EXPORTER_OTLP_ENDPOINT: z
    .url()
    .optional()
    .describe('OTLP collector (HTTP) to which traces and metrics are exported. Without it they are not.'),
  OTEL_TRACES_SAMPLER: z
    .enum(samplerNames)
    .default('parentbased_always_on')
    .describe(
      'Sampler of the traces that are exported to the collector, as in OpenTelemetry: `parentbased_traceidratio`, for example.',
    ),
  OTEL_TRACES_SAMPLER_ARG: share.default(1).describe('Share of traces that a sampler with `traceidratio` exports.'),
  METRICS_PORT: port
    .optional()
    .describe(
      'TCP port at which Prometheus scrapes `/metrics`; 0 lets the system choose one. Without it there is none.',
    ),
  SENTRY_DSN: z
    .url({ protocol: /^https?$/ })
    .optional()
    .describe('Sentry project to which unexpected errors are reported. Without it they are only logged.'),
  SENTRY_TRACES_SAMPLE_RATE: share
    .default(0)
    .describe('Share of traces that are sent to Sentry, 0 to 1, independent of those that are exported.'),
  SENTRY_PROFILES_SAMPLE_RATE: share
    .default(0)
    .describe(
      'Share of the requests whose trace is sent to Sentry that are sent with a CPU profile, 0 to 1. One at a time is profiled.',
    ),
});

export type ProcessSettings = z.output<typeof processSettings>;

/** The environment variables of every subgraph. */
export const subgraphSettings = processSettings.extend({
  CALLER_KEYS: json.describe(
    'JSON Web Key Set of the Ed25519 keys with which the gateway signs callers, by `kid`. Two keys during a rotation.',
  ),
  // An import of 1,000 shows is about 1 MB.
  BODY_LIMIT_BYTES: z.coerce
    .number()
    .int()
    .positive()
    .default(4 * 1024 * 1024)
    .describe('Maximum size of a request body in bytes.'),
  RESPONSE_LIMIT_BYTES: z.coerce
    .number()
    .int()
    .positive()
    .default(8 * 1024 * 1024)
    .describe('Maximum size of a response in bytes. A larger one is cut while it is built.'),
});

export type SubgraphSettings = z.output<typeof subgraphSettings>;

/** The region of services that use AWS. */
export const awsSettings = {
  AWS_REGION: z.string().default('eu-central-1').describe('AWS region of tables, buckets and secrets.'),
};

/** The variables of services that use S3. */
export const s3Settings = {
  ...awsSettings,
  S3_ENDPOINT: z
    .url({ protocol: /^https?$/ })
    .optional()
    .describe("Endpoint of a service with the API of S3. Without it the region's own endpoint is used."),
};

/** The variable of services that have example data. Refine their schema with `noSeedInProduction`. */
export const seedSettings = {
  SEED: flag.default(false).describe('Adds example data to an empty store. Not allowed in production.'),
};

/** Rejects example data in production. Use it as `schema.refine(...noSeedInProduction)`. */
export const noSeedInProduction: [
  check: (settings: { SEED: boolean; NODE_ENV: string }) => boolean,
  problem: { path: string[]; error: string },
] = [
  ({ SEED, NODE_ENV }) => !(SEED && NODE_ENV === 'production'),
  { path: ['SEED'], error: 'expected false: production must not contain example data' },
];

function parseJson(value: string, context: z.RefinementCtx): unknown {
  try {
    return JSON.parse(value);
  } catch {
    context.addIssue({ code: 'custom', message: 'expected JSON' });
    return z.NEVER;
  }
}

function withoutEmpty(variables: Variables): Variables {
  return Object.fromEntries(Object.entries(variables).filter(([, value]) => value !== undefined && value !== ''));
}
