import { callerHeader, type CallerSigner } from '@marquee/chassis/identity/signature';
import type { Closable } from '@marquee/chassis/process/closers';
import type { Logger } from '@marquee/chassis/telemetry/log';
import { type Client, createClient } from 'graphql-ws';
import { WebSocket } from 'ws';

/** The one socket to a subgraph, which is open while it has streams. */
export interface SubgraphSocket extends Closable {
  client: Client;
  /** Calls back once the subgraph has let the socket in, at once if it has; what it returns forgets about that. */
  onConnected(called: () => void): () => void;
  /** Whether it was closed by us, for good. */
  isClosing(): boolean;
}

export interface SocketOptions {
  name: string;
  /** The HTTP address of the subgraph; its socket is at the same place. */
  url: URL;
  signer: CallerSigner;
  log: Logger;
  /** Milliseconds that the subgraph has for each of the two steps until it has let the socket in. */
  openTimeoutMs: number;
  /** Milliseconds between two pings; half of that without an answer to one cuts the socket. Default: 10,000. */
  pingIntervalMs?: number;
}

/** A subgraph that is gone without a word is noticed by its silence, before it has let the socket in and after. */
export function openSocket(options: SocketOptions): SubgraphSocket {
  const client = createSocket(options);
  let isClosing = false;
  let isIn = false;
  client.on('connected', () => (isIn = true));
  client.on('closed', () => (isIn = false));
  return {
    client,
    onConnected(called) {
      if (isIn) called();
      return client.on('connected', called);
    },
    isClosing: () => isClosing,
    close() {
      isClosing = true;
      return client.dispose();
    },
  };
}

function createSocket({ name, url, signer, log, openTimeoutMs, pingIntervalMs = 10_000 }: SocketOptions): Client {
  let pongTimer: NodeJS.Timeout | undefined;
  const client: Client = createClient({
    url: url.href.replace(/^http/, 'ws'),
    webSocketImpl: socketWithHandshakeTimeout(openTimeoutMs),
    connectionParams: async () => ({ [callerHeader]: await signer.sign({ kind: 'gateway' }, name) }),
    connectionAckWaitTimeout: openTimeoutMs,
    retryAttempts: 0,
    keepAlive: pingIntervalMs,
    onNonLazyError: (err) => log.warn({ subgraph: name, err }, 'socket to subgraph failed'),
    on: {
      ping: (received) => {
        if (!received) pongTimer = setTimeout(() => client.terminate(), pingIntervalMs / 2);
      },
      pong: () => clearTimeout(pongTimer),
      closed: () => clearTimeout(pongTimer),
    },
  });
  return client;
}

/** A subgraph that hangs takes the connection, and never answers the handshake. */
function socketWithHandshakeTimeout(handshakeTimeout: number): typeof WebSocket {
  return class extends WebSocket {
    constructor(url: string, protocols: string[]) {
      super(url, protocols, { handshakeTimeout });
    }
  } as typeof WebSocket;
}
