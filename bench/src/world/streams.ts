import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { WebSocketServer } from 'ws';
import type { Answers, Asked } from './answers.js';

/** Those who listen to one service, over graphql-transport-ws or server-sent events. */
export interface Streams {
  listeners(): number;
  /** Sends everybody this event, worked out once for each document. */
  emit(sequence: number): Promise<void>;
  /** Takes a subscription that came over HTTP. */
  open(asked: Asked, request: IncomingMessage, response: ServerResponse): void;
}

interface Listener {
  asked: Asked;
  send(result: string): void;
}

export function streamsOf(answers: Answers, server: Server): Streams {
  const listeners = new Set<Listener>();
  acceptSockets(server, listeners);
  return {
    listeners: () => listeners.size,
    async emit(sequence) {
      const known = new Map<string, string>();
      for (const { asked, send } of listeners) {
        const result = known.get(asked.query) ?? (await answers.event(asked, sequence));
        known.set(asked.query, result);
        send(result);
      }
    },
    open(asked, request, response) {
      const listener = { asked, send: (result: string) => response.write(`event: next\ndata: ${result}\n\n`) };
      response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-cache' });
      response.write(':\n\n');
      listeners.add(listener);
      request.socket.once('close', () => listeners.delete(listener));
      response.once('close', () => listeners.delete(listener));
    },
  };
}

/** What of graphql-transport-ws a gateway needs. */
function acceptSockets(server: Server, listeners: Set<Listener>): void {
  const sockets = new WebSocketServer({ server, handleProtocols: () => 'graphql-transport-ws' });
  sockets.on('connection', (socket) => {
    const mine = new Map<string, Listener>();
    const take: Record<string, (message: Message) => void> = {
      connection_init: () => socket.send('{"type":"connection_ack"}'),
      ping: () => socket.send('{"type":"pong"}'),
      subscribe({ id, payload }) {
        const listener = {
          asked: payload,
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
  payload: Asked;
}
