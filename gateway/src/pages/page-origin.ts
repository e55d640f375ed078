import type { IncomingMessage } from 'node:http';
import { header } from '@marquee/chassis/http/http-server';

/** The origin under which a visitor reaches the gateway. In production a load balancer terminates TLS. */
export function pageOrigin(request: IncomingMessage, environment: string): string {
  const scheme = environment === 'production' ? 'https' : 'http';
  return `${scheme}://${header(request, 'host') ?? 'localhost'}`;
}
