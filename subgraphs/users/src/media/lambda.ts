import { readSettings } from '@marquee/chassis/config/settings';
import { openLog } from '@marquee/chassis/telemetry/log';
import { DataSource } from 'typeorm';
import { z } from 'zod';
import { Media } from '../model/media.js';
import { mediaStore } from '../store/media.js';
import { type Pipeline, seeThrough } from './pipeline.js';
import { bucketClient, s3Storage } from './s3.js';
import { processorSettings, type ProcessorSettings } from './settings.js';
import { uploadsFolder } from './storage.js';

/** What AWS Lambda calls with the uploads that a bucket tells about. A failure is told again, up to Lambda's own limit. */
export async function handler(event: unknown): Promise<void> {
  pipeline ??= openPipeline(readSettings(processorSettings));
  const opened = await pipeline;
  for (const mediaId of uploadsOf(event)) await seeThrough(mediaId, opened);
}

/** Opened by the first event and kept as long as Lambda keeps the process. */
let pipeline: Promise<Pipeline> | undefined;

const bucketEvent = z.object({
  Records: z.array(z.object({ s3: z.object({ object: z.object({ key: z.string() }) }) })),
});

/** In an event a key is written as in a form. */
function uploadsOf(event: unknown): string[] {
  const keys = bucketEvent.parse(event).Records.map(({ s3 }) => decodeURIComponent(s3.object.key.replaceAll('+', ' ')));
  return keys.filter((key) => key.startsWith(uploadsFolder)).map((key) => key.slice(uploadsFolder.length));
}

/** The service brings the schema up to date; this only works with it. */
async function openPipeline(settings: ProcessorSettings): Promise<Pipeline> {
  const source = new DataSource({
    type: 'postgres',
    url: settings.DATABASE_URL,
    schema: settings.DATABASE_SCHEMA,
    entities: [Media],
    installExtensions: false,
    extra: { options: `-c search_path=${settings.DATABASE_SCHEMA},public`, max: 1, connectionTimeoutMillis: 5_000 },
  });
  await source.initialize();
  return {
    storage: s3Storage(bucketClient(settings), settings),
    store: mediaStore(source),
    log: openLog('media', settings.SERVICE_VERSION, settings.LOG_LEVEL),
    retrySeconds: settings.MEDIA_RETRY_SECONDS,
  };
}
