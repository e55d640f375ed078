import { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { WebSocket } from 'ws';
import { pingFrame } from './websocket-frames.js';

/** Unsent bytes above which nothing more is read from a client, until it reads: backpressure. */
const maxUnsentBytes = 1024 * 1024;

/** Bytes up to which frames are written as one: copying them takes less than a write of each. */
const maxJoinedBytes = 64 * 1024;

/**
 * Writes the frames of one socket. They are held back until the end of the current turn of the event loop: one change may
 * be an event of hundreds of streams of one socket, and writing their messages one by one takes longer than creating them.
 * The frames go to the stream below the socket, since ws would copy the text of a message for each socket.
 */
export class SocketOutput {
  #waiting: WaitingFrame[] | undefined;
  #isWatched = false;

  constructor(
    private readonly socket: WebSocket,
    private readonly stream: Duplex,
  ) {}

  /**
   * Resolves when the operating system has accepted the frame, or the socket is closed; never in the same turn of the event
   * loop, so that a stream that always has a next event cannot keep the close of its socket from being processed.
   */
  send(frame: Buffer): Promise<void> {
    return new Promise((resolve) => {
      if (!this.#waiting) pass.add(this);
      (this.#waiting ??= []).push({ frame, resolve });
    });
  }

  /** Sends a ping of WebSockets, which the clients of the protocol do not see. */
  ping(): void {
    if (this.#isOpen()) this.stream.write(pingFrame);
  }

  /** Writes the frames that are held back. */
  flush(): void {
    const waiting = this.#waiting;
    this.#waiting = undefined;
    if (!waiting) return;
    if (!this.#isOpen()) return waiting.forEach(({ resolve }) => resolve());
    if (waiting.length === 1) this.#writeOne(waiting[0] as WaitingFrame);
    else this.#writeAll(waiting);
    if (this.stream.writableLength > maxUnsentBytes) this.socket.pause();
  }

  /** Whether the client has not taken everything yet. A pong comes only after that, so its progress counts. */
  get isBehind(): boolean {
    return this.stream.writableLength > 0;
  }

  /** Terminates the socket of a client that is behind, and takes no byte for this time, before it has taken everything. */
  expectProgress(milliseconds: number): void {
    if (this.#isWatched || !(this.stream instanceof Socket)) return;
    this.#isWatched = true;
    // Also counts a part of a write as activity.
    this.stream.setTimeout(milliseconds, this.#terminate);
  }

  readonly #terminate = (): void => this.socket.terminate();

  /** Most sockets have one frame at a time. It needs no cork, which would cost it a turn of the stream's buffer. */
  #writeOne({ frame, resolve }: WaitingFrame): void {
    this.stream.write(frame, () => {
      resolve();
      this.#onProgress();
    });
  }

  #writeAll(waiting: readonly WaitingFrame[]): void {
    const onWritten = (): void => {
      for (const { resolve } of waiting) resolve();
      this.#onProgress();
    };
    const frames = waiting.map(({ frame }) => frame);
    const bytes = frames.reduce((total, { length }) => total + length, 0);
    if (bytes <= maxJoinedBytes) return void this.stream.write(Buffer.concat(frames, bytes), onWritten);
    this.stream.cork();
    for (const [index, frame] of frames.entries())
      this.stream.write(frame, index === frames.length - 1 ? onWritten : undefined);
    this.stream.uncork();
  }

  /** Not at `drain`: a client that reads slowly may always have unsent bytes, and its messages must be read. */
  #onProgress(): void {
    if (this.#isWatched && !this.isBehind) {
      this.#isWatched = false;
      (this.stream as Socket).setTimeout(0, this.#terminate);
    }
    if (this.socket.isPaused && this.#isOpen() && this.stream.writableLength <= maxUnsentBytes) this.socket.resume();
  }

  #isOpen(): boolean {
    return this.socket.readyState === this.socket.OPEN;
  }
}

interface WaitingFrame {
  frame: Buffer;
  resolve(): void;
}

/** Milliseconds of writing in one turn of the event loop. */
const sliceMs = 2;

/** Sockets that are written to before the clock is read again. */
const socketsPerReading = 4;

/** Writes to all sockets with waiting frames in one pass, in slices that let other work in between. */
class WritePass {
  #outputs: SocketOutput[] = [];

  add(output: SocketOutput): void {
    if (this.#outputs.length === 0) setImmediate(() => this.#run());
    this.#outputs.push(output);
  }

  #run(): void {
    const outputs = this.#outputs;
    this.#outputs = [];
    this.#write(outputs, 0);
  }

  #write(outputs: readonly SocketOutput[], from: number): void {
    const startedAt = performance.now();
    for (let index = from; index < outputs.length; index += 1) {
      if (index % socketsPerReading === 0 && performance.now() - startedAt > sliceMs)
        return void setImmediate(() => this.#write(outputs, index));
      outputs[index]?.flush();
    }
  }
}

const pass = new WritePass();
