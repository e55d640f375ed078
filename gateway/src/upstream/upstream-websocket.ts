import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import { parseGroupedNext } from '@marquee/chassis/http/grouped-results';
import { losslessJson } from '@marquee/chassis/json/lossless-json';
import { eventWork } from '@marquee/chassis/timing/work-slices';
import { MessageType, stringifyMessage } from 'graphql-ws';
import { WebSocket } from 'ws';

export interface UpstreamWebSocketOptions {
  /** The name of the service. */
  name: string;
  /** Milliseconds that the subgraph has for the handshake: one that hangs accepts the TCP connection only. */
  handshakeTimeout: number;
  /** Milliseconds without any byte after which the socket is terminated, a third of them after a ping. */
  silenceMs: number;
  /** Called after a message was sent. */
  onSent(socket: WebSocket, text: string): void;
}

export const pingMessage = stringifyMessage({ type: MessageType.Ping });

/**
 * The class of the sockets to a subgraph, which a client of graphql-ws creates. A message with the result of several
 * operations becomes one of each, which share the payload.
 */
export function upstreamWebSocket({
  name,
  handshakeTimeout,
  silenceMs,
  onSent,
}: UpstreamWebSocketOptions): typeof WebSocket {
  const deliver = createDelivery(name);
  return class extends WebSocket {
    constructor(url: string, protocols: string[]) {
      super(url, protocols, { handshakeTimeout });
      this.once('upgrade', ({ socket }: IncomingMessage) => terminateIfSilent(this, socket, silenceMs));
    }

    override send(data: string): void {
      super.send(losslessJson.encode(data));
      onSent(this, data);
    }

    /** Messages, and the end after them, are delivered in the order in which they arrived. */
    override emit(event: string, ...values: unknown[]): boolean {
      const [data] = values;
      const isMessage = event === 'message' && Buffer.isBuffer(data);
      if (!isMessage && event !== 'close') return super.emit(event, ...values);
      deliver(isMessage ? messagesIn(data) : [values], (one) => void super.emit(event, ...one));
      return true;
    }
  } as typeof WebSocket;
}

type EventValues = readonly unknown[];

/**
 * Emits a single event at once, so that those that arrive together are completed together, and several in slices: one change
 * may be an event of thousands of streams. Services take turns.
 */
function createDelivery(
  service: string,
): (events: readonly EventValues[], emit: (values: EventValues) => void) => void {
  let waiting = 0;
  return (events, emit) => {
    const [first] = events;
    if (first && events.length === 1 && waiting === 0) return emit(first);
    for (const values of events) {
      waiting += 1;
      const emitNext = (): void => {
        waiting -= 1;
        emit(values);
      };
      eventWork.start(emitNext, service);
    }
  };
}

/** The arguments of the events for a message: texts, or objects that need no parsing any more. */
function messagesIn(data: Buffer): EventValues[] {
  const text = losslessJson.decode(data.toString());
  const grouped = parseGroupedNext(text);
  if (!grouped) return [[text, true]];
  const { ids, payload } = grouped;
  return ids.map((id) => [{ type: MessageType.Next, id, payload }, true]);
}

/**
 * Any bytes show that the subgraph is alive: under load its pong is queued behind other messages, and a socket that is
 * given up for it makes the load worse.
 */
function terminateIfSilent(socket: WebSocket, connection: Socket, silenceMs: number): void {
  let bytesRead = -1;
  let hasPinged = false;
  const check = () => {
    if (connection.bytesRead !== bytesRead) {
      bytesRead = connection.bytesRead;
      hasPinged = false;
    } else if (hasPinged) socket.terminate();
    else {
      hasPinged = true;
      if (socket.readyState === WebSocket.OPEN) socket.send(pingMessage);
    }
  };
  // After a suspension of this process timers come first: the check waits until the bytes that arrived have been read.
  const timer = setInterval(() => setImmediate(check), silenceMs / 3);
  socket.once('close', () => clearInterval(timer));
}
