import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';

interface StoredObject {
  bytes: Buffer;
  headers: Record<string, unknown>;
}

/** As much of the S3 protocol as this service speaks, over real HTTP. */
export interface Bucket {
  url: string;
  objects: Map<string, StoredObject>;
  /** Writing below this prefix fails. */
  refuse: string | null;
  close(): Promise<void>;
}

export async function openBucket(): Promise<Bucket> {
  const server = createServer((request, response) => void answer(bucket, request, response));
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const bucket: Bucket = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    objects: new Map(),
    refuse: null,
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return bucket;
}

async function answer(bucket: Bucket, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const body = await buffer(request);
  const [, , ...path] = new URL(request.url ?? '/', 'http://localhost').pathname.split('/');
  const key = decodeURIComponent(path.join('/'));
  switch (request.method) {
    case 'GET':
      return read(bucket, key, response);
    case 'PUT':
      if (bucket.refuse !== null && key.startsWith(bucket.refuse)) return failure(response, 403, 'AccessDenied');
      bucket.objects.set(key, { bytes: body, headers: request.headers });
      return void response.writeHead(200).end();
    case 'DELETE':
      bucket.objects.delete(key);
      return void response.writeHead(204).end();
    case 'POST':
      return removeSeveral(bucket, body.toString(), response);
    case undefined:
    default:
      return failure(response, 405, 'MethodNotAllowed');
  }
}

function removeSeveral({ objects }: Bucket, body: string, response: ServerResponse): void {
  for (const [, key = ''] of body.matchAll(/<Key>([^<]+)<\/Key>/g)) objects.delete(key);
  response.writeHead(200, { 'content-type': 'application/xml' }).end('<DeleteResult/>');
}

function read(bucket: Bucket, key: string, response: ServerResponse): void {
  const found = bucket.objects.get(key);
  if (found) response.writeHead(200, { 'content-length': found.bytes.length }).end(found.bytes);
  else failure(response, 404, 'NoSuchKey');
}

function failure(response: ServerResponse, status: number, code: string): void {
  response.writeHead(status, { 'content-type': 'application/xml' }).end(`<Error><Code>${code}</Code></Error>`);
}
