import type { Duplex } from 'node:stream';
import type { WebSocket } from 'ws';
import { pingFrame } from './websocket-frames.js';

/** Unsent bytes above which nothing more is read from a client, until it reads: backpressure. */
const maxUnsentBytes = 1024 * 1024;

/**
 * Writes the frames of one socket. They are held back until the end of the current turn of the event loop: one change may
 * be an event of hundreds of streams of one socket, and writing their messages one by one takes longer than creating them.
 * The frames go to the stream below the socket, since ws would copy the text of a message for each socket.
 */
export class SocketOutput {
  #waiting: WaitingFrame[] | undefined;

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
    if (!this.#isOpen()) for (const { resolve } of waiting) resolve();
    else this.#write(waiting);
  }

  #write(waiting: readonly WaitingFrame[]): void {
    // A single frame needs no cork, which would cost it a turn of the stream's buffer.
    if (waiting.length > 1) this.stream.cork();
    for (const { frame, resolve } of waiting)
      this.stream.write(frame, () => {
        resolve();
        this.#resumeIfRead();
      });
    if (waiting.length > 1) this.stream.uncork();
    if (this.stream.writableLength > maxUnsentBytes) this.socket.pause();
  }

  /** Not at `drain`: a client that reads slowly may always have unsent bytes, and its pongs must be read. */
  #resumeIfRead(): void {
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
const sliceMs = 10;

/** Sockets that are written to before the clock is read again. */
const socketsPerReading = 16;

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
