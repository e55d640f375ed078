/** The used part of a module that the Lambda runtime provides. */
declare module '@aws-sdk/client-secrets-manager' {
  export class SecretsManagerClient {
    constructor(options: object);
    send(command: GetSecretValueCommand): Promise<{ SecretString?: string }>;
  }
  export class GetSecretValueCommand {
    constructor(input: { SecretId: string | undefined });
  }
}
