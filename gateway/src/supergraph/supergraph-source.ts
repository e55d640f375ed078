import type { GatewaySettings } from '../config.js';
import { fileSource } from './file-source.js';
import { S3Source } from './s3-source.js';

/** Reads the supergraph from where it is stored. */
export interface SupergraphSource {
  /** The address, for messages. */
  readonly name: string;
  /** The environment variable of the address, for messages. */
  readonly variable: SourceVariable;
  /** Reads the SDL. @throws SettingsError when it cannot be read */
  read(): Promise<string>;
  /** Reads the SDL if it has changed since the last read; undefined otherwise. */
  changed(): Promise<string | undefined>;
  /** SDLs from before the newest one, the latest first. */
  earlier(): AsyncIterable<EarlierSupergraph>;
  /** Keeps an SDL that is served for later starts, if the source does not keep earlier ones itself. */
  keep?(sdl: string): Promise<void>;
}

/** A supergraph that may be served at the start if the newest one cannot. */
export interface EarlierSupergraph {
  /** Its address, for messages. */
  name: string;
  sdl: string;
}

/** Environment variables that hold the address of a supergraph. */
export type SourceVariable = 'SUPERGRAPH' | 'PARTNER_SUPERGRAPH';

export type SourceSettings = Pick<GatewaySettings, 'AWS_REGION' | 'S3_ENDPOINT'>;

export interface SupergraphAddress {
  variable: SourceVariable;
  /** The path of a file, or `s3://bucket/key`. */
  address: string;
}

export function supergraphSource(at: SupergraphAddress, settings: SourceSettings): SupergraphSource {
  const [, bucket, key] = /^s3:\/\/([^/]+)\/(.+)$/.exec(at.address) ?? [];
  return bucket !== undefined && key !== undefined
    ? new S3Source(at, { Bucket: bucket, Key: key }, settings)
    : fileSource(at);
}
