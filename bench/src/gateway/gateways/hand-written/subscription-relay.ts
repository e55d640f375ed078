import type { Server } from 'node:http';
import { WebSocket, WebSocketServer } from 'ws';
import type { MessageAdded, HandWrittenPlans } from './plans.js';

const document = 'subscription{messageAdded{sequence body sentAt sender{id}job{id}}}';

/** Relays one subgraph subscription to all clients; each event is completed and serialised once. */
export function serveSubscriptions(server: Server, url: string, complete: HandWrittenPlans['messageAdded']): void {
  const clients = new Set<WebSocket>();
  let upstream: WebSocket | undefined;
  const sockets = new WebSocketServer({ server, handleProtocols: () => 'graphql-transport-ws' });
  sockets.on('connection', (socket) => {
    socket.on('message', (data: Buffer) => {
      if (data.includes('"connection_init"')) return socket.send('{"type":"connection_ack"}');
      clients.add(socket);
      upstream ??= subscribe(url, (event) => void relay(event));
    });
    socket.on('close', () => clients.delete(socket));
  });

  async function relay(event: MessageAdded): Promise<void> {
    const text = JSON.stringify({ id: '1', type: 'next', payload: { data: await complete(event) } });
    for (const client of clients) client.send(text);
  }
}

function subscribe(url: string, onEvent: (event: MessageAdded) => void): WebSocket {
  const socket = new WebSocket(url.replace('http', 'ws'), 'graphql-transport-ws');
  socket.on('open', () => socket.send('{"type":"connection_init"}'));
  socket.on('message', (data: Buffer) => {
    const message = JSON.parse(data.toString()) as { type: string; payload: { data: MessageAdded } };
    if (message.type === 'connection_ack')
      socket.send(JSON.stringify({ id: '1', type: 'subscribe', payload: { query: document } }));
    if (message.type === 'next') onEvent(message.payload.data);
  });
  return socket;
}
