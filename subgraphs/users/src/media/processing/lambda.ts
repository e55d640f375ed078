import { readSettings } from '@marquee/chassis/config/settings';
import { processorSettings } from '../media-settings.js';
import { type BucketEventHandler, openBucketEventHandler } from './bucket-event-handler.js';

/**
 * The AWS Lambda handler for new objects below `incoming/` of the bucket. Lambda delivers a failed event again, up to its
 * own limit. Retries wait within the call, for 31 seconds in total: the function needs a timeout of three minutes, and
 * 1.5 GB of memory for two decoded pictures of the maximum size.
 */
export async function handler(event: unknown): Promise<void> {
  opening ??= openBucketEventHandler(readSettings(processorSettings));
  const bucketEvents = await opening.catch(resetAndThrow);
  await bucketEvents.handle(event);
}

/** Opened by the first event and reused while Lambda keeps the process. */
let opening: Promise<BucketEventHandler> | undefined;

/** The next event opens it again. */
function resetAndThrow(failure: unknown): never {
  opening = undefined;
  throw failure;
}
