import { hkdfSync } from 'node:crypto';
import type { Routes } from '@marquee/chassis/http/http-server';
import { createOwnedIds, type OwnedIds } from '@marquee/chassis/identity/owned-id';
import type { ServiceContext } from '@marquee/chassis/process/run-service';
import { publicRoute, uploadRoute } from './media-routes.js';
import type { DirectorySettings, MediaSettings } from './media-settings.js';
import { startDeadLetterGauge } from './processing/dead-letter-gauge.js';
import { FileProcessor } from './processing/file-processor.js';
import type { ProcessingStore } from './processing/processing-store.js';
import { processUpload } from './processing/upload-processing.js';
import { UploadQueue } from './processing/upload-queue.js';
import { type DirectoryStorage, openDirectoryStorage } from './storage/directory-storage.js';
import { cloudFrontDelivery, type ContentDelivery, directDelivery } from './storage/content-delivery.js';
import type { MediaStorage } from './storage/media-storage.js';

/** How resolvers issue uploads and public addresses. */
export interface MediaService {
  ids: OwnedIds;
  storage: MediaStorage;
  delivery: ContentDelivery;
  /** Seconds for which an upload is permitted. */
  ticketSeconds: number;
}

export interface MediaServiceWithRoutes extends MediaService {
  /** Empty with a bucket, which receives uploads and serves files itself. */
  routes: Routes;
}

/**
 * Opens the configured storage. With a directory, this process also processes uploads, including those that an earlier
 * process left unprocessed; a bucket notifies a separate function (`processing/lambda.ts`).
 */
export async function openMediaService(
  serviceContext: ServiceContext<MediaSettings>,
  store: ProcessingStore,
): Promise<MediaServiceWithRoutes> {
  const { settings, log, closers } = serviceContext;
  closers.add(await startDeadLetterGauge(store, log));
  const ids = createOwnedIds(settings.MEDIA_ID_KEY);
  const ticketSeconds = settings.MEDIA_TICKET_SECONDS;
  switch (settings.MEDIA_STORAGE) {
    case 's3': {
      // Loading the SDK is slow: only deployments with a bucket do so.
      const { bucketClient, s3Storage } = await import('./storage/s3-storage.js');
      const client = bucketClient(settings);
      closers.add({ close: () => client.destroy() });
      const storage = s3Storage(client, settings, settings.MEDIA_TICKET_SECONDS);
      return { ids, ticketSeconds, storage, delivery: cloudFrontDelivery(settings), routes: {} };
    }
    case 'directory':
      return {
        ids,
        ticketSeconds,
        delivery: directDelivery,
        ...(await openDirectory({ ...serviceContext, settings }, store)),
      };
    default:
      return settings satisfies never;
  }
}

async function openDirectory(
  { settings, log, closers }: ServiceContext<MediaSettings & DirectorySettings>,
  store: ProcessingStore,
): Promise<Pick<MediaServiceWithRoutes, 'storage' | 'routes'>> {
  const secret = policySecret(settings.MEDIA_ID_KEY);
  const storage = await openDirectoryStorage({
    directory: settings.MEDIA_DIRECTORY,
    url: settings.MEDIA_UPLOAD_URL,
    validSeconds: settings.MEDIA_TICKET_SECONDS,
    secret,
  });
  const { process: processFile } = closers.add(new FileProcessor());
  const pipeline = { processFile, storage, store, log, retrySeconds: settings.MEDIA_RETRY_SECONDS };
  const queue = closers.add(new UploadQueue((id, signal) => processUpload(id, pipeline, signal), log));
  await enqueuePending(queue, storage, store);
  return { storage, routes: mediaRoutes(storage, secret, store, queue) };
}

/** Uploads that an earlier process left. Those without a row are deleted. */
async function enqueuePending(queue: UploadQueue, storage: DirectoryStorage, store: ProcessingStore): Promise<void> {
  const ids = await storage.pendingUploads();
  const owned = await store.ownersOf(ids);
  const known = new Set(owned.map(({ id }) => id));
  for (const id of ids) if (!known.has(id)) await storage.deleteUpload(id);
  for (const { id, ownerId } of owned) queue.add(id, ownerId);
}

function mediaRoutes(storage: DirectoryStorage, secret: Buffer, store: ProcessingStore, queue: UploadQueue): Routes {
  const uploads = {
    findOwner: store.findOwner,
    isFull: () => queue.isFull,
    onUpload: (id: string, ownerId: string) => queue.add(id, ownerId),
  };
  return { '/uploads': uploadRoute({ storage, secret, ...uploads }), '/media/*': publicRoute(storage) };
}

/** A separate key, derived from the one that the service has. */
function policySecret(key: Buffer): Buffer {
  return Buffer.from(hkdfSync('sha256', key, '', 'marquee upload policy', 32));
}
