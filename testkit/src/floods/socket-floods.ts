import { setImmediate as yieldToEventLoop } from 'node:timers/promises';
import { WebSocket } from 'ws';
import { repeatUntilEnd, nextAddress, type Outcomes, type FloodTarget } from './flood.js';

/** Sockets that send pings as fast as possible. */
export function pings(target: FloodTarget, workers: number): Promise<Outcomes> {
  return socketsThat(target, workers, (socket) => socket.ping('x'.repeat(100)));
}

/** Sockets that send messages that require a reply, as fast as possible. */
export function messages(target: FloodTarget, workers: number): Promise<Outcomes> {
  return socketsThat(target, workers, (socket) => socket.send('{"type":"ping","payload":{"a":1}}'));
}

/** Sockets that send messages above the size limit. */
export function oversizedMessages(target: FloodTarget, workers: number): Promise<Outcomes> {
  const message = 'x'.repeat(1024 * 1024);
  return socketsThat(target, workers, (socket) => socket.send(message));
}

/** Sockets that start operations without ending any. */
export function operations(target: FloodTarget, workers: number): Promise<Outcomes> {
  let last = 0;
  return socketsThat(target, workers, (socket) => {
    const payload = { query: '{ __typename }' };
    socket.send(JSON.stringify({ id: String((last += 1)), type: 'subscribe', payload }));
  });
}

/** Opens sockets that repeat an action from their acknowledgement until they are closed. */
function socketsThat(target: FloodTarget, workers: number, act: (socket: WebSocket) => void): Promise<Outcomes> {
  return repeatUntilEnd(target, workers, () => socketThat(target, act));
}

async function socketThat(target: FloodTarget, act: (socket: WebSocket) => void): Promise<string> {
  const localAddress = nextAddress(target);
  const socket = new WebSocket(target.url.replace('http', 'ws'), 'graphql-transport-ws', {
    ...(localAddress && { localAddress }),
    perMessageDeflate: false,
  });
  let outcome: string | undefined;
  const end = (): void => {
    outcome ??= 'held';
    socket.terminate();
  };
  socket.on('error', ({ message }) => (outcome ??= /\b\d{3}\b/.exec(message)?.[0]));
  socket.once('open', () => socket.send('{"type":"connection_init"}'));
  socket.once('message', () => void flood(socket, act));
  target.signal.addEventListener('abort', end);
  const code = await new Promise<number>((resolve) => socket.once('close', resolve));
  target.signal.removeEventListener('abort', end);
  outcome ??= code === abnormalClosure ? 'cut' : String(code);
  target.note?.(outcome);
  return outcome;
}

/** The close code of a connection that ended without a close frame (RFC 6455, section 7.1.5). */
const abnormalClosure = 1006;

/** Unsent bytes above which a socket pauses. */
const maxBufferedBytes = 1024 * 1024;

async function flood(socket: WebSocket, act: (socket: WebSocket) => void): Promise<void> {
  while (isOpen(socket)) {
    for (let count = 0; count < 20 && isOpen(socket); count += 1) act(socket);
    do await yieldToEventLoop();
    while (isOpen(socket) && socket.bufferedAmount > maxBufferedBytes);
  }
}

function isOpen(socket: WebSocket): boolean {
  return socket.readyState === socket.OPEN;
}
