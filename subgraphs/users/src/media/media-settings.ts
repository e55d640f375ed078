import { processSettings, s3Settings } from '@marquee/chassis/config/settings';
import { mediaIdSettings } from '@marquee/chassis/identity/owned-id';
import { schemaSettings } from '@marquee/chassis/postgres/open-database';
import { z } from 'zod';
import type { DeliverySettings } from './storage/content-delivery.js';

const address = z.url({ protocol: /^https?$/, error: 'expected an http or https address' });

const storageDescription =
  'Where media are stored: `s3`, or `directory` in the embedded run. Production requires `s3`.';

/** The variables of every program that processes uploads. */
const processing = {
  MEDIA_RETRY_SECONDS: z.coerce
    .number()
    .min(0)
    .max(60)
    .default(1)
    .describe('Seconds before a failed upload is processed again; later retries wait longer.'),
};

/** Storage in the cloud: a bucket behind a CDN. */
export const bucketSettings = {
  ...processing,
  MEDIA_STORAGE: z.literal('s3').describe(storageDescription),
  MEDIA_BUCKET: z
    .string()
    .regex(/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/, 'expected the name of an S3 bucket')
    .describe('S3 bucket of uploads and media.'),
  MEDIA_PUBLIC_URL: address.transform(withoutSlash).describe('URL of the CDN that serves the public media.'),
  ...s3Settings,
};

/** Storage of the embedded run: a directory on this machine. */
export const directorySettings = {
  ...processing,
  MEDIA_STORAGE: z.literal('directory').describe(storageDescription),
  MEDIA_DIRECTORY: z.string().describe('Directory of uploads and media; created if missing.'),
  MEDIA_UPLOAD_URL: address
    .transform(withoutSlash)
    .describe('URL of this service as clients reach it: the base of upload and media URLs.'),
};

/** The additional variables of the service, which issues upload tickets. */
export const uploadSettings = {
  ...mediaIdSettings,
  MEDIA_TICKET_SECONDS: z.coerce
    .number()
    .int()
    .min(1)
    .max(3600)
    .default(300)
    .describe('Seconds that an upload ticket is valid.'),
};

/** The environment variables of the function that processes uploads in the cloud. */
export const processorSettings = z.object({
  ...processSettings.pick({ LOG_LEVEL: true, SERVICE_VERSION: true }).shape,
  ...schemaSettings.omit({ DATABASE_POOL: true, DATABASE_STATEMENT_SECONDS: true }).shape,
  ...bucketSettings,
});

export type ProcessorSettings = z.output<typeof processorSettings>;

export type BucketSettings = z.output<z.ZodObject<typeof bucketSettings>>;
export type DirectorySettings = z.output<z.ZodObject<typeof directorySettings>>;
export type MediaSettings = ((BucketSettings & DeliverySettings) | DirectorySettings) &
  z.output<z.ZodObject<typeof uploadSettings>>;

function withoutSlash(url: string): string {
  return url.replace(/\/+$/, '');
}
