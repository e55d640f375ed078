import { handler as handleUploads } from '@marquee/users/media/lambda';
import { takeDatabaseUrl } from './config.js';

/** What AWS Lambda calls when something was uploaded. */
export async function handler(event: unknown): Promise<void> {
  await takeDatabaseUrl();
  await handleUploads(event);
}
