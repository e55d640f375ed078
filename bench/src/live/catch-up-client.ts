import { WebSocket } from 'ws';

/** The measured subscription; the sender is resolved by another service. */
const missed = `subscription Missed($id: ID!) {
  messageAdded(conversationId: $id, after: 0) { sequence body sender { displayName } }
}`;

export interface CatchUpOptions {
  /** URL of the GraphQL endpoint. */
  url: string;
  token: string;
  conversationId: string;
}

/** Milliseconds for a whole catch-up. */
const timeoutMs = 120_000;

interface ServerMessage {
  type: string;
  payload?: { errors?: unknown; data?: { messageAdded?: { sequence: number; sender: { displayName: unknown } } } };
}

/**
 * Receives all messages of a conversation in one subscription.
 * @throws when one is missing, doubled, out of order or incomplete, and when the subscription ends
 */
export async function catchUp({ url, token, conversationId }: CatchUpOptions, messages: number): Promise<void> {
  const socket = new WebSocket(url.replace('http', 'ws'), 'graphql-transport-ws');
  const send = (message: object): void => socket.send(JSON.stringify(message));
  let received = 0;
  try {
    await new Promise<void>((resolve, reject) => {
      setTimeout(() => reject(new Error(`${received} of ${messages} messages arrived.`)), timeoutMs).unref();
      socket.once('error', reject);
      socket.once('close', (code) => reject(new Error(`${url} closed the socket with ${code}.`)));
      socket.once('open', () => send({ type: 'connection_init', payload: { authorization: `Bearer ${token}` } }));
      socket.on('message', (data: Buffer) => {
        const message = JSON.parse(data.toString()) as ServerMessage;
        if (message.type === 'connection_ack')
          return send({ id: '1', type: 'subscribe', payload: { query: missed, variables: { id: conversationId } } });
        if (message.type !== 'next') return undefined;
        received += 1;
        if (!isComplete(message, received)) return reject(new Error(`Event ${received} was ${data.toString()}`));
        if (received === messages) resolve();
      });
    });
  } finally {
    socket.removeAllListeners('close');
    socket.terminate();
  }
}

function isComplete({ payload }: ServerMessage, sequence: number): boolean {
  const message = payload?.data?.messageAdded;
  return !payload?.errors && message?.sequence === sequence && typeof message.sender.displayName === 'string';
}
