import { gzipSync } from 'node:zlib';
import { openFloodConnection } from './flood-connection.js';
import { repeatUntilEnd, type Outcomes, type FloodTarget } from './flood.js';

/** Requests with compressed bodies of 10 kB that expand to 10 MB. */
export function gzipBombs(target: FloodTarget, workers: number): Promise<Outcomes> {
  const body = gzipSync(JSON.stringify({ query: '{ __typename }', padding: ' '.repeat(10 * 1024 * 1024) }));
  const request = requestOf(body, 'content-encoding: gzip');
  return repeatUntilEnd(target, workers, () => openFloodConnection(target, (socket) => socket.write(request)));
}

/** Requests with a body of 10 MB. */
export function largeBodies(target: FloodTarget, workers: number): Promise<Outcomes> {
  const request = requestOf(Buffer.alloc(10 * 1024 * 1024, ' '));
  return repeatUntilEnd(target, workers, () => openFloodConnection(target, (socket) => socket.write(request)));
}

/** Requests with tokens of an issuer, each with the id of a different unknown key. */
export function unknownKeys({ issuer, clientId }: { issuer: string; clientId: string }) {
  return (target: FloodTarget, workers: number): Promise<Outcomes> => {
    let last = 0;
    const body = Buffer.from('{"query":"{ __typename }"}');
    return repeatUntilEnd(target, workers, () => {
      const token = tokenBy(`unknown-${(last += 1)}`, { iss: issuer, client_id: clientId });
      return openFloodConnection(target, (socket) => socket.write(requestOf(body, `authorization: Bearer ${token}`)));
    });
  };
}

function requestOf(body: Buffer, ...headers: string[]): Buffer {
  const head = [
    'POST /graphql HTTP/1.1',
    'host: a',
    'connection: close',
    'content-type: application/json',
    `content-length: ${body.length}`,
    ...headers,
    '\r\n',
  ];
  return Buffer.concat([Buffer.from(head.join('\r\n')), body]);
}

function tokenBy(kid: string, claims: object): string {
  const exp = Math.floor(Date.now() / 1000) + 3600;
  const parts = [
    { alg: 'RS256', kid },
    { ...claims, sub: 'nobody', token_use: 'access', exp },
  ];
  const encoded = parts.map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'));
  return [...encoded, Buffer.alloc(256).toString('base64url')].join('.');
}
