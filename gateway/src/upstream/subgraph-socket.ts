import { callerHeader, type CallerSigner } from '@marquee/chassis/identity/caller-signature';
import { losslessJson } from '@marquee/chassis/json/lossless-json';
import type { Closable } from '@marquee/chassis/process/closers';
import type { Logger } from '@marquee/chassis/telemetry/log';
import { type Client, createClient } from 'graphql-ws';
import { WebSocket } from 'ws';

/** The WebSocket to a subgraph, shared by all its streams and open while there are any. */
export interface SubgraphSocket extends Closable {
  client: Client;
  /** Calls the listener whenever the subgraph acknowledges the connection, and now if it has. Returns an unsubscribe. */
  onConnected(listener: () => void): () => void;
  /** Whether `close` was called. */
  isClosing(): boolean;
}

export interface SocketOptions {
  name: string;
  /** The HTTP URL of the subgraph; its WebSocket endpoint has the same path. */
  url: URL;
  signer: CallerSigner;
  log: Logger;
  /** Milliseconds that the subgraph has for the handshake, and again for the acknowledgement. */
  openTimeoutMs: number;
  /** Milliseconds between pings. Without a pong for half of that the socket is terminated. Default: 10,000. */
  pingIntervalMs?: number;
}

/** Timeouts detect a subgraph that silently disappeared, before the acknowledgement and after. */
export function openSocket(options: SocketOptions): SubgraphSocket {
  const client = createSocket(options);
  let isClosing = false;
  let isConnected = false;
  client.on('connected', () => (isConnected = true));
  client.on('closed', () => (isConnected = false));
  return {
    client,
    onConnected(listener) {
      if (isConnected) listener();
      return client.on('connected', listener);
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
    webSocketImpl: webSocketClass(openTimeoutMs),
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

/** A hanging subgraph accepts the TCP connection but never responds to the handshake. */
function webSocketClass(handshakeTimeout: number): typeof WebSocket {
  return class extends WebSocket {
    constructor(url: string, protocols: string[]) {
      super(url, protocols, { handshakeTimeout });
    }

    override send(data: string): void {
      super.send(losslessJson.encode(data));
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
