/**
 * Backpressure for single streams of a shared WebSocket, which graphql-transport-ws does not have. The receiver states in
 * the extensions of its operation how many events it has room for, and grants further ones in the payload of pings as it
 * reads. The sender pulls no event from its source for which there is no room. A stream without a window is not limited.
 */
import { z } from 'zod';

/** The name of a `WindowRequest` in the extensions of an operation. */
export const windowExtension = 'x-marquee-window';

/** The name of a `WindowGrant` in the payload of a ping. */
export const grantPayload = 'x-marquee-grant';

const count = z.number().int().positive().max(100_000);
const windowRequest = z.object({ id: z.string().max(100), size: count });
const windowGrant = z.object({ id: z.string().max(100), events: count });

/** The window of one stream. */
export interface WindowRequest {
  /** Unique among the open streams of the socket. */
  id: string;
  /** Events that may be sent without a grant. */
  size: number;
}

/** Room for further events of a stream. */
export interface WindowGrant {
  id: string;
  events: number;
}

type Values = Readonly<Record<string, unknown>> | null | undefined;

/** The windows of all streams of one socket, on the side of the sender. */
export class StreamWindows {
  readonly #windows = new Map<string, StreamWindow>();

  /** Opens the window that the extensions of an operation request; undefined without a valid request. */
  open(extensions: Values): StreamWindow | undefined {
    const { data } = windowRequest.safeParse(extensions?.[windowExtension]);
    if (!data) return undefined;
    const window = new StreamWindow(data.size, () => this.#windows.delete(data.id));
    this.#windows.set(data.id, window);
    return window;
  }

  /** Adds the grant in the payload of a ping, if there is one. Returns whether there is. */
  grant(payload: Values): boolean {
    const { data } = windowGrant.safeParse(payload?.[grantPayload]);
    if (data) this.#windows.get(data.id)?.add(data.events);
    return data !== undefined;
  }
}

/** The number of events that may be sent on one stream. */
export class StreamWindow {
  #isClosed = false;
  #wake: () => void = () => undefined;

  constructor(
    private available: number,
    private readonly onClosed: () => void,
  ) {}

  add(events: number): void {
    this.available += events;
    this.#wake();
  }

  /** Takes room for one event if there is any. */
  takeNow(): boolean {
    if (this.available === 0 || this.#isClosed) return false;
    this.available -= 1;
    return true;
  }

  /** Takes room for one event, as soon as there is any. False if the window is closed. */
  async take(): Promise<boolean> {
    while (this.available === 0 && !this.#isClosed) await new Promise<void>((resolve) => (this.#wake = resolve));
    this.available -= 1;
    return !this.#isClosed;
  }

  close(): void {
    this.#isClosed = true;
    this.#wake();
    this.onClosed();
  }
}

/** Pulls an item from a stream only when there is room for it. The window is closed at the end of the stream. */
export function throttleByWindow<Item>(
  items: AsyncIterableIterator<Item>,
  window: StreamWindow,
): AsyncIterableIterator<Item> {
  const end = { done: true, value: undefined } as const;
  const onItem = (item: IteratorResult<Item>) => {
    if (item.done) window.close();
    return item;
  };
  const onFailure = (failure: unknown): never => {
    window.close();
    throw failure;
  };
  const pull = () => items.next().then(onItem, onFailure);
  return {
    next: () => (window.takeNow() ? pull() : window.take().then((hasRoom) => (hasRoom ? pull() : end))),
    async return() {
      window.close();
      await items.return?.();
      return end;
    },
    [Symbol.asyncIterator]() {
      return this;
    },
  };
}
