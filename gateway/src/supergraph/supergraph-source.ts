import type { GatewaySettings } from '../config.js';
import { fileSource } from './file-source.js';
import { S3Source } from './s3-source.js';

/** Reads a text from where it is stored. */
export interface TextSource {
  /** The address, for messages. */
  readonly name: string;
  /** The environment variable of the address, for messages. */
  readonly variable: SourceVariable;
  /** Reads the text. @throws SettingsError when it cannot be read */
  read(): Promise<string>;
  /** Reads the text if it has changed since the last read; undefined otherwise. */
  changed(): Promise<string | undefined>;
}

/** Reads the SDL of the supergraph. */
export interface SupergraphSource extends TextSource {
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
export type SupergraphVariable = 'SUPERGRAPH' | 'PARTNER_SUPERGRAPH' | 'PREVIEW_REGISTRY';

/** Environment variables that hold addresses of texts. */
export type SourceVariable = SupergraphVariable | 'TRUSTED_DOCUMENTS_FILE' | 'PARTNER_CHANGES';

export type SourceSettings = Pick<GatewaySettings, 'AWS_REGION' | 'S3_ENDPOINT'>;

export interface SourceAddress {
  variable: SourceVariable;
  /** The path of a file, or `s3://bucket/key`. */
  address: string;
}

export function sourceAt(at: SourceAddress, settings: SourceSettings): SupergraphSource {
  const [, bucket, key] = /^s3:\/\/([^/]+)\/(.+)$/.exec(at.address) ?? [];
  return bucket !== undefined && key !== undefined
    ? new S3Source(at, { Bucket: bucket, Key: key }, settings)
    : fileSource(at);
}
