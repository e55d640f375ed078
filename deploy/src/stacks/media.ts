import type { App } from 'aws-cdk-lib';
import type { Environment } from '../environments.js';
import { output } from '../output.js';
import { createStack } from '../stack.js';
import type { Data } from './data.js';
import { mediaBucket } from './media/media-bucket.js';
import { createDistribution, type MediaDistribution } from './media/distribution.js';
import { createFunction } from './media/media-function.js';
import type { Network } from './network.js';

/** `MEDIA_PUBLIC_URL` and `MEDIA_DISTRIBUTION_ID` */
export type Media = MediaDistribution;

/** A bucket for uploads, a function that processes them, and a distribution that serves the accepted files. */
export function media(app: App, environment: Environment, network: Network, data: Data): Media {
  const description = 'Uploads, their processing, and the public media files';
  const stack = createStack(app, environment, 'media', description, { crossRegionReferences: true });
  const bucket = mediaBucket(stack, environment);
  const distribution = createDistribution(app, stack, environment, bucket);
  const { publicUrl } = distribution;
  createFunction(stack, environment, { network, data, publicUrl, bucket });
  output(stack, 'MediaUrl', publicUrl, 'The address of public media files');
  output(stack, 'MediaBucket', bucket.bucketName, 'The bucket of uploads and media files');
  return distribution;
}
