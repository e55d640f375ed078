import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { WebSocketServer } from 'ws';
import type { StubResponder, GraphQLRequestBody } from './stub-responder.js';

/** Those who listen to one service, over graphql-transport-ws or server-sent events. */
export interface SubscriptionServer {
  subscriberCount(): number;
  /** Sends everybody this event, worked out once for each document. */
  emit(sequence: number): Promise<void>;
  /** Takes a subscription that came over HTTP. */
  open(asked: GraphQLRequestBody, request: IncomingMessage, response: ServerResponse): void;
}

interface StubSubscriber {
  request: GraphQLRequestBody;
  send(result: string): void;
}

export function openSubscriptionServer(answers: StubResponder, server: Server): SubscriptionServer {
  const listeners = new Set<StubSubscriber>();
  acceptSockets(server, listeners);
  return {
    subscriberCount: () => listeners.size,
    async emit(sequence) {
      const known = new Map<string, string>();
      for (const { request, send } of listeners) {
        const result = known.get(request.query) ?? (await answers.respondToEvent(request, sequence));
        known.set(request.query, result);
        send(result);
      }
    },
    open(asked, request, response) {
      const listener = { request: asked, send: (result: string) => response.write(`event: next\ndata: ${result}\n\n`) };
      response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-cache' });
      response.write(':\n\n');
      listeners.add(listener);
      request.socket.once('close', () => listeners.delete(listener));
      response.once('close', () => listeners.delete(listener));
    },
  };
}

/** What of graphql-transport-ws a gateway needs. */
function acceptSockets(server: Server, listeners: Set<StubSubscriber>): void {
  const sockets = new WebSocketServer({ server, handleProtocols: () => 'graphql-transport-ws' });
  sockets.on('connection', (socket) => {
    const mine = new Map<string, StubSubscriber>();
    const take: Record<string, (message: Message) => void> = {
      connection_init: () => socket.send('{"type":"connection_ack"}'),
      ping: () => socket.send('{"type":"pong"}'),
      subscribe({ id, payload }) {
        const listener = {
          request: payload,
          send: (result: string) => socket.send(`{"id":"${id}","type":"next","payload":${result}}`),
        };
        mine.set(id, listener);
        listeners.add(listener);
      },
      complete({ id }) {
        const listener = mine.get(id);
        if (listener) listeners.delete(listener);
      },
    };
    socket.on('message', (data: Buffer) => {
      const message = JSON.parse(data.toString()) as Message;
      take[message.type]?.(message);
    });
    socket.on('close', () => mine.forEach((listener) => listeners.delete(listener)));
  });
}

interface Message {
  type: string;
  id: string;
  payload: GraphQLRequestBody;
}
