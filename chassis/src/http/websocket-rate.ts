import type { WebSocket } from 'ws';
import { type RateLimit, TokenBucket } from './token-bucket.js';

const counted = ['message', 'ping', 'pong'] as const;

/**
 * Calls back once when the messages of a socket come too fast, its pings and pongs too. It must listen before all who
 * read them.
 */
export function limitMessageRate(socket: WebSocket, pace: RateLimit, tooFast: () => void): void {
  const bucket = new TokenBucket(pace);
  const take = (): void => {
    if (bucket.take(pace) === 0) return;
    for (const event of counted) socket.off(event, take);
    tooFast();
  };
  for (const event of counted) socket.on(event, take);
}
