import { isIPv6 } from 'node:net';

/**
 * Whom an address is counted as: an IPv4 address is one of its own, also when it comes in the form of IPv6; who has one
 * IPv6 address has at least 2^64 of them, so those count by their first half.
 */
export function networkOf(address: string): string {
  const plain = address.replace(/^::ffff:(?=\d+\.)/i, '');
  if (!isIPv6(plain)) return plain;
  const [head = '', tail] = plain.split('::');
  const [first, last] = [head, tail ?? ''].map((part) => part.split(':').filter(Boolean)) as [string[], string[]];
  const zeros = tail === undefined ? [] : Array<string>(8 - first.length - last.length).fill('0');
  return [...first, ...zeros, ...last].slice(0, 4).join(':');
}
