import { DescribeTableCommand, type DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { getEndpointFromInstructions } from '@smithy/core/endpoints';
import type { RetryStrategyV2 } from '@smithy/types';
import { RequestSigner } from './request-signer.js';

/** The parts of the AWS SDK that a client of DynamoDB uses. */
export interface DynamoAccess {
  endpoint: URL;
  retryStrategy: RetryStrategyV2;
  /** Returns the headers of a request, with names and values in turn. @throws Error without credentials */
  sign(operation: string, body: string): Promise<string[]>;
  /** Adopts the clock of the server if that of this machine is wrong. Returns whether a new signature is needed. */
  correctClock(serverDate: string | undefined): boolean;
}

/** Larger differences of clocks make signatures invalid; the limit of DynamoDB is five minutes. */
const maxSkewMs = 240_000;

/** Resolves the region, the endpoint and the source of the credentials as the SDK does. */
export async function openAccess(client: DynamoDBClient): Promise<DynamoAccess> {
  const { config } = client;
  const { url: endpoint } = await getEndpointFromInstructions({}, DescribeTableCommand, config);
  const signer = new RequestSigner({ url: endpoint, region: await config.region() });
  const credentials = keptFor(credentialsMs, config.credentials);
  let skewMs = 0;
  return {
    endpoint,
    // The SDK's default strategies are of this version.
    retryStrategy: (await config.retryStrategy()) as RetryStrategyV2,
    async sign(operation, body) {
      return signer.sign(operation, body, await credentials(), Date.now() + skewMs);
    },
    correctClock(serverDate) {
      const measured = Date.parse(serverDate ?? '') - Date.now();
      const isWrong = Math.abs(measured - skewMs) > maxSkewMs;
      if (isWrong) skewMs = measured;
      return isWrong;
    },
  };
}

/**
 * Milliseconds for which credentials are used without asking the SDK, which does not renew them for minutes but passes
 * through five promises.
 */
const credentialsMs = 1_000;

/** Calls `load` again once its last result is older than this. Its errors are not kept. */
function keptFor<Value>(milliseconds: number, load: () => Promise<Value>): () => Value | Promise<Value> {
  let kept: { value: Value; loadedAt: number } | undefined;
  return () => {
    if (kept && performance.now() - kept.loadedAt < milliseconds) return kept.value;
    return load().then((value) => {
      kept = { value, loadedAt: performance.now() };
      return value;
    });
  };
}
