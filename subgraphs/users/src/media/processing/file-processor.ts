import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Variables } from '@marquee/chassis/config/settings';
import type { Closable } from '@marquee/chassis/process/closers';
import type { ProcessingResult } from './processing-result.js';

/** Verifies a file and creates its renditions. @throws on a temporary failure */
export type ProcessFile = (bytes: Buffer, declared: string) => Promise<ProcessingResult>;

/** A message of the parent to the process of `file-worker.ts`. */
export interface FileRequest {
  bytes: Uint8Array;
  declared: string;
}

/** Its answer. */
export type FileReply = { result: ProcessingResult } | { failure: string };

export interface FileProcessorOptions {
  /** Resident memory of the process in megabytes, above which it ends. A picture of the maximum size needs up to 800. */
  maxMegabytes?: number;
  /** Time for one file in milliseconds, after which the process is killed. */
  timeoutMs?: number;
  /** The path of the compiled `file-worker`, if it is not in this package. */
  script?: string;
  /** The environment of the process. Default: none, so that it contains no secrets. */
  environment?: Variables;
}

/** Milliseconds after which an idle process ends, to free its memory. */
const idleMs = 30_000;

/** Megabytes of the JavaScript heap, which holds the file and its renditions. */
const heapMegabytes = 256;

/**
 * Processes files in another process, one at a time, so that a hostile file can neither exhaust the memory of the service
 * nor read its secrets. If the process ends, the file fails and the next one starts another process.
 */
export class FileProcessor implements Closable {
  #child: ChildProcess | undefined;
  #idle: NodeJS.Timeout | undefined;
  #previous: Promise<unknown> = Promise.resolve();
  readonly #maxMegabytes: number;
  readonly #timeoutMs: number;
  readonly #script: string;
  readonly #environment: Variables;

  constructor(options: FileProcessorOptions = {}) {
    const { maxMegabytes = 1024, timeoutMs = 45_000, script = ownScript(), environment = {} } = options;
    this.#maxMegabytes = maxMegabytes;
    this.#timeoutMs = timeoutMs;
    this.#script = script;
    this.#environment = environment;
  }

  /** @throws if the process ends, or if it does not answer in time */
  readonly process: ProcessFile = (bytes, declared) => {
    const result = this.#previous.then(() => this.#process({ bytes, declared }));
    this.#previous = result.catch(() => undefined);
    return result;
  };

  close(): void {
    this.#end();
  }

  async #process(request: FileRequest): Promise<ProcessingResult> {
    clearTimeout(this.#idle);
    const child = (this.#child ??= this.#start());
    try {
      const reply = await ask(child, request, this.#timeoutMs);
      if ('failure' in reply) throw new Error(reply.failure);
      this.#idle = setTimeout(() => this.#end(), idleMs).unref();
      return withBuffers(reply.result);
    } catch (failure) {
      this.#end();
      throw failure;
    }
  }

  #start(): ChildProcess {
    return fork(this.#script, [String(this.#maxMegabytes)], {
      env: this.#environment,
      execArgv: [`--max-old-space-size=${heapMegabytes}`],
      serialization: 'advanced',
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    });
  }

  #end(): void {
    clearTimeout(this.#idle);
    this.#child?.kill('SIGKILL');
    this.#child = undefined;
  }
}

function ownScript(): string {
  return fileURLToPath(import.meta.resolve('@marquee/users/media/processing/file-worker'));
}

function ask(child: ChildProcess, request: FileRequest, timeoutMs: number): Promise<FileReply> {
  return new Promise((resolve, reject) => {
    const settle = (act: () => void) => {
      clearTimeout(timer);
      child.off('message', onMessage).off('exit', onExit).off('error', onError);
      act();
    };
    const onMessage = (reply: unknown) => settle(() => resolve(reply as FileReply));
    const onExit = (code: number | null) => settle(() => reject(new Error(`Processing the file ended with ${code}.`)));
    const onError = (failure: Error) => settle(() => reject(failure));
    const timer = setTimeout(
      () => settle(() => reject(new Error(`Processing the file took longer than ${timeoutMs} ms.`))),
      timeoutMs,
    );
    child.on('message', onMessage).on('exit', onExit).on('error', onError);
    child.send(request, (failure) => failure && onError(failure));
  });
}

/** Buffers arrive as plain byte arrays. */
function withBuffers(result: ProcessingResult): ProcessingResult {
  if (result.kind === 'rejected') return result;
  const { original, thumbnail } = result;
  return {
    ...result,
    original: { ...original, bytes: Buffer.from(original.bytes) },
    thumbnail: thumbnail && { ...thumbnail, bytes: Buffer.from(thumbnail.bytes) },
  };
}
