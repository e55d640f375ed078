/** What Lambda's runtime brings with it, as far as it is used here. */
declare module '@aws-sdk/client-secrets-manager' {
  export class SecretsManagerClient {
    constructor(options: object);
    send(command: GetSecretValueCommand): Promise<{ SecretString?: string }>;
  }
  export class GetSecretValueCommand {
    constructor(input: { SecretId: string | undefined });
  }
}
