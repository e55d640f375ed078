import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';

/** Names the secret that holds `DATABASE_URL`. */
const pointer = 'DATABASE_URL_SECRET';

/** Puts the address of the database where settings are read from: the function itself is told only where it is. */
export async function loadDatabaseUrl(): Promise<void> {
  if (process.env.DATABASE_URL !== undefined) return;
  const client = new SecretsManagerClient({});
  const { SecretString } = await client.send(new GetSecretValueCommand({ SecretId: process.env[pointer] }));
  process.env.DATABASE_URL = SecretString;
}
