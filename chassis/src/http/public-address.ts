import { BlockList, isIP } from 'node:net';

/**
 * Networks of IPv4 that are not part of the public Internet: private, shared and link-local ones, loopback, multicast,
 * documentation, benchmarks and reserved ones (IANA, "IPv4 Special-Purpose Address Registry").
 */
const specialIpv4 = subnets('ipv4', [
  ...['0.0.0.0/8', '10.0.0.0/8', '100.64.0.0/10', '127.0.0.0/8', '169.254.0.0/16', '172.16.0.0/12', '192.0.0.0/24'],
  ...['192.0.2.0/24', '192.88.99.0/24', '192.168.0.0/16', '198.18.0.0/15', '198.51.100.0/24', '203.0.113.0/24'],
  ...['224.0.0.0/4', '240.0.0.0/4'],
]);

/** Global unicast. Everything else is special: loopback, link-local, unique local, multicast, IPv4-mapped, NAT64. */
const globalIpv6 = subnets('ipv6', ['2000::/3']);

/** Parts of global unicast that lead elsewhere: protocol assignments with Teredo, documentation, 6to4. */
const specialIpv6 = subnets('ipv6', ['2001::/23', '2001:db8::/32', '2002::/16', '3fff::/20']);

const loopback = subnets('ipv4', ['127.0.0.0/8']);

/**
 * Whether an address is one of the public Internet.
 * @param address IPv4 or IPv6, without brackets
 */
export function isPublicAddress(address: string): boolean {
  switch (isIP(address)) {
    case 4:
      return !specialIpv4.check(address, 'ipv4');
    case 6:
      return globalIpv6.check(address, 'ipv6') && !specialIpv6.check(address, 'ipv6');
    default:
      return false;
  }
}

/** Whether an address is that of this machine. */
export function isLoopbackAddress(address: string): boolean {
  return address === '::1' || (isIP(address) === 4 && loopback.check(address, 'ipv4'));
}

function subnets(family: 'ipv4' | 'ipv6', networks: readonly string[]): BlockList {
  const list = new BlockList();
  for (const network of networks) {
    const [prefix = '', bits] = network.split('/');
    list.addSubnet(prefix, Number(bits), family);
  }
  return list;
}
