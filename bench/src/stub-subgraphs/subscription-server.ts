import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { WebSocketServer } from 'ws';
import type { StubResponder, GraphQLRequestBody } from './stub-responder.js';

/** The subscribers of one stub service, over graphql-transport-ws or server-sent events. */
export interface SubscriptionServer {
  subscriberCount(): number;
  /** Sends an event to all subscribers, computed once for each document. */
  emit(sequence: number): Promise<void>;
  /** Opens a subscription over server-sent events. */
  open(body: GraphQLRequestBody, request: IncomingMessage, response: ServerResponse): void;
}

interface StubSubscriber {
  request: GraphQLRequestBody;
  send(result: string): void;
}

export function openSubscriptionServer(responder: StubResponder, server: Server): SubscriptionServer {
  const subscribers = new Set<StubSubscriber>();
  acceptSockets(server, subscribers);
  return {
    subscriberCount: () => subscribers.size,
    async emit(sequence) {
      const results = new Map<string, string>();
      for (const { request, send } of subscribers) {
        const result = results.get(request.query) ?? (await responder.respondToEvent(request, sequence));
        results.set(request.query, result);
        send(result);
      }
    },
    open(body, request, response) {
      const subscriber = {
        request: body,
        send: (result: string) => response.write(`event: next\ndata: ${result}\n\n`),
      };
      response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-cache' });
      response.write(':\n\n');
      subscribers.add(subscriber);
      request.socket.once('close', () => subscribers.delete(subscriber));
      response.once('close', () => subscribers.delete(subscriber));
    },
  };
}

/** Implements the part of graphql-transport-ws that gateways use. */
function acceptSockets(server: Server, subscribers: Set<StubSubscriber>): void {
  const sockets = new WebSocketServer({ server, handleProtocols: () => 'graphql-transport-ws' });
  sockets.on('connection', (socket) => {
    const ownSubscribers = new Map<string, StubSubscriber>();
    const handlers: Record<string, (message: Message) => void> = {
      connection_init: () => socket.send('{"type":"connection_ack"}'),
      ping: () => socket.send('{"type":"pong"}'),
      subscribe({ id, payload }) {
        const subscriber = {
          request: payload,
          send: (result: string) => socket.send(`{"id":"${id}","type":"next","payload":${result}}`),
        };
        ownSubscribers.set(id, subscriber);
        subscribers.add(subscriber);
      },
      complete({ id }) {
        const subscriber = ownSubscribers.get(id);
        if (subscriber) subscribers.delete(subscriber);
      },
    };
    socket.on('message', (data: Buffer) => {
      const message = JSON.parse(data.toString()) as Message;
      handlers[message.type]?.(message);
    });
    socket.on('close', () => ownSubscribers.forEach((subscriber) => subscribers.delete(subscriber)));
  });
}

interface Message {
  type: string;
  id: string;
  payload: GraphQLRequestBody;
}
