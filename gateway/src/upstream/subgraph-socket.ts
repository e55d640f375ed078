import { grantPayload, type WindowGrant } from '@marquee/chassis/graphql/stream-window';
import { groupedResultsParameter } from '@marquee/chassis/http/grouped-results';
import { callerHeader, type CallerSigner } from '@marquee/chassis/identity/caller-signature';
import type { Closable } from '@marquee/chassis/process/closers';
import type { Logger } from '@marquee/chassis/telemetry/log';
import { type Client, createClient, MessageType, stringifyMessage, type SubscribePayload } from 'graphql-ws';
import type { WebSocket } from 'ws';
import { type AcknowledgementListener, AcknowledgementTracker } from './acknowledgement-tracker.js';
import { SocketEvents } from './socket-events.js';
import { upstreamWebSocket } from './upstream-websocket.js';

/** A WebSocket to a subgraph, shared by many streams and open while there are any. */
export interface SubgraphSocket extends Closable {
  /** Number of its streams. */
  streamCount(): number;
  /** @param onAcknowledged called once, when the subgraph acknowledges the subscription */
  subscribe(operation: SubscribePayload, onAcknowledged: AcknowledgementListener): SocketStream;
  /** Lets the subgraph send further events of a stream. Without effect while there is no connection. */
  grant(grant: WindowGrant): void;
  /** Whether `close` was called. */
  isClosing(): boolean;
}

export interface SocketStream {
  events: AsyncIterableIterator<unknown>;
  /** Call it once the iteration has ended. */
  release(): void;
}

export interface SocketOptions {
  name: string;
  /** The HTTP URL of the subgraph; its WebSocket endpoint has the same path. */
  url: URL;
  signer: CallerSigner;
  log: Logger;
  /** Milliseconds that the subgraph has for the handshake, and again for the acknowledgement. */
  openTimeoutMs: number;
  /** Milliseconds without any byte after which a socket is terminated. Default: 15,000. */
  silenceMs?: number;
  /** Milliseconds, on average, for which a socket takes new streams. Default: 180,000. */
  acceptStreamsMs?: number;
}

/** Timeouts detect a subgraph that silently disappeared, before the acknowledgement and after. */
export function openSocket(options: SocketOptions): SubgraphSocket {
  const tracker = new AcknowledgementTracker();
  let lastId = 0;
  const client = createSocketClient(options, tracker, () => String(lastId));
  let streams = 0;
  let isClosing = false;
  return {
    streamCount: () => streams,
    subscribe(operation, onAcknowledged) {
      streams += 1;
      lastId += 1;
      const id = String(lastId);
      tracker.add(id, onAcknowledged);
      const events = new SocketEvents((sink) => client.subscribe(operation, sink));
      return {
        events,
        release() {
          streams -= 1;
          tracker.delete(id);
        },
      };
    },
    grant: createGrants(client),
    isClosing: () => isClosing,
    close() {
      isClosing = true;
      return client.dispose();
    },
  };
}

/** Sends grants over the current connection. */
function createGrants(client: Client): SubgraphSocket['grant'] {
  let connected: WebSocket | undefined;
  client.on('connected', (socket) => (connected = socket as WebSocket));
  client.on('closed', () => (connected = undefined));
  return (grant) => connected?.send(stringifyMessage({ type: MessageType.Ping, payload: { [grantPayload]: grant } }));
}

/** @param generateID called once, synchronously, by each subscription */
function createSocketClient(
  { name, url, signer, log, openTimeoutMs, silenceMs = 15_000 }: SocketOptions,
  tracker: AcknowledgementTracker,
  generateID: () => string,
): Client {
  let current: WebSocket | undefined;
  const onSent = (socket: WebSocket, text: string): void => tracker.onSent(socket, text);
  return createClient({
    url: url.href.replace(/^http/, 'ws'),
    webSocketImpl: upstreamWebSocket({ name, handshakeTimeout: openTimeoutMs, silenceMs, onSent }),
    connectionParams: async () => ({
      [callerHeader]: await signer.sign({ kind: 'gateway' }, name),
      [groupedResultsParameter]: true,
    }),
    connectionAckWaitTimeout: openTimeoutMs,
    retryAttempts: 0,
    generateID,
    onNonLazyError: (err) => log.warn({ subgraph: name, err }, 'socket to subgraph failed'),
    on: {
      connected: (socket, payload) => {
        current = socket as WebSocket;
        tracker.onConnected(payload);
      },
      message: (message) => tracker.onMessage(current, message),
    },
  });
}
