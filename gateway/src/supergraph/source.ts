import type { GatewaySettings } from '../config.js';
import { fileSource } from './file.js';
import { BucketSource } from './bucket.js';

/** Where the supergraph is. */
export interface SupergraphSource {
  /** What it is called in messages. */
  readonly name: string;
  /** The text as it is now. @throws SettingsError when it cannot be read */
  read(): Promise<string>;
  /** The text, when it is another than the one that was told last. */
  changed(): Promise<string | undefined>;
}

export type SourceSettings = Pick<GatewaySettings, 'SUPERGRAPH' | 'AWS_REGION' | 'S3_ENDPOINT'>;

/** A file, or an object in S3 by `s3://bucket/key`. */
export function supergraphSource(settings: SourceSettings): SupergraphSource {
  const [, bucket, key] = /^s3:\/\/([^/]+)\/(.+)$/.exec(settings.SUPERGRAPH) ?? [];
  return bucket !== undefined && key !== undefined
    ? new BucketSource(settings, { Bucket: bucket, Key: key })
    : fileSource(settings.SUPERGRAPH);
}
