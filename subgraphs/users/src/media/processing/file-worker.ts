import { processFile } from './file-processing.js';
import type { FileReply, FileRequest } from './file-processor.js';

/** Milliseconds between two measurements of the memory. Decoding runs in other threads and does not delay them. */
const measureMs = 20;

/** The exit code of a process that used too much memory. */
const outOfMemory = 137;

/**
 * The process that decodes uploaded files, which are hostile: it has no credentials and no connections. It exits when it
 * uses more memory than the argument of its command line allows, in megabytes, and when its parent does.
 */
const maxBytes = Number(process.argv[2]) * 1024 * 1024;

setInterval(limitMemory, measureMs);
process.on('disconnect', () => process.exit());
process.on('message', ({ bytes, declared }: FileRequest) => {
  limitMemory();
  processFile(Buffer.from(bytes), declared).then(
    (result) => reply({ result }),
    (failure: unknown) => reply({ failure: String(failure) }),
  );
});

function limitMemory(): void {
  if (process.memoryUsage.rss() > maxBytes) process.exit(outOfMemory);
}

function reply(message: FileReply): void {
  process.send?.(message);
}
