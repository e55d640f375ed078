import { isIPv6 } from 'node:net';

/**
 * The network of an address, by which limits count: an IPv4 address itself, also in its IPv6-mapped form, and the first
 * 64 bits of an IPv6 address, since one client usually has all 2^64 addresses of such a network.
 */
export function networkOf(address: string): string {
  const plain = address.replace(/^::ffff:(?=\d+\.)/i, '');
  if (!isIPv6(plain)) return plain;
  const [head = '', tail] = plain.split('::');
  const [first, last] = [head, tail ?? ''].map((part) => part.split(':').filter(Boolean)) as [string[], string[]];
  const zeros = tail === undefined ? [] : Array<string>(8 - first.length - last.length).fill('0');
  return [...first, ...zeros, ...last].slice(0, 4).join(':');
}
