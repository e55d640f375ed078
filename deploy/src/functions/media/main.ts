import { handler as handleUploads } from '@marquee/users/media/processing/lambda';
import { loadDatabaseUrl } from './config.js';

/** What AWS Lambda calls when something was uploaded. */
export async function handler(event: unknown): Promise<void> {
  await loadDatabaseUrl();
  await handleUploads(event);
}
