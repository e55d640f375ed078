import { connect, type Socket } from 'node:net';
import { nextAddress, type FloodTarget } from './flood.js';

/**
 * Opens a connection, does something with it, and waits for its end.
 * @returns the status that came, or how it ended
 */
export function openFloodConnection(target: FloodTarget, use: (socket: Socket) => void): Promise<string> {
  const { hostname, port } = new URL(target.url);
  const localAddress = nextAddress(target);
  const socket = connect({ host: hostname, port: Number(port), ...(localAddress && { localAddress }) });
  let outcome: string | undefined;
  const end = (): void => {
    outcome ??= 'held';
    socket.destroy();
  };
  socket.once('connect', () => use(socket));
  socket.on('data', (chunk) => (outcome ??= /^HTTP\/1\.1 (\d{3})/.exec(chunk.toString('latin1'))?.[1]));
  socket.on('error', ({ code }: NodeJS.ErrnoException) => (outcome ??= passing.has(code ?? '') ? 'cut' : code));
  target.signal.addEventListener('abort', end);
  if (target.signal.aborted) end();
  return new Promise((resolve) => {
    socket.once('close', () => {
      target.signal.removeEventListener('abort', end);
      outcome ??= 'cut';
      target.note?.(outcome);
      resolve(outcome);
    });
  });
}

const passing = new Set(['ECONNRESET', 'EPIPE']);
