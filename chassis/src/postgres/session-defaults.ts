/** The schema of a service, and who connects to it. */
export interface SessionSettings {
  DATABASE_URL: string;
  DATABASE_SCHEMA: string;
  /** Milliseconds after which this process cancels a statement. Default: no limit. */
  statementMs?: number;
}

/** Where the defaults of the sessions of a service come from. */
export interface SessionDefaults {
  /** Options of the client of pg. */
  startup: { options?: string };
  /** The limit for a statement in milliseconds that the role shall have; undefined if `startup` contains it. */
  roleTimeoutMs?: number;
}

/** Milliseconds after the limit of this process at which the server ends a statement, if the process could not. */
const graceMs = 2_000;

/**
 * The schema and the limit for statements are defaults of the role if it has the name of the schema, as every deployment
 * has: Postgres finds that schema by itself, and poolers such as PgBouncer refuse or ignore options of a connection.
 * A role with another name, which may use several schemas, sends them when it connects.
 */
export function sessionDefaults({ DATABASE_URL, DATABASE_SCHEMA, statementMs }: SessionSettings): SessionDefaults {
  const timeoutMs = statementMs === undefined ? undefined : Math.ceil(statementMs) + graceMs;
  if (decodeURIComponent(new URL(DATABASE_URL).username) === DATABASE_SCHEMA)
    return { startup: {}, ...(timeoutMs !== undefined && { roleTimeoutMs: timeoutMs }) };
  const timeout = timeoutMs === undefined ? '' : ` -c statement_timeout=${timeoutMs}`;
  return { startup: { options: `-c search_path=${DATABASE_SCHEMA},public${timeout}` } };
}
