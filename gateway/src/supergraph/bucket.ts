import type { S3Client } from '@aws-sdk/client-s3';
import { SettingsError } from '@marquee/chassis/config/settings';
import type { SourceAddress, SourceSettings, SourceVariable, SupergraphSource } from './source.js';

/** Milliseconds for one look, so that a look that hangs does not end all looking. */
const lookTimeout = 10_000;

interface Place {
  Bucket: string;
  Key: string;
}

/** An object in S3. It is read again only when its ETag is another. The AWS library is loaded at the first look. */
export class BucketSource implements SupergraphSource {
  readonly name: string;
  readonly variable: SourceVariable;
  #client: S3Client | undefined;
  #etag: string | undefined;
  #known: string | undefined;

  constructor(
    { variable, address }: SourceAddress,
    private readonly place: Place,
    private readonly settings: SourceSettings,
  ) {
    this.name = address;
    this.variable = variable;
  }

  async read(): Promise<string> {
    try {
      return (this.#known = (await this.#look()) ?? '');
    } catch (failure) {
      throw new SettingsError([`${this.variable}: cannot read "${this.name}": ${(failure as Error).message}`]);
    }
  }

  async changed(): Promise<string | undefined> {
    const text = await this.#look();
    if (text === undefined || text === this.#known) return undefined;
    return (this.#known = text);
  }

  /** The text, when the ETag is another than at the last look. */
  async #look(): Promise<string | undefined> {
    const { GetObjectCommand } = await import('@aws-sdk/client-s3');
    this.#client ??= await openClient(this.settings);
    const wanted = new GetObjectCommand({
      ...this.place,
      ...(this.#etag !== undefined && { IfNoneMatch: this.#etag }),
    });
    try {
      const answer = await this.#client.send(wanted, { abortSignal: AbortSignal.timeout(lookTimeout) });
      const text = await answer.Body?.transformToString();
      this.#etag = answer.ETag;
      return text;
    } catch (failure) {
      if (isUnchanged(failure)) return undefined;
      throw failure;
    }
  }
}

/** An endpoint of one's own, as of a store that only speaks like S3, is asked by path and knows no accounts. */
async function openClient({ AWS_REGION, S3_ENDPOINT }: SourceSettings): Promise<S3Client> {
  const { S3Client } = await import('@aws-sdk/client-s3');
  return new S3Client({
    ...(AWS_REGION !== undefined && { region: AWS_REGION }),
    ...(S3_ENDPOINT !== undefined && {
      endpoint: S3_ENDPOINT,
      forcePathStyle: true,
      credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
    }),
  });
}

function isUnchanged(failure: unknown): boolean {
  return (failure as { $metadata?: { httpStatusCode?: number } }).$metadata?.httpStatusCode === 304;
}
