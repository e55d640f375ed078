import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import { losslessJson } from '@marquee/chassis/json/lossless-json';
import { MessageType, stringifyMessage } from 'graphql-ws';
import { WebSocket } from 'ws';

export interface UpstreamWebSocketOptions {
  /** Milliseconds that the subgraph has for the handshake: one that hangs accepts the TCP connection only. */
  handshakeTimeout: number;
  /** Milliseconds without any byte after which the socket is terminated, a third of them after a ping. */
  silenceMs: number;
  /** Called after a message was sent. */
  onSent(socket: WebSocket, text: string): void;
}

export const pingMessage = stringifyMessage({ type: MessageType.Ping });

/** The class of the sockets to a subgraph, which a client of graphql-ws creates. */
export function upstreamWebSocket({ handshakeTimeout, silenceMs, onSent }: UpstreamWebSocketOptions): typeof WebSocket {
  return class extends WebSocket {
    constructor(url: string, protocols: string[]) {
      super(url, protocols, { handshakeTimeout });
      this.once('upgrade', ({ socket }: IncomingMessage) => terminateIfSilent(this, socket, silenceMs));
    }

    override send(data: string): void {
      super.send(losslessJson.encode(data));
      onSent(this, data);
    }

    override emit(event: string, ...values: unknown[]): boolean {
      const [data] = values;
      if (event !== 'message' || !Buffer.isBuffer(data)) return super.emit(event, ...values);
      const text = data.toString();
      const decoded = losslessJson.decode(text);
      return super.emit(event, decoded === text ? data : Buffer.from(decoded), ...values.slice(1));
    }
  } as typeof WebSocket;
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
