import type { ServerResponse } from 'node:http';
import type { ClientSocket } from '@marquee/chassis/http/websocket-server';
import { onAbort } from '@marquee/chassis/timing/on-abort';
import { closeCodes } from '../admission/refusals.js';
import { tokenExpiredReason } from './live-connections.js';

/** The connection of one event stream, with the interface of a WebSocket for `LiveConnections`. */
export interface SseConnection extends ClientSocket {
  /** Why `LiveConnections` closed it. */
  closeReason?: string;
  isInterrupted: boolean;
  /** Whether its operation ends by itself: it is no subscription. */
  hasEnd: boolean;
  /** Ends the stream as if the connection broke, so that the client reconnects. */
  interrupt(): void;
}

export function openSseConnection(response: ServerResponse, address: string): SseConnection {
  const closed = new AbortController();
  response.once('close', () => closed.abort());
  const connection: SseConnection = {
    address,
    get isClosed() {
      return closed.signal.aborted;
    },
    onClose: (listener) => onAbort(closed.signal, listener),
    isInterrupted: false,
    hasEnd: false,
    interrupt() {
      connection.isInterrupted = true;
      closed.abort();
    },
    close(code, reason) {
      if (isFinal(code, reason)) connection.closeReason = reason;
      else connection.isInterrupted = true;
      closed.abort();
    },
  };
  return connection;
}

/** Whether a new connection with a new token would be closed, too. Any other end is left to look like a lost connection. */
function isFinal(code: number, reason: string): boolean {
  if (code === closeCodes.tokenRefused) return reason !== tokenExpiredReason;
  return code === closeCodes.callerInvalid;
}
