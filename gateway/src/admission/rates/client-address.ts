import type { IncomingMessage } from 'node:http';
import { networkOf } from '@marquee/chassis/http/client-network';
import { header } from '@marquee/chassis/http/http-server';

/**
 * Where a request comes from. Behind so many proxies of ours, that is what the first of them saw: each appends to
 * X-Forwarded-For whom it heard, so what counts is counted from the end, and what a client wrote itself does not count.
 */
export function clientAddress(request: IncomingMessage, trustedProxies: number): string {
  const { remoteAddress = '' } = request.socket;
  if (trustedProxies === 0) return networkOf(remoteAddress);
  const heard = [...forwardedFor(request), remoteAddress];
  return networkOf(heard.at(-1 - trustedProxies) ?? heard[0] ?? '');
}

function forwardedFor(request: IncomingMessage): string[] {
  const value = header(request, 'x-forwarded-for') ?? '';
  return value.split(',').flatMap((one) => one.trim() || []);
}
