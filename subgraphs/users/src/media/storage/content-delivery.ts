import { createHash } from 'node:crypto';
import { postSigned } from '@marquee/chassis/http/signed-request';
import { z } from 'zod';

/** The variables of the network in front of the bucket. */
export const deliverySettings = {
  MEDIA_DISTRIBUTION_ID: z
    .string()
    .optional()
    .describe(
      'CloudFront distribution that caches the files; those of deleted accounts are invalidated. Without it they expire.',
    ),
  CLOUDFRONT_ENDPOINT: z
    .url({ protocol: /^https?$/ })
    .optional()
    .describe('Endpoint of a service with the API of CloudFront. Without it that of AWS is used.'),
};

export type DeliverySettings = z.output<z.ZodObject<typeof deliverySettings>>;

/** The caches between the storage and the clients. */
export interface ContentDelivery {
  /** Removes the copies of public files. Idempotent. @throws if the network does not accept it */
  purge(keys: readonly string[]): Promise<void>;
}

/** For a storage that serves its files itself. */
export const directDelivery: ContentDelivery = { purge: () => Promise.resolve() };

/** Paths of one request. CloudFront works on up to 3,000 at a time. */
const maxPaths = 1000;

const timeoutMs = 10_000;

/** Invalidates files in a CloudFront distribution, which is usually done within a minute. */
export function cloudFrontDelivery(settings: DeliverySettings): ContentDelivery {
  const { MEDIA_DISTRIBUTION_ID: distribution, CLOUDFRONT_ENDPOINT: endpoint } = settings;
  if (distribution === undefined) return directDelivery;
  const path = `2020-05-31/distribution/${encodeURIComponent(distribution)}/invalidation`;
  const url = `${endpoint ?? 'https://cloudfront.amazonaws.com'}/${path}`;
  return {
    async purge(keys) {
      for (let at = 0; at < keys.length; at += maxPaths) {
        const { status } = await postSigned({
          service: 'cloudfront',
          // The region in which CloudFront verifies signatures.
          region: 'us-east-1',
          url,
          headers: { 'content-type': 'application/xml' },
          body: invalidationBatch(keys.slice(at, at + maxPaths)),
          isEmulated: endpoint !== undefined,
          timeoutMs,
        });
        if (status !== 201 && status !== 200)
          throw new Error(`CloudFront answered the invalidation with HTTP ${status}`);
      }
    },
  };
}

/** A batch that is sent again has the same reference, and is not worked on twice. */
function invalidationBatch(keys: readonly string[]): string {
  const paths = keys.map((key) => `/${key}`);
  const reference = createHash('sha256').update(paths.join('\n')).digest('hex');
  const items = paths.map((path) => `<Path>${path}</Path>`).join('');
  return (
    '<?xml version="1.0" encoding="UTF-8"?><InvalidationBatch xmlns="http://cloudfront.amazonaws.com/doc/2020-05-31/">' +
    `<CallerReference>${reference}</CallerReference><Paths><Items>${items}</Items>` +
    `<Quantity>${paths.length}</Quantity></Paths></InvalidationBatch>`
  );
}
