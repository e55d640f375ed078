import type { GatewaySettings } from '../config.js';
import { fileSource } from './file.js';
import { BucketSource } from './bucket.js';

/** Where the supergraph is. */
export interface SupergraphSource {
  /** What it is called in messages. */
  readonly name: string;
  /** The variable that says so. */
  readonly variable: SourceVariable;
  /** The text as it is now. @throws SettingsError when it cannot be read */
  read(): Promise<string>;
  /** The text, when it is another than the one that was told last. */
  changed(): Promise<string | undefined>;
}

/** The variables that name a supergraph. */
export type SourceVariable = 'SUPERGRAPH' | 'PARTNER_SUPERGRAPH';

export type SourceSettings = Pick<GatewaySettings, 'AWS_REGION' | 'S3_ENDPOINT'>;

/** Where a supergraph is said to be, and by which variable. */
export interface SourceAddress {
  variable: SourceVariable;
  address: string;
}

/** A file, or an object in S3 by `s3://bucket/key`. */
export function supergraphSource(at: SourceAddress, settings: SourceSettings): SupergraphSource {
  const [, bucket, key] = /^s3:\/\/([^/]+)\/(.+)$/.exec(at.address) ?? [];
  return bucket !== undefined && key !== undefined
    ? new BucketSource(at, { Bucket: bucket, Key: key }, settings)
    : fileSource(at);
}
