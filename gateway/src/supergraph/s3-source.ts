import type { S3Client } from '@aws-sdk/client-s3';
import { SettingsError } from '@marquee/chassis/config/settings';
import { openS3Client } from './s3-client.js';
import type {
  EarlierSupergraph,
  SourceSettings,
  SourceVariable,
  SourceAddress,
  SupergraphSource,
} from './supergraph-source.js';

/** Milliseconds after which a read with all its attempts is aborted, so that the next poll can follow. */
export const readTimeoutMs = 10_000;

/** Maximum of earlier versions of the object that are considered at a start. */
const maxEarlier = 20;

interface ObjectLocation {
  Bucket: string;
  Key: string;
}

/**
 * An object in S3, which is downloaded only when its ETag has changed. In a bucket with versioning, its earlier versions
 * are the earlier supergraphs. The AWS SDK is imported on the first read.
 */
export class S3Source implements SupergraphSource {
  readonly name: string;
  readonly variable: SourceVariable;
  #client: S3Client | undefined;
  #etag: string | undefined;
  #lastText: string | undefined;

  constructor(
    { variable, address }: SourceAddress,
    private readonly location: ObjectLocation,
    private readonly settings: SourceSettings,
  ) {
    this.name = address;
    this.variable = variable;
  }

  async read(): Promise<string> {
    try {
      return (this.#lastText = (await this.#download()) ?? '');
    } catch (error) {
      throw new SettingsError([`${this.variable}: cannot read "${this.name}": ${(error as Error).message}`]);
    }
  }

  async changed(): Promise<string | undefined> {
    const text = await this.#download();
    if (text === undefined || text === this.#lastText) return undefined;
    return (this.#lastText = text);
  }

  async *earlier(): AsyncGenerator<EarlierSupergraph> {
    const { GetObjectCommand, ListObjectVersionsCommand } = await import('@aws-sdk/client-s3');
    const client = await this.#open();
    const { Bucket, Key } = this.location;
    const list = new ListObjectVersionsCommand({ Bucket, Prefix: Key, MaxKeys: maxEarlier });
    const { Versions = [] } = await client.send(list, { abortSignal: AbortSignal.timeout(readTimeoutMs) });
    for (const { Key: key, ETag, VersionId } of Versions) {
      // Other keys may begin with this one. The newest version is known already.
      if (key !== Key || VersionId === undefined || ETag === this.#etag) continue;
      const command = new GetObjectCommand({ Bucket, Key, VersionId });
      const { Body } = await client.send(command, { abortSignal: AbortSignal.timeout(readTimeoutMs) });
      yield { name: `${this.name}?versionId=${VersionId}`, sdl: (await Body?.transformToString()) ?? '' };
    }
  }

  /** The object's text; undefined if the ETag is that of the last download. */
  async #download(): Promise<string | undefined> {
    const { GetObjectCommand } = await import('@aws-sdk/client-s3');
    const command = new GetObjectCommand({
      ...this.location,
      ...(this.#etag !== undefined && { IfNoneMatch: this.#etag }),
    });
    try {
      const client = await this.#open();
      const response = await client.send(command, { abortSignal: AbortSignal.timeout(readTimeoutMs) });
      const text = await response.Body?.transformToString();
      this.#etag = response.ETag;
      return text;
    } catch (error) {
      if (isNotModified(error)) return undefined;
      throw error;
    }
  }

  async #open(): Promise<S3Client> {
    return (this.#client ??= await openS3Client(this.settings));
  }
}

function isNotModified(error: unknown): boolean {
  return (error as { $metadata?: { httpStatusCode?: number } }).$metadata?.httpStatusCode === 304;
}
