import type { IncomingMessage } from 'node:http';
import { networkOf } from '@marquee/chassis/http/client-network';
import { header } from '@marquee/chassis/http/http-server';

/**
 * The network address that a request came from. Every proxy appends the address of its peer to X-Forwarded-For, so with
 * N trusted proxies the client is the Nth address from the end. Entries before it were written by the client itself and
 * are ignored.
 */
export function clientAddress(request: IncomingMessage, trustedProxies: number): string {
  const { remoteAddress = '' } = request.socket;
  if (trustedProxies === 0) return networkOf(remoteAddress);
  const hops = [...forwardedFor(request), remoteAddress];
  return networkOf(hops.at(-1 - trustedProxies) ?? hops[0] ?? '');
}

function forwardedFor(request: IncomingMessage): string[] {
  const value = header(request, 'x-forwarded-for') ?? '';
  return value.split(',').flatMap((address) => address.trim() || []);
}
