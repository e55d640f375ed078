import { openLog } from '@marquee/chassis/telemetry/log';
import { openPostgres } from '@marquee/chassis/postgres/open-database';
import { z } from 'zod';
import type { ProcessorSettings } from '../media-settings.js';
import { uploadsFolder } from '../storage/media-storage.js';
import { bucketClient, s3Storage } from '../storage/s3-storage.js';
import { FileProcessor, type FileProcessorOptions } from './file-processor.js';
import { processingStore } from './processing-store.js';
import { processUpload, type UploadPipeline } from './upload-processing.js';

/** Processes the uploads that the events of a bucket report. */
export interface BucketEventHandler {
  /** @throws if an upload could not be processed: the event must then be delivered again */
  handle(event: unknown): Promise<void>;
  close(): Promise<void>;
}

/**
 * Opens the bucket and the database. Applies no migrations: the service does.
 * @param processing limits of the process that decodes the files: it has no access to the bucket and the database
 */
export async function openBucketEventHandler(
  settings: ProcessorSettings,
  processing: FileProcessorOptions = {},
): Promise<BucketEventHandler> {
  const client = bucketClient(settings);
  const database = await openPostgres({ ...settings, DATABASE_POOL: 1 }, { entities: [] });
  const files = new FileProcessor(processing);
  const pipeline: UploadPipeline = {
    processFile: files.process,
    storage: s3Storage(client, settings),
    store: processingStore(database.source),
    log: openLog('media', settings.SERVICE_VERSION, settings.LOG_LEVEL),
    retrySeconds: settings.MEDIA_RETRY_SECONDS,
  };
  return {
    async handle(event) {
      for (const mediaId of uploadedMediaIds(event)) await processUpload(mediaId, pipeline);
    },
    async close() {
      files.close();
      client.destroy();
      await database.close();
    },
  };
}

const bucketEvent = z.object({
  Records: z.array(z.object({ s3: z.object({ object: z.object({ key: z.string() }) }) })),
});

/** Keys in events are form-encoded. */
function uploadedMediaIds(event: unknown): string[] {
  const keys = bucketEvent.parse(event).Records.map(({ s3 }) => decodeURIComponent(s3.object.key.replaceAll('+', ' ')));
  return keys.filter((key) => key.startsWith(uploadsFolder)).map((key) => key.slice(uploadsFolder.length));
}
