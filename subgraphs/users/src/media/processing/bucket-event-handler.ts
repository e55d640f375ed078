import { openLog } from '@marquee/chassis/telemetry/log';
import { openPostgres } from '@marquee/chassis/postgres/open-database';
import { z } from 'zod';
import type { ProcessorSettings } from '../media-settings.js';
import { uploadsFolder } from '../storage/media-storage.js';
import { bucketClient, s3Storage } from '../storage/s3-storage.js';
import { FileProcessor, type FileProcessorOptions } from './file-processor.js';
import { processingStore } from './processing-store.js';
import { processUpload, type UploadPipeline } from './upload-processing.js';
import { uploadTurns, type UploadTurns } from './upload-turns.js';

/** Processes the uploads that the events of a bucket report. */
export interface BucketEventHandler {
  /**
   * Processes the uploads of an event when it is the turn of their owners, and further ones of these owners that wait.
   * @throws if an upload could not be processed, or further ones still wait: the event must then be delivered again
   */
  handle(event: unknown): Promise<void>;
  close(): Promise<void>;
}

export interface BucketEventOptions extends FileProcessorOptions {
  /** Milliseconds for which one call takes further uploads. Default: ten minutes. */
  takingMs?: number;
}

/**
 * Opens the bucket and the database. Applies no migrations: the service does.
 * @param processing limits of the process that decodes the files: it has no access to the bucket and the database
 */
export async function openBucketEventHandler(
  settings: ProcessorSettings,
  { takingMs = defaultTakingMs, ...processing }: BucketEventOptions = {},
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
  const turns = uploadTurns(database.source);
  return {
    async handle(event) {
      const lastStart = performance.now() + takingMs;
      for (const mediaId of uploadedMediaIds(event)) await processInTurn(mediaId, { pipeline, turns, lastStart });
    },
    async close() {
      files.close();
      client.destroy();
      await database.close();
    },
  };
}

/** The last upload may need three minutes more. */
const defaultTakingMs = 10 * 60_000;

interface Processing {
  pipeline: UploadPipeline;
  turns: UploadTurns;
  /** On the clock of `performance.now()`. */
  lastStart: number;
}

async function processInTurn(mediaId: string, { pipeline, turns, lastStart }: Processing): Promise<void> {
  let turn = await turns.take(mediaId);
  if (turn.kind === 'finished') return pipeline.storage.deleteUpload(mediaId);
  for (; turn.kind === 'taken'; turn = await turns.take(mediaId)) {
    try {
      if (performance.now() > lastStart) throw new Error('Further uploads of the owner wait for another call.');
      await processUpload(turn.id, pipeline);
    } catch (failure) {
      // The failure may be one of the database.
      await turns.giveBack(turn.id).catch(() => undefined);
      throw failure;
    }
  }
}

const bucketEvent = z.object({
  Records: z.array(z.object({ s3: z.object({ object: z.object({ key: z.string() }) }) })),
});

/** Keys in events are form-encoded. */
function uploadedMediaIds(event: unknown): string[] {
  const keys = bucketEvent.parse(event).Records.map(({ s3 }) => decodeURIComponent(s3.object.key.replaceAll('+', ' ')));
  return keys.filter((key) => key.startsWith(uploadsFolder)).map((key) => key.slice(uploadsFolder.length));
}
