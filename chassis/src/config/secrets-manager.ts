import { z } from 'zod';
import { errorInAnswer, postSigned } from '../http/signed-request.js';

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
 * Reads the current value of a secret, with the credentials of the process.
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
  const { status, text } = await postSigned({
    service: 'secretsmanager',
    region,
    url: endpoint ?? `https://secretsmanager.${region}.amazonaws.com`,
    headers: { 'content-type': 'application/x-amz-json-1.1', 'x-amz-target': 'secretsmanager.GetSecretValue' },
    body: JSON.stringify({ SecretId: id }),
    isEmulated: endpoint !== undefined,
    timeoutMs: secretLimits.answerMs,
  });
  if (status >= 500) throw new Error(`HTTP ${status}`);
  if (status !== 200) throw new RefusedError(errorInAnswer(text) ?? `HTTP ${status}`);
  const { SecretString } = JSON.parse(text) as { SecretString?: string };
  if (SecretString === undefined) throw new RefusedError('it is not a text');
  return SecretString;
}
