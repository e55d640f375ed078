import { observedValue } from '@marquee/chassis/telemetry/instruments';
import type { Logger } from '@marquee/chassis/telemetry/log';
import { waitForBackoff } from '@marquee/chassis/timing/backoff';
import { type MediaStorage, originalKey, thumbnailKey } from '../storage/media-storage.js';
import { recordDeadLetters } from './dead-letter-gauge.js';
import type { ProcessFile } from './file-processor.js';
import type { Accepted } from './processing-result.js';
import type { ProcessingStore, UploadClaim } from './processing-store.js';

export interface UploadPipeline {
  processFile: ProcessFile;
  storage: MediaStorage;
  store: ProcessingStore;
  log: Logger;
  /** Seconds before the first of three retries; each further delay is five times as long. */
  retrySeconds: number;
}

/** The number of processed uploads, by outcome. */
const uploads = {
  accepted: observedValue('marquee.media.uploads', { outcome: 'accepted' }),
  rejected: observedValue('marquee.media.uploads', { outcome: 'rejected' }),
  deadLettered: observedValue('marquee.media.uploads', { outcome: 'dead letter' }),
};

/** The first attempt and three retries. */
const maxAttempts = 4;

/**
 * Processes an upload until it is READY or REJECTED, from whatever state an earlier process left it in. An upload that
 * fails for reasons other than its content is retried and finally becomes a dead letter. Idempotent: when several
 * processes work on the same upload, the first to finish determines the result, which is the same for all.
 *
 * @throws if the signal aborts and if the database is unreachable: call it again later
 */
export async function processUpload(mediaId: string, pipeline: UploadPipeline, signal?: AbortSignal): Promise<void> {
  for (;;) {
    const claim = await pipeline.store.claim(mediaId);
    if (claim === null) return pipeline.storage.deleteUpload(mediaId);
    if (claim.attempts > maxAttempts) return deadLetter(claim, 'Every attempt ended the process.', pipeline);
    try {
      return await attempt(claim, pipeline);
    } catch (failure) {
      pipeline.log.warn({ err: failure, mediaId, attempt: claim.attempts }, 'processing an upload failed');
      if (claim.attempts === maxAttempts) return deadLetter(claim, String(failure), pipeline);
      await waitForRetry(claim.attempts, pipeline, signal);
    }
  }
}

async function waitForRetry(attempts: number, { retrySeconds }: UploadPipeline, signal?: AbortSignal): Promise<void> {
  await waitForBackoff(attempts, { baseMs: retrySeconds * 1000, factor: 5, jitter: 'none' }, signal);
  signal?.throwIfAborted();
}

async function attempt(claim: UploadClaim, pipeline: UploadPipeline): Promise<void> {
  const { storage, store, processFile } = pipeline;
  const bytes = await storage.readUpload(claim.id);
  if (bytes === null) return store.reject(claim.id, 'The uploaded file is missing: please upload it again.');
  const result = await processFile(bytes, claim.contentType);
  if (result.kind === 'accepted') await publish(claim.id, result, pipeline);
  else await store.reject(claim.id, result.reason);
  uploads[result.kind].value += 1;
  await storage.deleteUpload(claim.id);
}

/** Marks the upload as READY only after every rendition can be read. */
async function publish(
  mediaId: string,
  { original, thumbnail, width, height }: Accepted,
  { storage, store }: UploadPipeline,
): Promise<void> {
  await storage.publish(originalKey(mediaId, original.contentType), original);
  if (thumbnail !== null) await storage.publish(thumbnailKey(mediaId), thumbnail);
  await store.accept(mediaId, { bytes: original.bytes.length, width, height, hasThumbnail: thumbnail !== null });
  // The account of the owner was deleted meanwhile.
  if (!(await store.isKept(mediaId)))
    await storage.unpublish([originalKey(mediaId, original.contentType), thumbnailKey(mediaId)]);
}

/** Deletes the file: it may contain personal data such as a location, and its owner is asked to upload it again. */
async function deadLetter(claim: UploadClaim, failure: string, { store, storage, log }: UploadPipeline): Promise<void> {
  const added = await store.deadLetter(claim, 'The file could not be processed: please upload it again.', failure);
  if (added) uploads.deadLettered.value += 1;
  await recordDeadLetters(store);
  log.error({ mediaId: claim.id, attempts: claim.attempts }, 'an upload became a dead letter');
  await storage.deleteUpload(claim.id).catch((err: unknown) => log.warn({ err }, 'deleting an upload failed'));
}
