import { setTimeout as wait } from 'node:timers/promises';
import type { Logger } from '@marquee/chassis/telemetry/log';
import { observedValue } from '@marquee/chassis/telemetry/instruments';
import type { UploadClaim, ProcessingStore } from './processing-store.js';
import { recordDeadLetters } from './dead-letter-gauge.js';
import { processFile } from './file-processing.js';
import { originalKey, type MediaStorage, thumbnailKey } from '../storage/media-storage.js';
import type { Accepted } from './processing-result.js';

export interface UploadPipeline {
  storage: MediaStorage;
  store: ProcessingStore;
  log: Logger;
  /** Seconds before the first of three retries; five times as long before each further one. */
  retrySeconds: number;
}

/** What became of uploads. */
const uploads = {
  accepted: observedValue('marquee.media.uploads', { outcome: 'accepted' }),
  rejected: observedValue('marquee.media.uploads', { outcome: 'rejected' }),
  buried: observedValue('marquee.media.uploads', { outcome: 'dead letter' }),
};

/** The first attempt and three retries. */
const maxAttempts = 4;

/**
 * Sees an upload through to READY or REJECTED, whatever state an earlier process left it in. What fails for no fault of
 * the file is tried again and ends as a dead letter. Several at once for one upload do no harm: the first who finishes
 * decides, and all come to the same.
 *
 * @throws when the signal aborts, and when the database cannot be reached: then it is to be called again
 */
export async function processUpload(mediaId: string, pipeline: UploadPipeline, signal?: AbortSignal): Promise<void> {
  for (;;) {
    const claim = await pipeline.store.claim(mediaId);
    if (claim === null) return pipeline.storage.deleteUpload(mediaId);
    if (claim.attempts > maxAttempts) return deadLetter(claim, 'Every attempt ended the process.', pipeline);
    try {
      return await attempt(claim, pipeline);
    } catch (failure) {
      pipeline.log.warn({ err: failure, mediaId, attempt: claim.attempts }, 'an upload could not be processed');
      if (claim.attempts === maxAttempts) return deadLetter(claim, String(failure), pipeline);
      await wait(pipeline.retrySeconds * 5 ** (claim.attempts - 1) * 1000, undefined, { signal });
    }
  }
}

async function attempt(claim: UploadClaim, pipeline: UploadPipeline): Promise<void> {
  const { storage, store } = pipeline;
  const bytes = await storage.readUpload(claim.id);
  if (bytes === null) return store.reject(claim.id, 'What was uploaded is gone: please upload it again.');
  const verdict = await processFile(bytes, claim.contentType);
  if (verdict.kind === 'accepted') await keep(claim.id, verdict, pipeline);
  else await store.reject(claim.id, verdict.reason);
  uploads[verdict.kind].value += 1;
  await storage.deleteUpload(claim.id);
}

/** It is READY only when all of it can be read. */
async function keep(
  mediaId: string,
  { original, thumbnail, width, height }: Accepted,
  to: UploadPipeline,
): Promise<void> {
  await to.storage.publish(originalKey(mediaId, original.contentType), original);
  if (thumbnail !== null) await to.storage.publish(thumbnailKey(mediaId), thumbnail);
  await to.store.accept(mediaId, { bytes: original.bytes.length, width, height, hasThumbnail: thumbnail !== null });
}

/** What was uploaded is not kept: it may say where somebody lives, and its owner is asked for it again. */
async function deadLetter(claim: UploadClaim, failure: string, { store, storage, log }: UploadPipeline): Promise<void> {
  const buried = await store.deadLetter(claim, 'It could not be processed: please upload it again.', failure);
  if (buried) uploads.buried.value += 1;
  await recordDeadLetters(store);
  log.error({ mediaId: claim.id, attempts: claim.attempts }, 'an upload is a dead letter');
  await storage.deleteUpload(claim.id).catch((err: unknown) => log.warn({ err }, 'an upload could not be discarded'));
}
