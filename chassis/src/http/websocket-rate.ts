import type { WebSocket } from 'ws';
import { type RateLimit, TokenBucket } from './token-bucket.js';

const countedEvents = ['message', 'ping', 'pong'] as const;

/**
 * Calls back once when a socket exceeds a rate of messages, pings and pongs. Call it before any other listener of these
 * events is added.
 */
export function limitMessageRate(socket: WebSocket, rate: RateLimit, onExceeded: () => void): void {
  const bucket = new TokenBucket(rate);
  const take = (): void => {
    if (bucket.take(rate) === 0) return;
    for (const event of countedEvents) socket.off(event, take);
    onExceeded();
  };
  for (const event of countedEvents) socket.on(event, take);
}
