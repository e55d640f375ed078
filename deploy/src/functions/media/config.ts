import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';

/** The variable with the ARN of the secret that contains DATABASE_URL. */
const secretVariable = 'DATABASE_URL_SECRET';

/** Sets DATABASE_URL from Secrets Manager, because the function's configuration contains only the secret's ARN. */
export async function loadDatabaseUrl(): Promise<void> {
  if (process.env.DATABASE_URL !== undefined) return;
  const client = new SecretsManagerClient({});
  const { SecretString } = await client.send(new GetSecretValueCommand({ SecretId: process.env[secretVariable] }));
  process.env.DATABASE_URL = SecretString;
}
