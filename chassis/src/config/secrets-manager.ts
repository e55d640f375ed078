import { z } from 'zod';

/** The variables of programs that read a secret of AWS Secrets Manager. */
export const secretsSettings = {
  SECRETS_ENDPOINT: z
    .url({ protocol: /^https?$/ })
    .optional()
    .describe("Endpoint of a service with the API of AWS Secrets Manager. Without it the region's own is used."),
};

export interface SecretsSettings {
  AWS_REGION: string;
  SECRETS_ENDPOINT?: string | undefined;
}

/** Milliseconds that each of the attempts has for its answer. */
export const secretLimits = { answerMs: 2_000, maxAttempts: 2 };

/**
 * Reads the current value of a secret, with the credentials of the process. The request is signed by the parts of the AWS
 * SDK that its other clients use as well; no client of its own is needed for a single call. They are loaded on demand.
 *
 * @param id the name or ARN of the secret
 * @throws Error if it cannot be read; the message contains no secret
 */
export async function readSecret(id: string, settings: SecretsSettings): Promise<string> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await requestSecret(id, settings);
    } catch (failure) {
      if (failure instanceof RefusedError || attempt === secretLimits.maxAttempts)
        throw new Error(`cannot read the secret ${id}: ${(failure as Error).message}`, { cause: failure });
    }
  }
}

/** An answer that a further attempt would not change. */
class RefusedError extends Error {
  override name = 'RefusedError';
}

async function requestSecret(id: string, settings: SecretsSettings): Promise<string> {
  const { AWS_REGION: region, SECRETS_ENDPOINT: endpoint } = settings;
  const url = endpoint ?? `https://secretsmanager.${region}.amazonaws.com`;
  const body = JSON.stringify({ SecretId: id });
  const headers = await signedHeaders(new URL(url), body, settings);
  const response = await fetch(url, {
    method: 'POST',
    headers,
    body,
    signal: AbortSignal.timeout(secretLimits.answerMs),
  });
  const text = await response.text();
  if (response.status >= 500) throw new Error(`HTTP ${response.status}`);
  if (!response.ok) throw new RefusedError(errorIn(text) ?? `HTTP ${response.status}`);
  const { SecretString } = JSON.parse(text) as { SecretString?: string };
  if (SecretString === undefined) throw new RefusedError('it is not a text');
  return SecretString;
}

async function signedHeaders(
  { protocol, host, hostname }: URL,
  body: string,
  { AWS_REGION: region, SECRETS_ENDPOINT: endpoint }: SecretsSettings,
): Promise<Record<string, string>> {
  const [{ SignatureV4 }, { Sha256 }] = await Promise.all([
    import('@smithy/signature-v4'),
    import('@smithy/core/checksum'),
  ]);
  const credentials = endpoint === undefined ? await environmentCredentials() : emulatorCredentials;
  const signer = new SignatureV4({ service: 'secretsmanager', region, credentials, sha256: Sha256 });
  const headers = {
    host,
    'content-type': 'application/x-amz-json-1.1',
    'x-amz-target': 'secretsmanager.GetSecretValue',
  };
  const signed = await signer.sign({ method: 'POST', protocol, hostname, path: '/', headers, body });
  return signed.headers;
}

/** As the SDK finds them: variables, the task's or the function's role, files. */
async function environmentCredentials() {
  const { defaultProvider } = await import('@aws-sdk/credential-provider-node');
  return defaultProvider();
}

/** A signature needs credentials, which an emulator does not verify. */
const emulatorCredentials = { accessKeyId: 'emulator', secretAccessKey: 'emulator' };

function errorIn(text: string): string | undefined {
  try {
    const { __type, Message, message } = JSON.parse(text) as Record<string, string | undefined>;
    return [__type, Message ?? message].filter((part) => part !== undefined).join(': ');
  } catch {
    return undefined;
  }
}
