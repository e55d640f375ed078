import type { IncomingMessage } from 'node:http';
import { isIPv6 } from 'node:net';
import { header } from '@marquee/chassis/http/server';

/**
 * Where a request comes from. Behind so many proxies of ours, that is what the first of them saw: each appends to
 * X-Forwarded-For whom it heard, so what counts is counted from the end, and what a client wrote itself does not count.
 */
export function addressOf(request: IncomingMessage, trustedProxies: number): string {
  const heard = [...forwardedFor(request), request.socket.remoteAddress ?? ''];
  return network(heard.at(-1 - trustedProxies) ?? heard[0] ?? '');
}

function forwardedFor(request: IncomingMessage): string[] {
  const value = header(request, 'x-forwarded-for') ?? '';
  return value.split(',').flatMap((one) => one.trim() || []);
}

/** Who has one IPv6 address has at least 2^64 of them. */
function network(address: string): string {
  const plain = address.replace(/^::ffff:(?=\d+\.)/i, '');
  if (!isIPv6(plain)) return plain;
  const [head = '', tail] = plain.split('::');
  const [first, last] = [head, tail ?? ''].map((part) => part.split(':').filter(Boolean)) as [string[], string[]];
  const zeros = tail === undefined ? [] : Array<string>(8 - first.length - last.length).fill('0');
  return [...first, ...zeros, ...last].slice(0, 4).join(':');
}
