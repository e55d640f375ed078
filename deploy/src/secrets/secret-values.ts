import { type Aws, AwsError } from './aws.js';

/** A stage of a secret's version: the one in use, the next one, the one before. */
export type SecretStage = 'AWSCURRENT' | 'AWSPENDING' | 'AWSPREVIOUS';

/** A version of a secret. */
export interface SecretVersion {
  value: string;
  createdAt: Date;
}

/** Reads a version of a secret. Undefined if the secret does not exist, or has no version of this stage. */
export async function readVersion(
  aws: Aws,
  SecretId: string,
  VersionStage: SecretStage = 'AWSCURRENT',
): Promise<SecretVersion | undefined> {
  const input = { SecretId, VersionStage };
  try {
    const found = await aws<{ SecretString?: string; CreatedDate: string }>(
      'secretsmanager',
      'get-secret-value',
      input,
    );
    return { value: found.SecretString ?? '', createdAt: new Date(found.CreatedDate) };
  } catch (failure) {
    if (failure instanceof AwsError && failure.code === 'ResourceNotFoundException') return undefined;
    throw failure;
  }
}

/** Reads a secret in use. Undefined if it does not exist. */
export async function readSecret(aws: Aws, id: string): Promise<string | undefined> {
  return (await readVersion(aws, id))?.value;
}
