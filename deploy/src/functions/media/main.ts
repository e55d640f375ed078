import { fileURLToPath } from 'node:url';
import { createHandler } from '@marquee/users/media/processing/lambda';
import { libraryPath, loadDatabaseUrl } from './config.js';

/** The bundle of the process that decodes files lies beside this one. */
const handleUploads = createHandler({
  script: fileURLToPath(new URL('file-worker.mjs', import.meta.url)),
  environment: libraryPath(),
});

/** Handles the S3 events of uploads. */
export async function handler(event: unknown): Promise<void> {
  await loadDatabaseUrl();
  await handleUploads(event);
}
