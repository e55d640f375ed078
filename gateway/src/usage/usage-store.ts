import { randomUUID } from 'node:crypto';
import { mkdir, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { usageDayPrefix } from '@marquee/chassis/graphql/usage-report';
import { openS3Client } from '../supergraph/s3-client.js';
import type { SourceSettings } from '../supergraph/supergraph-source.js';

/** Writes reports to a registry. */
export interface UsageStore {
  /** @throws if the report could not be written in time */
  write(key: string, text: string): Promise<void>;
}

/** Days for which a directory keeps reports. For a bucket, its lifecycle rules decide. */
const keptDays = 90;

const dayMs = 86_400_000;

/** Milliseconds after which a write with all its attempts is aborted. */
const writeTimeoutMs = 10_000;

/** @param address `s3://bucket/prefix`, or the path of a directory */
export function usageStore(address: string, settings: SourceSettings): UsageStore {
  const [, bucket, path = ''] = /^s3:\/\/([^/]+)\/?(.*?)\/?$/.exec(address) ?? [];
  if (bucket === undefined) return directoryStore(address);
  return bucketStore(bucket, path && `${path}/`, settings);
}

function bucketStore(Bucket: string, prefix: string, settings: SourceSettings): UsageStore {
  let client: ReturnType<typeof openS3Client> | undefined;
  return {
    async write(key, Body) {
      const { PutObjectCommand } = await import('@aws-sdk/client-s3');
      const command = new PutObjectCommand({ Bucket, Key: prefix + key, Body, ContentType: 'application/json' });
      const opened = await (client ??= openS3Client(settings));
      await opened.send(command, { abortSignal: AbortSignal.timeout(writeTimeoutMs) });
    },
  };
}

function directoryStore(directory: string): UsageStore {
  return {
    async write(key, text) {
      const path = join(directory, key);
      await mkdir(dirname(path), { recursive: true });
      // A reader never finds a part of a report.
      const draft = join(dirname(path), `.${randomUUID()}`);
      await writeFile(draft, text);
      await rename(draft, path);
      await removeOld(directory, new Date(Date.now() - keptDays * dayMs));
    },
  };
}

async function removeOld(directory: string, before: Date): Promise<void> {
  const oldest = usageDayPrefix(before);
  const folder = dirname(oldest);
  for (const name of await readdir(join(directory, folder)))
    if (!name.startsWith('.') && `${folder}/${name}` < oldest) await rm(join(directory, folder, name), { force: true });
}
