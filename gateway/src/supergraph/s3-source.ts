import type { S3Client } from '@aws-sdk/client-s3';
import { SettingsError } from '@marquee/chassis/config/settings';
import type { SourceSettings, SourceVariable, SupergraphAddress, SupergraphSource } from './supergraph-source.js';

/** Milliseconds after which a read is aborted, so that one that hangs does not stop the polling. */
const readTimeout = 10_000;

interface ObjectLocation {
  Bucket: string;
  Key: string;
}

/** An object in S3, which is downloaded only when its ETag has changed. The AWS SDK is imported on the first read. */
export class S3Source implements SupergraphSource {
  readonly name: string;
  readonly variable: SourceVariable;
  #client: S3Client | undefined;
  #etag: string | undefined;
  #lastText: string | undefined;

  constructor(
    { variable, address }: SupergraphAddress,
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

  /** The object's text; undefined if the ETag is that of the last download. */
  async #download(): Promise<string | undefined> {
    const { GetObjectCommand } = await import('@aws-sdk/client-s3');
    this.#client ??= await openClient(this.settings);
    const command = new GetObjectCommand({
      ...this.location,
      ...(this.#etag !== undefined && { IfNoneMatch: this.#etag }),
    });
    try {
      const response = await this.#client.send(command, { abortSignal: AbortSignal.timeout(readTimeout) });
      const text = await response.Body?.transformToString();
      this.#etag = response.ETag;
      return text;
    } catch (error) {
      if (isNotModified(error)) return undefined;
      throw error;
    }
  }
}

/** A custom endpoint, such as that of an S3-compatible store, gets path-style requests and fixed credentials. */
async function openClient({ AWS_REGION, S3_ENDPOINT }: SourceSettings): Promise<S3Client> {
  const { S3Client } = await import('@aws-sdk/client-s3');
  return new S3Client({
    region: AWS_REGION,
    ...(S3_ENDPOINT !== undefined && {
      endpoint: S3_ENDPOINT,
      forcePathStyle: true,
      credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
    }),
  });
}

function isNotModified(error: unknown): boolean {
  return (error as { $metadata?: { httpStatusCode?: number } }).$metadata?.httpStatusCode === 304;
}
