import { z } from 'zod';

/** The environment as a process receives it: every value a string, absent ones undefined. */
export type Variables = Readonly<Record<string, string | undefined>>;

/**
 * Reads the settings of a process from its environment, by a schema whose keys are the variables' names.
 * This is the only place in the system that looks at `process.env`.
 *
 * @throws SettingsError naming every bad variable at once and what was expected of it; values are never repeated.
 */
export function readSettings<Schema extends z.ZodType>(
  schema: Schema,
  variables: Variables = process.env,
): z.output<Schema> {
  const result = schema.safeParse(withoutBlanks(variables));
  if (result.success) return result.data;
  throw new SettingsError(
    result.error.issues.map((issue) => `${issue.path.join('.') || 'settings'}: ${issue.message}`),
  );
}

/** Thrown when the environment does not fit the schema. Each problem is one line: the variable, then what is wrong. */
export class SettingsError extends Error {
  constructor(readonly problems: readonly string[]) {
    super(`The environment does not fit:\n${problems.map((problem) => `  ${problem}`).join('\n')}`);
    this.name = 'SettingsError';
  }
}

/** What every process of the system reads. Extend it with the service's own variables. */
export const processSettings = z.object({
  /** `production` forbids every development convenience: a process that is asked for one refuses to start. */
  NODE_ENV: z.enum(['development', 'test', 'production']).default('production'),
  /** The address to listen on; containers set 0.0.0.0. */
  HOST: z.string().default('127.0.0.1'),
  /** TCP port; 0 lets the system choose. */
  PORT: z.coerce.number().int().min(0).max(65535),
  LOG_LEVEL: z.enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent']).default('info'),
  /** Seconds that a client has to send the headers of a request. */
  HEADERS_TIMEOUT_SECONDS: z.coerce.number().positive().max(600).default(10),
  /** Seconds that a client has to send a whole request. */
  REQUEST_TIMEOUT_SECONDS: z.coerce.number().positive().max(600).default(30),
  /** Seconds that requests in flight get to finish once the process no longer listens. */
  DRAIN_SECONDS: z.coerce.number().min(0).max(600).default(20),
  /** Seconds that a draining process still listens, so that a balancer sees `/ready` fail before connections do. */
  DRAIN_DELAY_SECONDS: z.coerce.number().min(0).max(120).default(5),
  /** What `/health` and telemetry call this build. */
  SERVICE_VERSION: z.string().default('0.1.0'),
  /** Turns the export of traces and metrics on. */
  OTEL_EXPORTER_OTLP_ENDPOINT: z.url().optional(),
  /** TCP port for Prometheus, on the same address; 0 lets the system choose. Nobody reads the metrics there without it. */
  METRICS_PORT: z.coerce.number().int().min(0).max(65535).optional(),
  /** Where unexpected errors are reported. */
  SENTRY_DSN: z.url({ protocol: /^https?$/ }).optional(),
});

export type ProcessSettings = z.output<typeof processSettings>;

/** A variable that holds JSON text: its value, not yet of any shape. */
export const json = z.string().transform(parseJson);

/** What every subgraph reads besides: the keys that callers are signed with. */
export const subgraphSettings = processSettings.extend({
  /** A JSON Web Key Set with the gateway's public Ed25519 keys, by `kid`. Two keys during a rotation. */
  CALLER_KEYS: json,
  /** Largest request body in bytes. An import of 1000 shows is about 1 MB. */
  BODY_LIMIT_BYTES: z.coerce
    .number()
    .int()
    .positive()
    .default(4 * 1024 * 1024),
});

export type SubgraphSettings = z.output<typeof subgraphSettings>;

/** `true` and `false` as people write them in an environment. */
export const flag = z.enum(['true', 'false']).transform((value) => value === 'true');

/** A comma-separated list; blanks around and between items do not count. */
export const list = z.string().transform((value) =>
  value
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== ''),
);

function parseJson(value: string, context: z.RefinementCtx): unknown {
  try {
    return JSON.parse(value);
  } catch {
    context.addIssue({ code: 'custom', message: 'expected JSON' });
    return z.NEVER;
  }
}

function withoutBlanks(variables: Variables): Variables {
  return Object.fromEntries(Object.entries(variables).filter(([, value]) => value !== undefined && value !== ''));
}
