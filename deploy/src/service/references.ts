import type { Stack } from 'aws-cdk-lib';
import { Secret as ContainerSecret } from 'aws-cdk-lib/aws-ecs';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { type ISecret, Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { StringParameter } from 'aws-cdk-lib/aws-ssm';

/** A secret of another stack, and the key that encrypts it. */
export interface EncryptedSecret {
  secret: ISecret;
  key: IKey;
}

/** The variables that a container receives by reference: secrets, and the names of SSM parameters. */
export interface SecretReferences {
  secrets: Readonly<Record<string, EncryptedSecret>>;
  parameters: Readonly<Record<string, string>>;
}

/** Variables that ECS resolves when it starts a container. CDK grants the execution role read access to them. */
export function containerSecrets(
  stack: Stack,
  id: string,
  { secrets, parameters }: SecretReferences,
): Record<string, ContainerSecret> {
  const bySecret = Object.entries(secrets).map(([variable, { secret }]) => [
    variable,
    ContainerSecret.fromSecretsManager(importSecret(stack, `${id}-${variable}`, secret)),
  ]);
  const byParameter = Object.entries(parameters).map(([variable, parameter]) => [
    variable,
    ContainerSecret.fromSsmParameter(StringParameter.fromStringParameterName(stack, `${id}-${variable}`, parameter)),
  ]);
  return Object.fromEntries([...bySecret, ...byParameter]) as Record<string, ContainerSecret>;
}

/** Imports the secret without its key, because the key's policy is in the other stack. `decryptStatement` grants its use. */
function importSecret(stack: Stack, id: string, { secretArn }: ISecret): ISecret {
  return Secret.fromSecretCompleteArn(stack, id, secretArn);
}

/** Allows a program to read a secret itself, where ECS does not resolve it, or when it may have changed since. */
export function readStatements(secret: EncryptedSecret): PolicyStatement[] {
  const actions = ['secretsmanager:GetSecretValue'];
  const read = new PolicyStatement({ sid: 'Secret', actions, resources: [secret.secret.secretArn] });
  return [read, decryptStatement([secret])];
}

/** Allows the use of the keys only through Secrets Manager. */
export function decryptStatement(secrets: readonly EncryptedSecret[]): PolicyStatement {
  return new PolicyStatement({
    sid: 'SecretKeys',
    actions: ['kms:Decrypt'],
    resources: [...new Set(secrets.map(({ key }) => key.keyArn))],
    conditions: { StringLike: { 'kms:ViaService': 'secretsmanager.*.amazonaws.com' } },
  });
}
