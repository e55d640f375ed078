import { processSettings } from '@marquee/chassis/config/settings';
import { postgresSettings } from '@marquee/chassis/postgres/open-database';
import { z } from 'zod';

const base64Key = z
  .base64({ error: 'expected base64' })
  .transform((value) => Buffer.from(value, 'base64'))
  .refine((key) => key.length >= 32, 'expected at least 32 bytes in base64');

const address = z.url({ protocol: /^https?$/, error: 'expected an http or https address' });

/** What everything that deals with media reads, whatever the storage. */
const processing = {
  /** Seconds before an upload that could not be processed is tried again; later retries wait longer. */
  MEDIA_RETRY_SECONDS: z.coerce.number().min(0).max(60).default(1),
};

/** A bucket behind a distribution: the storage in the cloud. */
export const bucketSettings = {
  ...processing,
  MEDIA_STORAGE: z.literal('s3'),
  MEDIA_BUCKET: z.string().regex(/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/, 'expected the name of an S3 bucket'),
  /** The distribution that serves the bucket's public part. */
  MEDIA_PUBLIC_URL: address.transform(withoutSlash),
  AWS_REGION: z.string().default('eu-central-1'),
  /** Another address than the region's: that of an emulator. */
  S3_ENDPOINT: z.url().optional(),
};

/** A directory of this machine: the storage of the embedded run. */
export const directorySettings = {
  ...processing,
  MEDIA_STORAGE: z.literal('directory'),
  /** Where files are kept; made when missing. */
  MEDIA_DIRECTORY: z.string(),
  /** Where clients reach this service: its uploads and its files are below. */
  MEDIA_UPLOAD_URL: address.transform(withoutSlash),
};

/** What handing out tickets needs besides. */
export const uploadSettings = {
  /** The key that media ids prove their owner with: 32 bytes in base64, the same in every service that checks them. */
  MEDIA_ID_KEY: base64Key,
  /** Seconds that a ticket to upload is valid. */
  MEDIA_TICKET_SECONDS: z.coerce.number().int().min(1).max(3600).default(300),
};

/** What the function reads that processes uploads in the cloud. */
export const processorSettings = z.object({
  ...processSettings.pick({ LOG_LEVEL: true, SERVICE_VERSION: true }).shape,
  ...postgresSettings.pick({ DATABASE_URL: true, DATABASE_SCHEMA: true }).shape,
  ...bucketSettings,
});

export type ProcessorSettings = z.output<typeof processorSettings>;

export type BucketSettings = z.output<z.ZodObject<typeof bucketSettings>>;
export type DirectorySettings = z.output<z.ZodObject<typeof directorySettings>>;
export type MediaSettings = (BucketSettings | DirectorySettings) & z.output<z.ZodObject<typeof uploadSettings>>;

function withoutSlash(url: string): string {
  return url.replace(/\/+$/, '');
}
