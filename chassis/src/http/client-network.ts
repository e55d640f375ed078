import { isIPv4, isIPv6 } from 'node:net';

/** Characters of a value that is not an address, such as `unknown` in X-Forwarded-For. */
const maxNameLength = 64;

/**
 * The network of an address, by which limits count: an IPv4 address itself, also in its IPv6-mapped form, and the first
 * 64 bits of an IPv6 address, since one client usually has all 2^64 addresses of such a network. All spellings of an
 * address have the same network, and its port, brackets and zone are ignored.
 */
export function networkOf(address: string): string {
  // Most addresses are of this kind, and every request has one.
  if (isIPv4(address)) return address;
  const plain = withoutPort(address).replace(/^::ffff:(?=\d+\.)/i, '');
  return isIPv6(plain) ? networkOfIpv6(plain) : plain.slice(0, maxNameLength).toLowerCase();
}

/** Proxies write `192.0.2.1:5678`, `[2001:db8::1]:5678` or `[2001:db8::1]`, some of them in quotes. */
function withoutPort(entry: string): string {
  if (isIPv6(entry)) return entry.replace(/%.*$/, '');
  return entry
    .replace(/^"(.*)"$/, '$1')
    .replace(/^\[([^\]]*)\](:\d*)?$/, '$1')
    .replace(/^([^:]+):\d*$/, '$1')
    .replace(/%.*$/, '');
}

function networkOfIpv6(address: string): string {
  // The canonical form: lower case, without leading zeros and dotted parts.
  const canonical = new URL(`http://[${address}]`).hostname.slice(1, -1);
  const [head = '', tail] = canonical.split('::');
  const [first, last] = [head, tail ?? ''].map((part) => part.split(':').filter(Boolean)) as [string[], string[]];
  const zeros = tail === undefined ? [] : Array<string>(8 - first.length - last.length).fill('0');
  const groups = [...first, ...zeros, ...last];
  return isMapped(groups) ? dotted(groups.slice(6)) : groups.slice(0, 4).join(':');
}

function isMapped(groups: readonly string[]): boolean {
  return groups[5] === 'ffff' && groups.slice(0, 5).every((group) => group === '0');
}

function dotted(groups: readonly string[]): string {
  return groups
    .map((group) => parseInt(group, 16))
    .flatMap((value) => [value >> 8, value & 0xff])
    .join('.');
}
