import { readSettings } from '@marquee/chassis/config/settings';
import { processorSettings } from '../media-settings.js';
import { type BucketEventHandler, openBucketEventHandler } from './bucket-event-handler.js';
import type { FileProcessorOptions } from './file-processor.js';

/** Milliseconds for an attempt to process a file: four, and the delays between them, fit in three minutes. */
const timeoutMs = 30_000;

/**
 * Creates the AWS Lambda handler for new objects below `incoming/` of the bucket. Lambda delivers a failed event again, up
 * to its own limit. Retries wait within the call, for 31 seconds in total, and further uploads of the owner are taken for ten
 * minutes: the function needs a timeout of 15 minutes.
 * It needs 1.5 GB of memory: 1 GB for the process that decodes a picture of the maximum size, and the rest for its own.
 *
 * @param processing the script of that process, and its environment
 */
export function createHandler(
  processing: Pick<FileProcessorOptions, 'script' | 'environment'> = {},
): (event: unknown) => Promise<void> {
  /** Opened by the first event and reused while Lambda keeps the process. */
  let opening: Promise<BucketEventHandler> | undefined;
  return async (event) => {
    opening ??= openBucketEventHandler(readSettings(processorSettings), { ...processing, timeoutMs });
    const bucketEvents = await opening.catch((failure: unknown) => {
      // The next event opens it again.
      opening = undefined;
      throw failure;
    });
    await bucketEvents.handle(event);
  };
}
