import { handler as handleUploads } from '@marquee/users/media/processing/lambda';
import { loadDatabaseUrl } from './config.js';

/** Handles the S3 events of uploads. */
export async function handler(event: unknown): Promise<void> {
  await loadDatabaseUrl();
  await handleUploads(event);
}
