import { positionsExtension } from '@marquee/chassis/bus/stream-position';
import { upstreamUnavailable } from '@marquee/chassis/errors/errors';
import type { Caller } from '@marquee/chassis/identity/caller';
import { callerHeader } from '@marquee/chassis/identity/caller-signature';
import type { Closable } from '@marquee/chassis/process/closers';
import { onAbort } from '@marquee/chassis/timing/on-abort';
import type { Logger } from '@marquee/chassis/telemetry/log';
import { logThrottled } from '@marquee/chassis/telemetry/throttled-log';
import { type ExecutionResult, GraphQLError } from 'graphql';
import { openReadWindow, type ReadWindow } from './read-window.js';
import { SocketPool } from './socket-pool.js';
import type { SocketOptions, SocketStream, SubgraphSocket } from './subgraph-socket.js';
import { type SubscriptionSlot, SubscriptionWindow } from './subscription-window.js';

/** A subscription operation for one subgraph. */
export interface UpstreamSubscription {
  query: string;
  variables: Record<string, unknown>;
  operationName?: string | undefined;
  /** A subgraph that knows the parameter leaves errors within an event in their place; any other ignores it. */
  onError?: 'NULL' | undefined;
}

/** Observes the start of a stream. */
export interface StreamStart {
  /** Called once the subgraph acknowledges the subscription. */
  onStarted(): void;
  /** Whether the stream waits for as long as the subgraph is down, instead of failing with UPSTREAM_UNAVAILABLE. */
  isPatient(): boolean;
}

/** The subscriptions to one subgraph. They share a few sockets, which are open while there are any. */
export interface SubgraphStreams extends Closable {
  /**
   * Subscribes as this caller, once the subgraph keeps up with the subscriptions before it (`SubscriptionWindow`). Ending
   * the iteration ends the subscription at the subgraph, even while no event arrives. The subgraph sends events only a
   * little faster than they are read (`ReadWindow`).
   * @throws while iterating: the subgraph's GraphQL errors, or UPSTREAM_UNAVAILABLE if the socket is lost
   */
  subscribe(
    subscription: UpstreamSubscription,
    caller: Caller,
    start?: StreamStart,
  ): AsyncIterableIterator<ExecutionResult>;
}

/** A subgraph that accepts a connection has the time-outs of the connection first. */
const acknowledgeTimeoutMs = 10_000;

export function openSubgraphStreams(options: SocketOptions): SubgraphStreams {
  const { name, openTimeoutMs } = options;
  const pool = new SocketPool(options);
  const timeoutMs = 2 * openTimeoutMs + acknowledgeTimeoutMs;
  const window = new SubscriptionWindow({ name, acknowledgeTimeoutMs: timeoutMs });
  return {
    async close() {
      window.close();
      await pool.close();
    },
    subscribe: (subscription, caller, start = impatient) =>
      new UpstreamEvents({ options, pool, window }, { subscription, caller, start }),
  };
}

const impatient: StreamStart = { onStarted: () => undefined, isPatient: () => false };

interface StreamContext {
  options: SocketOptions;
  pool: SocketPool;
  window: SubscriptionWindow;
}

interface StreamRequest {
  subscription: UpstreamSubscription;
  caller: Caller;
  start: StreamStart;
}

const end = { done: true, value: undefined } as const;

/** `next` is called again only when the result before has come. It opens the stream when it is called first. */
class UpstreamEvents implements AsyncIterableIterator<ExecutionResult> {
  readonly #cancellation = new AbortController();
  #opened: OpenedStream | undefined;
  #isReleased = false;

  constructor(
    private readonly context: StreamContext,
    private readonly request: StreamRequest,
  ) {}

  next(): Promise<IteratorResult<ExecutionResult>> {
    if (this.#isReleased) return Promise.resolve(end);
    if (!this.#opened) return this.#open();
    this.#opened.readWindow.onRead();
    return this.#read(this.#opened);
  }

  async return(): Promise<IteratorResult<ExecutionResult>> {
    this.#cancellation.abort();
    if (this.#opened) this.#release(this.#opened);
    return end;
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  async #open(): Promise<IteratorResult<ExecutionResult>> {
    try {
      this.#opened = await openStream(this.context, this.request, this.#cancellation.signal);
    } finally {
      if (!this.#opened) this.#isReleased = true;
    }
    return this.#opened ? this.#read(this.#opened) : end;
  }

  #read(opened: OpenedStream): Promise<IteratorResult<ExecutionResult>> {
    return opened.stream.events.next().then(this.#onEvent, this.#onFailure);
  }

  readonly #onEvent = (event: IteratorResult<unknown>): IteratorResult<ExecutionResult> => {
    if (!event.done) return event as IteratorResult<ExecutionResult>;
    const isLost = this.#opened?.socket.isClosing() && !this.#cancellation.signal.aborted;
    if (this.#opened) this.#release(this.#opened);
    // A socket that this gateway closes ends its streams as if the subgraph had completed them.
    if (isLost) throw upstreamUnavailable(this.context.options.name);
    return end;
  };

  readonly #onFailure = (failure: unknown): never => {
    const { name, log } = this.context.options;
    const isLost = !Array.isArray(failure);
    if (isLost) this.#opened?.slot.lose();
    if (this.#opened) this.#release(this.#opened);
    if (!isLost) throw subgraphError(failure);
    logLoss(log, name, failure);
    throw upstreamUnavailable(name);
  };

  #release({ stream, slot }: OpenedStream): void {
    if (this.#isReleased) return;
    this.#isReleased = true;
    stream.release();
    slot.release();
  }
}

interface OpenedStream {
  stream: SocketStream;
  socket: SubgraphSocket;
  slot: SubscriptionSlot;
  readWindow: ReadWindow;
}

/** Waits for a slot and subscribes. Returns undefined if the stream was ended in the meantime. */
async function openStream(
  { options: { name, signer }, pool, window }: StreamContext,
  { subscription: { operationName, onError, ...rest }, caller, start }: StreamRequest,
  signal: AbortSignal,
): Promise<OpenedStream | undefined> {
  const slot = await window.acquire({ signal, isPatient: () => start.isPatient() });
  if (!slot) return undefined;
  try {
    // Signed last, because a signature may expire while a stream waits.
    const signedCaller = await signer.sign(caller, name);
    const socket = pool.pick();
    const readWindow = openReadWindow(socket.grant);
    const extensions = { [callerHeader]: signedCaller, [positionsExtension]: true, ...readWindow.extension };
    const optional = { ...(operationName !== undefined && { operationName }), ...(onError && { onError }) };
    const stream = socket.subscribe({ ...rest, ...optional, extensions }, (connectedAt) => {
      slot.acknowledge(connectedAt);
      start.onStarted();
    });
    onAbort(signal, () => void stream.events.return?.());
    return { stream, socket, slot, readWindow };
  } catch (failure) {
    slot.release();
    throw failure;
  }
}

function logLoss(log: Logger, subgraph: string, failure: unknown): void {
  logThrottled(log, {
    level: 'warn',
    key: `stream of ${subgraph}`,
    record: { subgraph, reason: describe(failure) },
    message: 'lost a subscription to a subgraph',
  });
}

/** The first of the subgraph's errors, unmasked: errors are masked when they are sent to the client. */
function subgraphError([first]: readonly { message?: string; extensions?: Record<string, unknown> }[]): GraphQLError {
  return new GraphQLError(first?.message ?? 'The subscription was rejected.', { extensions: { ...first?.extensions } });
}

/** The close code and reason of the socket, or the error that prevented it from opening. */
function describe(failure: unknown): string {
  const { code, reason, message } = failure as { code?: number | string; reason?: string; message?: string };
  return [code, reason ?? message].filter(Boolean).join(' ');
}
