import { hkdfSync } from 'node:crypto';
import type { Routes } from '@marquee/chassis/http/http-server';
import { type OwnedIds, createOwnedIds } from '@marquee/chassis/identity/owned-id';
import type { ServiceContext } from '@marquee/chassis/process/run-service';
import type { ProcessingStore } from './processing/processing-store.js';
import { startDeadLetterGauge } from './processing/dead-letter-gauge.js';
import { type DirectoryStorage, openDirectoryStorage } from './storage/directory-storage.js';
import { processUpload } from './processing/upload-processing.js';
import { UploadQueue } from './processing/upload-queue.js';
import { publicRoute, uploadRoute } from './media-routes.js';
import type { DirectorySettings, MediaSettings } from './media-settings.js';
import type { MediaStorage } from './storage/media-storage.js';

/** What resolvers need to hand out tickets and addresses. */
export interface MediaService {
  ids: OwnedIds;
  storage: MediaStorage;
}

export interface MediaServiceWithRoutes extends MediaService {
  /** None with a bucket, which takes uploads and serves files itself. */
  routes: Routes;
}

/**
 * Opens the storage that the settings name. A directory is worked on by this process, which goes on with what an
 * earlier one left; a bucket tells a function of its own about uploads.
 */
export async function openMediaService(
  serviceContext: ServiceContext<MediaSettings>,
  store: ProcessingStore,
): Promise<MediaServiceWithRoutes> {
  const { settings, log, closers } = serviceContext;
  closers.add(await startDeadLetterGauge(store, log));
  const ids = createOwnedIds(settings.MEDIA_ID_KEY);
  switch (settings.MEDIA_STORAGE) {
    case 's3': {
      // Only who uses it waits for the SDK to load.
      const { bucketClient, s3Storage } = await import('./storage/s3-storage.js');
      const client = bucketClient(settings);
      closers.add({ close: () => client.destroy() });
      return { ids, storage: s3Storage(client, settings, settings.MEDIA_TICKET_SECONDS), routes: {} };
    }
    case 'directory':
      return { ids, ...(await openDirectory({ ...serviceContext, settings }, store)) };
    default:
      return settings satisfies never;
  }
}

async function openDirectory(
  serviceContext: ServiceContext<MediaSettings & DirectorySettings>,
  store: ProcessingStore,
): Promise<Omit<MediaServiceWithRoutes, 'ids'>> {
  const { settings, log, closers } = serviceContext;
  const secret = policySecret(settings.MEDIA_ID_KEY);
  const storage = await openDirectoryStorage({
    directory: settings.MEDIA_DIRECTORY,
    url: settings.MEDIA_UPLOAD_URL,
    ticketSeconds: settings.MEDIA_TICKET_SECONDS,
    secret,
  });
  const pipeline = { storage, store, log, retrySeconds: settings.MEDIA_RETRY_SECONDS };
  const queue = closers.add(new UploadQueue((id, signal) => processUpload(id, pipeline, signal), log));
  for (const id of await storage.pendingUploads()) queue.add(id);
  return { storage, routes: routesOf(storage, secret, store, (id) => queue.add(id)) };
}

function routesOf(
  storage: DirectoryStorage,
  secret: Buffer,
  store: ProcessingStore,
  onUpload: (id: string) => void,
): Routes {
  return {
    '/uploads': uploadRoute({ storage, secret, isPending: store.isPending, onUpload }),
    '/media/*': publicRoute(storage),
  };
}

/** A key of its own, made of the one key that the service has anyway. */
function policySecret(key: Buffer): Buffer {
  return Buffer.from(hkdfSync('sha256', key, '', 'marquee upload policy', 32));
}
