import { GetObjectCommand, paginateListObjectsV2, PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import type { RegistryStore } from './store.js';

/** The maximum number of attempts at a write that conflicts with a concurrent write of the same key. */
const maxAttempts = 5;

/**
 * A registry in an S3 bucket. It needs conditional writes (`If-None-Match`). With bucket versioning, S3 keeps the objects
 * that `replace` overwrites.
 * @param prefix the prefix of all keys; empty, or ending with a slash
 */
export function bucketStore(client: S3Client, bucket: string, prefix: string): RegistryStore {
  const at = (key: string) => ({ Bucket: bucket, Key: prefix + key });
  const contents = (text: string) => ({ Body: text, ContentType: 'text/plain; charset=utf-8' });
  return {
    async read(key) {
      try {
        const { Body } = await client.send(new GetObjectCommand(at(key)));
        return await Body?.transformToString('utf-8');
      } catch (failure) {
        if ((failure as Error).name === 'NoSuchKey') return undefined;
        throw failure;
      }
    },
    create: (key, text) =>
      createWithRetries(() => client.send(new PutObjectCommand({ ...at(key), ...contents(text), IfNoneMatch: '*' }))),
    async replace(key, text) {
      await client.send(new PutObjectCommand({ ...at(key), ...contents(text) }));
    },
    async list(start) {
      const keys: string[] = [];
      for await (const { Contents = [] } of paginateListObjectsV2(
        { client },
        { Bucket: bucket, Prefix: prefix + start },
      ))
        keys.push(...Contents.map(({ Key = '' }) => Key.slice(prefix.length)));
      return keys;
    },
  };
}

async function createWithRetries(write: () => Promise<unknown>, attempt = 1): Promise<boolean> {
  try {
    await write();
    return true;
  } catch (failure) {
    const { $metadata } = failure as { $metadata?: { httpStatusCode?: number } };
    if ($metadata?.httpStatusCode === 412) return false;
    if ($metadata?.httpStatusCode !== 409 || attempt === maxAttempts) throw failure;
    return createWithRetries(write, attempt + 1);
  }
}
