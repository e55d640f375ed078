import { once } from 'node:events';
import { mapWithConcurrency } from '@marquee/chassis/timing/map-with-concurrency';
import { WebSocket } from 'ws';

/** A signed-in client with a socket of its own. */
export interface PrivateClient {
  sub: string;
  /** The id of the user. */
  id: string;
  /** Follows a conversation, over a stream of its own because the events are private. */
  follow(conversationId: string): void;
  /** The time of the last event, in milliseconds of `performance.now()`; undefined if there was none. */
  lastEventAt(): number | undefined;
  /** Why its socket or its stream ended, if it did. */
  end(): string | undefined;
  close(): void;
}

/** Sockets that are opened concurrently. */
const connectConcurrency = 50;

const added = `subscription Added($id: ID!) {
  messageAdded(conversationId: $id) { sequence body }
}`;

/** Connects clients, each of which is another user. */
export function connectPrivateClients(url: string, count: number): Promise<PrivateClient[]> {
  const subs = Array.from({ length: count }, (_, index) => `restart-${index + 1}`);
  return mapWithConcurrency(subs, connectConcurrency, (sub) => connect(url, sub));
}

async function connect(url: string, sub: string): Promise<PrivateClient> {
  const socket = new WebSocket(url.replace('http', 'ws'), 'graphql-transport-ws');
  let lastEventAt: number | undefined;
  let end: string | undefined;
  let answer: (id: string) => void = () => undefined;
  const id = new Promise<string>((resolve) => (answer = resolve));
  socket.on('close', (code, reason) => (end ??= `closed: ${code} ${reason.toString()}`));
  socket.on('message', (data: Buffer) => {
    const message = JSON.parse(data.toString()) as Message;
    if (message.type === 'connection_ack') send({ type: 'subscribe', id: 'me', payload: { query: '{ me { id } }' } });
    else if (message.type === 'error') end ??= data.toString();
    else if (message.type === 'next' && message.id === 'me') answer(message.payload?.data?.me?.id ?? '');
    else if (message.type === 'next') lastEventAt = performance.now();
  });
  await once(socket, 'open');
  send({ type: 'connection_init', payload: { 'x-dev-user-id': sub } });
  return {
    sub,
    id: await id,
    follow: (conversationId) =>
      send({ type: 'subscribe', id: 'added', payload: { query: added, variables: { id: conversationId } } }),
    lastEventAt: () => lastEventAt,
    end: () => end,
    close: () => socket.terminate(),
  };

  function send(message: object): void {
    socket.send(JSON.stringify(message));
  }
}

interface Message {
  type: string;
  id?: string;
  payload?: { data?: { me?: { id: string } } | null };
}
