import { connect, type Socket } from 'node:net';
import { nextAddress, type FloodTarget } from './flood.js';

/**
 * Opens a connection, uses it, and waits until it is closed.
 * @returns the HTTP status of the response, or the outcome of the connection
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
  socket.on('error', ({ code }: NodeJS.ErrnoException) => (outcome ??= resetCodes.has(code ?? '') ? 'cut' : code));
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

const resetCodes = new Set(['ECONNRESET', 'EPIPE']);
