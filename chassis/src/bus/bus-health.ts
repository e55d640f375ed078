/**
 * Detects that a bus between processes may have lost notifications. Every process publishes a heartbeat, which it receives
 * itself, too: one that stays away reveals an interruption that no connection reports, and the end of a process that may
 * have stored a change without publishing it.
 */
import { z } from 'zod';

export interface BusHealthOptions {
  /** The id of this process on the bus. */
  origin: string;
  /** Publishes a heartbeat. */
  send(text: string): void;
  /** The notifications that this process has published, and those of them that it could not send. */
  counts(): NotificationCounts;
  /** Milliseconds between two heartbeats. Default: 5,000. */
  intervalMs?: number | undefined;
}

export interface NotificationCounts {
  published: number;
  lost: number;
}

export interface BusHealth {
  /** See `Bus.lostUntil`. */
  lostUntil(): number;
  /** Takes a heartbeat of any process, this one included. */
  receive(text: string): void;
  /** Stops the heartbeats, and announces to the other processes that none will follow. */
  close(): void;
}

/** Heartbeats that may stay away before a process counts as silent. */
const toleratedBeats = 3;

/** Heartbeats after which a silent process is forgotten: at 5 s between two, after five minutes. */
const forgottenBeats = 60;

export function createBusHealth(options: BusHealthOptions): BusHealth {
  return new HeartbeatHealth(options);
}

class HeartbeatHealth implements BusHealth {
  /** The processes that publish notifications, and this one, by id. */
  readonly #peers = new Map<string, Peer>();
  readonly #intervalMs: number;
  readonly #timer: NodeJS.Timeout;
  #lostUntil = 0;

  constructor(private readonly options: BusHealthOptions) {
    this.#intervalMs = options.intervalMs ?? 5_000;
    this.#timer = setInterval(() => this.#send(false), this.#intervalMs).unref();
  }

  lostUntil(): number {
    const now = performance.now();
    const isComplete =
      this.#peers.has(this.options.origin) && ![...this.#peers.values()].some((peer) => this.#isSilent(peer, now));
    if (!isComplete) this.#lostUntil = now;
    return this.#lostUntil;
  }

  receive(text: string): void {
    const heartbeat = readHeartbeat(text);
    if (heartbeat) this.#take(heartbeat, performance.now());
  }

  close(): void {
    clearInterval(this.#timer);
    this.#send(true);
  }

  #send(closing: boolean): void {
    const { origin, send, counts } = this.options;
    send(JSON.stringify({ origin, ...counts(), closing } satisfies Heartbeat));
  }

  /** Processes that publish nothing, such as gateways, need not be heard. */
  #take({ origin, published, lost, closing }: Heartbeat, now: number): void {
    const peer = this.#peers.get(origin);
    if (lost > (peer?.lost ?? 0) || (peer && this.#isSilent(peer, now))) this.#lostUntil = now;
    if (closing || (published === 0 && origin !== this.options.origin)) this.#peers.delete(origin);
    else this.#peers.set(origin, { heardAt: now, lost });
    this.#forget(now);
  }

  #forget(now: number): void {
    for (const [id, { heardAt }] of this.#peers)
      if (now - heardAt > forgottenBeats * this.#intervalMs) this.#peers.delete(id);
  }

  #isSilent({ heardAt }: Peer, now: number): boolean {
    return now - heardAt > toleratedBeats * this.#intervalMs;
  }
}

interface Peer {
  /** On the clock of `performance.now()`. */
  heardAt: number;
  lost: number;
}

const heartbeatShape = z.object({
  origin: z.string(),
  published: z.number(),
  lost: z.number(),
  closing: z.boolean(),
});

type Heartbeat = z.output<typeof heartbeatShape>;

function readHeartbeat(text: string): Heartbeat | undefined {
  try {
    return heartbeatShape.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}
