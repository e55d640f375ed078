import type { Stack } from 'aws-cdk-lib';
import { Secret as ContainerSecret } from 'aws-cdk-lib/aws-ecs';
import { type IRole, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { type ISecret, Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { StringParameter } from 'aws-cdk-lib/aws-ssm';

/** A secret of another stack, and what it is encrypted with. */
export interface EncryptedSecret {
  secret: ISecret;
  key: IKey;
}

/** What a container is told by reference: secrets, and parameters by their names. */
export interface SecretReferences {
  secrets: Readonly<Record<string, EncryptedSecret>>;
  parameters: Readonly<Record<string, string>>;
}

/** Variables that ECS fills in when it starts a container; the role that starts it is given the right to read them. */
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

/** Without its key, whose policy is in the other stack: the right to use that is given here, by `decryption`. */
function importSecret(stack: Stack, id: string, { secretArn }: ISecret): ISecret {
  return Secret.fromSecretCompleteArn(stack, id, secretArn);
}

/** The right to read secrets as such, for those that nobody reads in one's stead. */
export function grantRead(role: IRole, held: EncryptedSecret): void {
  role.addToPrincipalPolicy(
    new PolicyStatement({
      sid: 'Secret',
      actions: ['secretsmanager:GetSecretValue'],
      resources: [held.secret.secretArn],
    }),
  );
  role.addToPrincipalPolicy(decryptStatement([held]));
}

/** Keys may be used for what Secrets Manager holds, and for nothing else. */
export function decryptStatement(held: readonly EncryptedSecret[]): PolicyStatement {
  return new PolicyStatement({
    sid: 'SecretKeys',
    actions: ['kms:Decrypt'],
    resources: [...new Set(held.map(({ key }) => key.keyArn))],
    conditions: { StringLike: { 'kms:ViaService': 'secretsmanager.*.amazonaws.com' } },
  });
}
