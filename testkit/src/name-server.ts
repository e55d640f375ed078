import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { isIPv4 } from 'node:net';

/** The IPv4 addresses of a name: none if it does not exist. Null for a name to which the server never answers. */
export type NameAnswer = (name: string) => readonly string[] | null;

/** A name server on this machine (RFC 1035), for queries over UDP. */
export interface NameServer {
  /** `127.0.0.1:port` */
  address: string;
  /** The names whose IPv4 addresses were asked for, in the order of the queries. */
  names: string[];
  close(): void;
}

export async function openNameServer(answer: NameAnswer): Promise<NameServer> {
  const socket = createSocket('udp4');
  const names: string[] = [];
  socket.on('message', (query, { address, port }) => {
    const { name, type, end } = readQuestion(query);
    if (type === types.A) names.push(name);
    const addresses = answer(name);
    if (addresses) socket.send(responseTo(query, end, type === types.A ? addresses : null), port, address);
  });
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');
  return { address: `127.0.0.1:${socket.address().port}`, names, close: () => void socket.close() };
}

const types = { A: 1 } as const;
const classInternet = 1;
const headerBytes = 12;

/** @returns the name, the type of the query and the offset after the question */
function readQuestion(query: Buffer): { name: string; type: number; end: number } {
  const labels: string[] = [];
  let offset = headerBytes;
  for (let length = query.readUInt8(offset); length > 0; length = query.readUInt8(offset)) {
    labels.push(query.toString('latin1', offset + 1, offset + 1 + length));
    offset += 1 + length;
  }
  return { name: labels.join('.').toLowerCase(), type: query.readUInt16BE(offset + 1), end: offset + 5 };
}

/** @param addresses null for no records of the type of the query */
function responseTo(query: Buffer, end: number, addresses: readonly string[] | null): Buffer {
  const answers = (addresses ?? []).map(addressRecord);
  const header = Buffer.alloc(headerBytes);
  query.copy(header, 0, 0, 2);
  // A response, with recursion; NXDOMAIN for a name without addresses.
  header.writeUInt16BE(addresses?.length === 0 ? 0x8183 : 0x8180, 2);
  header.writeUInt16BE(1, 4);
  header.writeUInt16BE(answers.length, 6);
  return Buffer.concat([header, query.subarray(headerBytes, end), ...answers]);
}

/** For the name of the question, and not to be cached. */
function addressRecord(address: string): Buffer {
  if (!isIPv4(address)) throw new Error(`${address} is not an IPv4 address.`);
  const record = Buffer.alloc(16);
  record.writeUInt16BE(0xc000 | headerBytes, 0);
  record.writeUInt16BE(types.A, 2);
  record.writeUInt16BE(classInternet, 4);
  record.writeUInt16BE(4, 10);
  address.split('.').forEach((byte, index) => record.writeUInt8(Number(byte), 12 + index));
  return record;
}
