/** A service that answers every request with the same text, over TCP, a Unix socket and HTTP/2. */
import { createServer, type RequestListener, type ServerResponse } from 'node:http';
import { createServer as createHttp2Server } from 'node:http2';
import type { AddressInfo, Server } from 'node:net';
import { readInput, reportReady } from '../measuring/child-processes.js';

/** The input of the process. */
export interface TransportServerInput {
  /** The path of the Unix socket. */
  socketPath: string;
  /** Bytes of each response. */
  size: number;
}

/** The ports on which it listens. */
export interface TransportPorts {
  http: number;
  http2: number;
}

const { socketPath, size } = readInput<TransportServerInput>();
const text = Buffer.from(JSON.stringify({ data: { text: 'x'.repeat(size) } }));

const http = await listen(createServer(answer), 0);
await listen(createServer(answer), socketPath);
const http2 = await listen(createHttp2Server(answer as unknown as Parameters<typeof createHttp2Server>[0]), 0);
reportReady({ http, http2 } satisfies TransportPorts);

function answer(...[request, response]: Parameters<RequestListener>): void {
  request.resume().once('end', () => send(response));
}

function send(response: ServerResponse): void {
  response.writeHead(200, { 'content-type': 'application/json', 'content-length': text.length }).end(text);
}

async function listen(server: Pick<Server, 'listen' | 'address'>, at: number | string): Promise<number> {
  const listening = new Promise<void>((resolve) =>
    typeof at === 'string' ? server.listen(at, resolve) : server.listen(at, '127.0.0.1', resolve),
  );
  await listening;
  return typeof at === 'string' ? 0 : (server.address() as AddressInfo).port;
}
