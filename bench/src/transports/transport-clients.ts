import { connect } from 'node:http2';
import type { Closable } from '@marquee/chassis/process/closers';
import { PlainClient } from '@marquee/gateway/upstream/plain-client';
import type { PostRequest } from '@marquee/gateway/upstream/service-client';
import { type Dispatcher, Pool } from 'undici';
import type { TransportPorts } from './transport-server-process.js';

/** Sends requests to a service in one of the ways that are compared. */
export interface TransportClient extends Closable {
  name: string;
  /** Sends a request and returns the text of its response. */
  send(): Promise<string>;
}

/** Connections of a client that uses several. */
const connections = 64;

/** @param request the headers and the body of each request */
export function openClients(
  { http, http2 }: TransportPorts,
  socketPath: string,
  request: PostRequest,
): TransportClient[] {
  const url = new URL(`http://127.0.0.1:${http}/graphql`);
  const pooled = { connections };
  const pipelined = { connections: 1, pipelining: 16 };
  return [
    undiciClient('undici', new Pool(url.origin, pooled), request),
    undiciClient('undici, one connection with pipelining', new Pool(url.origin, pipelined), request),
    http2Client('HTTP/2, one connection', http2, request),
    plainClient("the gateway's own client", url, request),
    undiciClient('undici over a Unix socket', new Pool(url.origin, { ...pooled, socketPath }), request),
  ];
}

function undiciClient(name: string, pool: Pool, { headers, body }: PostRequest): TransportClient {
  const options: Dispatcher.DispatchOptions = { method: 'POST', path: '/graphql', headers: [...headers], body };
  return {
    name,
    close: () => pool.close(),
    send: () =>
      new Promise((resolve, reject) => {
        const chunks: Buffer[] = [];
        pool.dispatch(options, {
          onRequestStart: () => undefined,
          onResponseStart: () => undefined,
          onResponseData: (_, chunk) => void chunks.push(chunk),
          onResponseEnd: () => resolve(Buffer.concat(chunks).toString()),
          onResponseError: (_, failure) => reject(failure),
        });
      }),
  };
}

function plainClient(name: string, url: URL, request: PostRequest): TransportClient {
  const limits = { connectMs: 1_000, keepAliveMs: 4_000, maxResponseBytes: 1_000_000 };
  const client = new PlainClient(url, { connections, ...limits });
  return {
    name,
    close: () => client.close(),
    send: () =>
      new Promise((resolve, reject) =>
        client.post(request, { onResponse: ({ text }) => resolve(text), onFailure: reject }),
      ),
  };
}

function http2Client(name: string, port: number, { headers, body }: PostRequest): TransportClient {
  const session = connect(`http://127.0.0.1:${port}`);
  const pairs = headers.flatMap((header, index) => (index % 2 === 0 ? [[header, headers[index + 1] ?? '']] : []));
  const all = { ':method': 'POST', ':path': '/graphql', ...Object.fromEntries(pairs) } as Record<string, string>;
  return {
    name,
    close: () => session.close(),
    send: () =>
      new Promise((resolve, reject) => {
        const chunks: Buffer[] = [];
        const stream = session.request(all);
        stream.on('data', (chunk: Buffer) => chunks.push(chunk));
        stream.once('end', () => resolve(Buffer.concat(chunks).toString())).once('error', reject);
        stream.end(body);
      }),
  };
}
