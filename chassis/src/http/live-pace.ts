import type { WebSocket } from 'ws';

/** How fast the messages of one socket may come, its pings and pongs too. */
export interface Pace {
  /** In the long run. */
  perSecond: number;
  /** At once, after a silence. */
  burst: number;
}

const counted = ['message', 'ping', 'pong'] as const;

/** Calls back once when a socket's messages come too fast. It must listen before all who read them. */
export function watchPace(socket: WebSocket, { perSecond, burst }: Pace, tooFast: () => void): void {
  let [left, at] = [burst, performance.now()];
  const take = (): void => {
    const now = performance.now();
    left = Math.min(burst, left + ((now - at) / 1000) * perSecond);
    at = now;
    left -= 1;
    if (left >= 0) return;
    for (const event of counted) socket.off(event, take);
    tooFast();
  };
  for (const event of counted) socket.on(event, take);
}
