import {
  DeleteObjectCommand,
  DeleteObjectsCommand,
  GetObjectCommand,
  NoSuchKey,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { createPresignedPost } from '@aws-sdk/s3-presigned-post';
import type { BucketSettings } from '../media-settings.js';
import { cacheControl, contentDisposition, type MediaStorage, uploadKey } from './media-storage.js';

/** Creates a client of the region, or of the emulator at `S3_ENDPOINT`. */
export function bucketClient({ AWS_REGION: region, S3_ENDPOINT: endpoint }: BucketSettings): S3Client {
  const emulator = endpoint !== undefined && { endpoint, forcePathStyle: true, credentials: emulatorCredentials };
  return new S3Client({ region, ...requestLimits, ...emulator });
}

/** A request that is not answered, or a file that stops arriving, ends with its connection. */
const requestLimits = {
  maxAttempts: 3,
  requestHandler: {
    connectionTimeout: 1_000,
    requestTimeout: 10_000,
    socketTimeout: 5_000,
    throwOnRequestTimeout: true,
  },
};

/** The SDK requires credentials; an emulator does not verify them. */
const emulatorCredentials = { accessKeyId: 'emulator', secretAccessKey: 'emulator' };

/**
 * Stores files in a private bucket. The infrastructure must ensure that the distribution reads only `media/` and adds
 * `nosniff` and a sandboxing content security policy, as the local route does; that `incoming/` is deleted after a day;
 * and that pages of other origins may POST.
 */
export function s3Storage(client: S3Client, settings: BucketSettings, validSeconds = 300): MediaStorage {
  const { MEDIA_BUCKET: Bucket, MEDIA_PUBLIC_URL: url } = settings;
  return {
    async presignUpload(mediaId, { contentType, bytes }) {
      const expiresAt = new Date(Date.now() + validSeconds * 1000);
      const post = await createPresignedPost(client, {
        Bucket,
        Key: uploadKey(mediaId),
        Fields: { 'Content-Type': contentType },
        Conditions: [['content-length-range', 1, bytes]],
        Expires: validSeconds,
      });
      return { ...post, expiresAt };
    },
    readUpload: (mediaId) => readIfExists(client, Bucket, uploadKey(mediaId)),
    async deleteUpload(mediaId) {
      await client.send(new DeleteObjectCommand({ Bucket, Key: uploadKey(mediaId) }));
    },
    async publish(Key, { bytes, contentType }) {
      const headers = { ContentType: contentType, ContentDisposition: contentDisposition(contentType) };
      await client.send(new PutObjectCommand({ Bucket, Key, Body: bytes, CacheControl: cacheControl, ...headers }));
    },
    async unpublish(keys) {
      for (let at = 0; at < keys.length; at += maxDeletedKeys)
        await deleteFiles(client, Bucket, keys.slice(at, at + maxDeletedKeys));
    },
    publicUrl: (key) => `${url}/${key}`,
  };
}

/** Keys that one request accepts. */
const maxDeletedKeys = 1000;

/** @throws Error if a file could not be deleted, which S3 reports in a successful response */
async function deleteFiles(client: S3Client, Bucket: string, keys: readonly string[]): Promise<void> {
  const Objects = keys.map((Key) => ({ Key }));
  const { Errors = [] } = await client.send(new DeleteObjectsCommand({ Bucket, Delete: { Objects, Quiet: true } }));
  if (Errors.length > 0) throw new Error(`${Errors.length} files could not be deleted: ${Errors[0]?.Code}`);
}

async function readIfExists(client: S3Client, Bucket: string, Key: string): Promise<Buffer | null> {
  try {
    const { Body } = await client.send(new GetObjectCommand({ Bucket, Key }));
    return Body ? Buffer.from(await Body.transformToByteArray()) : null;
  } catch (failure) {
    if (failure instanceof NoSuchKey) return null;
    throw failure;
  }
}
