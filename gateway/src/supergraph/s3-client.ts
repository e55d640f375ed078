import type { S3Client } from '@aws-sdk/client-s3';
import type { SourceSettings } from './supergraph-source.js';

/** Limits of each attempt: one that is not answered in time ends with its connection. */
export const attemptLimits = {
  maxAttempts: 3,
  requestHandler: {
    connectionTimeout: 1_000,
    requestTimeout: 3_000,
    socketTimeout: 3_000,
    throwOnRequestTimeout: true,
  },
};

/** A custom endpoint, such as that of an S3-compatible store, gets path-style requests and fixed credentials. */
export async function openS3Client({ AWS_REGION, S3_ENDPOINT }: SourceSettings): Promise<S3Client> {
  const { S3Client } = await import('@aws-sdk/client-s3');
  return new S3Client({
    region: AWS_REGION,
    ...attemptLimits,
    ...(S3_ENDPOINT !== undefined && {
      endpoint: S3_ENDPOINT,
      forcePathStyle: true,
      credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
    }),
  });
}
