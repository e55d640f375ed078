import { readSettings } from '@marquee/chassis/config/settings';
import { openBucketEventHandler, type BucketEventHandler } from './bucket-event-handler.js';
import { processorSettings } from '../media-settings.js';

/**
 * What AWS Lambda calls when something was uploaded below `incoming/` of the bucket. A failure is told again, up to
 * Lambda's own limit. Retries wait within the call, 31 seconds in all: it needs three minutes, and memory for two
 * decoded pictures of the largest size, 1.5 GB.
 */
export async function handler(event: unknown): Promise<void> {
  opening ??= openBucketEventHandler(readSettings(processorSettings));
  const processor = await opening.catch(forget);
  await processor.handle(event);
}

/** Opened by the first event and kept as long as Lambda keeps the process. */
let opening: Promise<BucketEventHandler> | undefined;

/** The next event tries again. */
function forget(failure: unknown): never {
  opening = undefined;
  throw failure;
}
