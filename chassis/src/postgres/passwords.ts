import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { SettingsError } from '../config/settings.js';
import { readSecret, type SecretsSettings, secretsSettings } from '../config/secrets-manager.js';

/** The variables from which a service reads its password again while it runs. */
export const passwordSettings = {
  DATABASE_PASSWORD_FILE: z
    .string()
    .optional()
    .describe(
      'File with the password of the role, instead of that in `DATABASE_URL`. It is read for each new connection, so that a password may change without a restart.',
    ),
  DATABASE_SECRET_ID: z
    .string()
    .optional()
    .describe(
      'Secret of AWS Secrets Manager that is read when Postgres refuses the password, so that it may change without a restart: the database URL, or JSON with `password`.',
    ),
  ...secretsSettings,
};

export interface PasswordSettings extends Partial<SecretsSettings> {
  DATABASE_URL: string;
  DATABASE_PASSWORD_FILE?: string | undefined;
  DATABASE_SECRET_ID?: string | undefined;
}

/** The password of new connections, which may change while the process runs. */
export interface Passwords {
  /** @throws PasswordError if it cannot be read */
  read(): Promise<string>;
  /**
   * The server refused the password of a connection.
   * @param since when the connection was requested, by `performance.now()`: a password whose read started after that
   * may be right
   */
  refused(since: number): void;
}

/** The password cannot be read now. It has the SQLSTATE of one that the server refused, since the same follows from it. */
class PasswordError extends Error {
  override name = 'PasswordError';
  readonly code = '28P01';
}

/** Returns undefined if the password is that of the URL. @throws SettingsError if there are two sources of it */
export function openPasswords(settings: PasswordSettings): Passwords | undefined {
  const { DATABASE_PASSWORD_FILE: file, DATABASE_SECRET_ID: secret } = settings;
  if (file !== undefined && secret !== undefined)
    throw new SettingsError(['DATABASE_SECRET_ID: must not be set with DATABASE_PASSWORD_FILE']);
  if (file !== undefined) return { read: () => readPasswordFile(file).catch(fail), refused: () => undefined };
  return secret === undefined ? undefined : new SecretPasswords(secret, settings);
}

function fail(cause: unknown): never {
  throw new PasswordError(`cannot read the password of the database: ${(cause as Error).message}`, { cause });
}

/** Editors and secret stores end a file with a line break. */
async function readPasswordFile(file: string): Promise<string> {
  return (await readFile(file, 'utf8')).replace(/\r?\n$/, '');
}

/** The password of the URL until the server refuses it, then that of the secret. All connections share one read. */
class SecretPasswords implements Passwords {
  #current: Promise<string> | undefined;
  /** When the last read of the secret started. */
  #readAt = -Infinity;

  constructor(
    private readonly secretId: string,
    private readonly settings: PasswordSettings,
  ) {
    const { password } = new URL(settings.DATABASE_URL);
    if (password !== '') this.#current = Promise.resolve(decodeURIComponent(password));
  }

  read(): Promise<string> {
    if (this.#current) return this.#current;
    const reading = this.#readSecret().catch(fail);
    reading.catch(() => (this.#current = undefined));
    return (this.#current = reading);
  }

  refused(since: number): void {
    if (since >= this.#readAt) this.#current = undefined;
  }

  async #readSecret(): Promise<string> {
    const { AWS_REGION = '', SECRETS_ENDPOINT } = this.settings;
    this.#readAt = performance.now();
    const text = await readSecret(this.secretId, { AWS_REGION, SECRETS_ENDPOINT });
    return passwordIn(text) ?? reject(this.secretId);
  }
}

/** RDS stores a JSON object, `npm run secrets` the whole URL. */
function passwordIn(text: string): string | undefined {
  try {
    if (/^postgres(ql)?:/.test(text)) return decodeURIComponent(new URL(text).password) || undefined;
    const { password } = JSON.parse(text) as { password?: unknown };
    return typeof password === 'string' ? password : undefined;
  } catch {
    return undefined;
  }
}

function reject(secretId: string): never {
  throw new Error(`the secret ${secretId} has no password: expected a database URL, or JSON with "password"`);
}
